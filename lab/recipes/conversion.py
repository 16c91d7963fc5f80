"""For conversions inside the cluster: a system with virt-v2v, its image, and a guest that cannot start on virtio."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from lab.build import debian, disk, oci
from lab.build.disk import MIB, ROOT_START, SECTOR
from lab.build.recipe import Build, Recipe

# The kernel is libguestfs' own: it runs the small machine in which guests are changed.
TOOLS = ("virt-v2v", "linux-image-amd64")
# The kernel of the small flavour has every driver that counts here, and is built into an image in a tenth of the time.
GUEST = ("linux-image-cloud-amd64", "initramfs-tools", "grub2-common", "systemd-sysv", "udev", "zstd", "e2fsprogs")
IMAGE = "lab.invalid/virt-v2v:trixie"
ARCHIVE = "virt_v2v_image.linux-amd64.tar.zst"
LABEL = "old"
ALIVE = "IRONACRE-GUEST-ALIVE"
# Of all that virtual machines offer only what its old home had.
OLD_HOME = "ext4\nahci\nata_piix\nsd_mod\n"
# In place of a whole start, which takes minutes under emulation: what the kernel found, and off. The initramfs has
# mounted /proc and /sys.
INIT = f"""#!/bin/sh
echo "{ALIVE} root=$(findmnt -no SOURCE /) network=$(ls /sys/class/net | tr '\\n' ' ')" >/dev/ttyS0
sync
echo o >/proc/sysrq-trigger
sleep 60
"""
COMMAND_LINE = "console=ttyS0,115200 net.ifnames=0 no_timer_check init=/sbin/alive"
GRUB = """serial --unit=0 --speed=115200
terminal_output serial
set timeout=0
search --no-floppy --label {label} --set=root
linux /boot/{kernel} root=LABEL={label} ro {arguments}
initrd /boot/{image}
boot
"""


def guest(build: Build) -> None:
    """Write guest.raw: a Debian that starts under BIOS, whose only initramfs lacks all of virtio."""
    tree = build.work / "tree"
    debian.mmdebstrap("bookworm", GUEST, tree)
    debian.forget_identity(tree)
    config = tree / "etc/initramfs-tools/initramfs.conf"
    config.write_text(re.sub("^MODULES=.*", "MODULES=list", config.read_text(), flags=re.M))
    (tree / "etc/initramfs-tools/modules").write_text(OLD_HOME)
    disk.tool("chroot", str(tree), "update-initramfs", "-u", "-k", "all")
    (tree / "etc/fstab").write_text(f"LABEL={LABEL} / ext4 defaults 0 1\n")
    (tree / "sbin/alive").write_text(INIT)
    (tree / "sbin/alive").chmod(0o755)
    (tree / "etc/default/grub").write_text(f'GRUB_TIMEOUT=0\nGRUB_CMDLINE_LINUX="{COMMAND_LINE}"\n')
    kernel, image = (next((tree / "boot").glob(f"{name}-*")).name for name in ("vmlinuz", "initrd.img"))
    (tree / "boot/grub").mkdir(parents=True, exist_ok=True)
    menu = GRUB.format(label=LABEL, kernel=kernel, image=image, arguments=COMMAND_LINE)
    (tree / "boot/grub/grub.cfg").write_text(menu)
    write_disk(tree, build.out / "guest.raw", build.work)


def write_disk(tree: Path, image: Path, work: Path) -> None:
    """As disk.write_image, without a partition for UEFI: virt-v2v would take the guest for one that starts by it."""
    size = (ROOT_START * SECTOR + disk.used_bytes(tree) * 12 // 10 + 320 * MIB) // MIB * MIB
    with image.open("wb") as handle:
        handle.truncate(size)
    layout = "".join(line for line in disk.LAYOUT.splitlines(keepends=True) if not line.startswith("15:"))
    disk.tool("sfdisk", "--quiet", str(image), text=layout)
    blocks = (size - ROOT_START * SECTOR - MIB) // 1024
    options = f"offset={ROOT_START * SECTOR},lazy_itable_init=1"
    disk.tool("mkfs.ext4", "-q", "-F", "-L", LABEL, "-E", options, "-d", str(tree), str(image), f"{blocks}k")
    early = work / "early.cfg"
    early.write_text(disk.EARLY.format(label=LABEL))
    disk.bios_loader(image, early, work)


def image(build: Build) -> None:
    """Write the system with virt-v2v as an archive that nodes take."""
    layer = build.work / "layer.tar"
    tree = build.need("virt_v2v") / "tree"
    disk.tool("tar", "--create", "--numeric-owner", "--file", str(layer), "--directory", str(tree), ".")
    oci.write_archive(build.out / ARCHIVE, [oci.Image((IMAGE,), (layer,))])


INPUTS = tuple(Path(path) for path in (__file__, debian.__file__, disk.__file__))
RECIPES = (
    replace(
        debian.system_recipe("virt_v2v", "trixie", TOOLS, "Debian system with virt-v2v and a kernel (five minutes)"),
        on_demand=True,
    ),
    Recipe(
        "virt_v2v_image",
        "1",
        image,
        inputs=(Path(__file__), Path(oci.__file__)),
        needs=("virt_v2v",),
        says="the image of virt-v2v (a minute)",
        on_demand=True,
    ),
    Recipe(
        "guest_to_convert",
        "1",
        guest,
        inputs=INPUTS,
        says="a guest that cannot start on virtio (three minutes)",
        on_demand=True,
    ),
)
