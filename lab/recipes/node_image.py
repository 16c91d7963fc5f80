"""The image of a node's operating system: what a bare machine gets."""

from __future__ import annotations

from pathlib import Path

from lab.build import debian, disk
from lab.build.recipe import Build, Recipe
from lab.recipes.systems import NODE_PACKAGES

INPUTS = tuple(Path(path) for path in (__file__, debian.__file__, disk.__file__))

SSHD = "PermitRootLogin prohibit-password\nPasswordAuthentication no\nUseDNS no\n"
# Finds root by this label, so that no UUID has to be known beforehand.
LABEL = "ironacre"
IMAGE_PACKAGES = (*NODE_PACKAGES, "udev", "linux-image-cloud-amd64", "initramfs-tools", "systemd-timesyncd")

# Only what finds the root file system: everything else is loaded from there. A small ramdisk counts twice in emulation.
INITRAMFS = "MODULES=list\nCOMPRESS=zstd\nRESUME=none\n"
INITRAMFS_MODULES = ("virtio_pci", "virtio_blk", "virtio_scsi", "sd_mod", "ahci", "nvme", "ext4", "crc32c_generic")
MASKED = (
    "e2scrub_reap.service", "e2scrub_all.timer", "apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer",
    "fstrim.timer", "systemd-pstore.service", "rpcbind.service", "rpcbind.socket", "nfs-client.target",
    "systemd-networkd-wait-online.service",
)  # fmt: skip
GRUB = """serial --unit=0 --speed=115200
terminal_input serial console
terminal_output serial console
set timeout=0
search --no-floppy --label {label} --set=root
linux /boot/vmlinuz-{release} root=LABEL={label} ro console=ttyS0,115200 net.ifnames=0 quiet loglevel=4
initrd /boot/initrd.img-{release}
boot
"""


def node_image(build: Build) -> None:
    """Write node.raw.zst: a system without identity, ready for the files that provisioning adds."""
    tree = build.work / "tree"
    lines = "".join(f"{module}\\n" for module in INITRAMFS_MODULES)
    early = f"""printf '{INITRAMFS.replace(chr(10), chr(92) + "n")}' >"$1/etc/initramfs-tools/conf.d/image" && """
    early += f"""printf '{lines}' >>"$1/etc/initramfs-tools/modules" && chroot "$1" update-initramfs -u"""
    debian.mmdebstrap("bookworm", IMAGE_PACKAGES, tree, hooks=[early])
    debian.forget_identity(tree)
    configure(tree)
    image = build.work / "node.raw"
    disk.write_image(tree, image, LABEL, build.work)
    disk.tool("nice", "-n", "5", "zstd", "-q", "-T0", "-6", str(image), "-o", str(build.out / "node.raw.zst"))


def configure(tree: Path) -> None:
    """Set what every node of the image shares; names, addresses and keys come per node."""
    release = next((tree / "lib/modules").iterdir()).name
    texts = {
        "etc/fstab": f"LABEL={LABEL} / ext4 defaults,errors=remount-ro 0 1\n",
        "etc/hostname": "localhost\n",
        "etc/ssh/sshd_config.d/platform.conf": SSHD,
        "boot/grub/grub.cfg": GRUB.format(label=LABEL, release=release),
    }
    for name, text in texts.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)
    units = tree / "etc/systemd/system"
    for unit in MASKED:
        (units / unit).unlink(missing_ok=True)
        (units / unit).symlink_to("/dev/null")
    wants = units / "multi-user.target.wants/systemd-networkd.service"
    wants.unlink(missing_ok=True)
    wants.symlink_to("/lib/systemd/system/systemd-networkd.service")


RECIPES = (
    Recipe(
        "node_image",
        debian.version_of("bookworm", IMAGE_PACKAGES),
        node_image,
        inputs=INPUTS,
        says="disk image of a node's operating system (about two minutes)",
    ),
)
