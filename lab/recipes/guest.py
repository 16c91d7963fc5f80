"""The guest that is imported: a Linux which lives in its ramdisk, says that it is alive, and answers over HTTP."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from lab.build import debian, disk, ovf, ramdisk
from lab.build.disk import MIB, ROOT_START, SECTOR
from lab.build.recipe import Build, Recipe

FILES = Path(__file__).resolve().parent.parent / "guest"
PACKAGES = ("linux-image-amd64", "busybox-static")
LABEL = "guest"

# With and without paravirtual drivers; the others fit what a bare QEMU, VMware or KubeVirt's sata and e1000 offer.
VIRTIO = ("virtio_pci", "virtio_net", "virtio_blk", "virtio_scsi")
PLAIN = ("af_packet", "ahci", "ata_piix", "sd_mod", "e1000", "e1000e", "vmxnet3", "vmw_pvscsi")

# An emulated machine that gets little of a processor fails the kernel's test of its timer, and the kernel gives up.
GRUB = """serial --unit=0 --speed=115200
terminal_input serial console
terminal_output serial console
set timeout=0
search --no-floppy --label {label} --set=root
linux /boot/vmlinuz console=tty0 console=ttyS0,115200 net.ifnames=0 no_timer_check quiet loglevel=4 panic=10
initrd /boot/initrd.img
boot
"""


@dataclass(frozen=True)
class Guest:
    """One guest to build: the machine as the OVA describes it, sizes of its disks in MiB, drivers in its ramdisk.

    root: it needs its disk to come up, as ordinary systems do; else it lives in memory only.
    With firmware efi the machine needs 512 MiB: GRUB finds no room for the kernel in less.
    """

    machine: ovf.Machine
    disks_mib: tuple[int, ...] = (96,)
    modules: tuple[str, ...] = (*PLAIN, *VIRTIO)
    root: bool = False


DEFAULT = Guest(ovf.Machine("guest", macs=("52:54:00:80:00:21",)))


def build_system(build: Build) -> None:
    """Unpack the kernel and busybox that all guests share."""
    debian.mmdebstrap("bookworm", PACKAGES, build.out / "tree", variant="extract")


def build_guest(build: Build, guest: Guest) -> None:
    """Write the guest's raw boot disk and its OVA."""
    tree = build.work / "tree"
    boot_tree(build.need("guest_system") / "tree", tree, guest, build.work)
    disks = [write_disk(tree, build.out / f"{guest.machine.name}.raw", guest.disks_mib[0], build.work)]
    for number, size in enumerate(guest.disks_mib[1:], 2):
        disks.append(data_disk(build.work / f"data{number}.raw", size, number))
    ovf.write_ova(build.out / f"{guest.machine.name}.ova", guest.machine, disks, build.work)


def boot_tree(system: Path, tree: Path, guest: Guest, work: Path) -> None:
    """Lay out the guest's file system: kernel, ramdisk and boot menu."""
    folder = work / "ramdisk"
    for name in ("bin", "proc", "sys", "dev", "etc", "www", "tmp"):
        (folder / name).mkdir(parents=True)
    ramdisk.copy(system, folder, "/bin/busybox")
    ramdisk.add_modules(system, folder, guest.modules)
    (folder / "etc/modules").write_text("".join(f"{module}\n" for module in guest.modules))
    (folder / "etc/hostname").write_text(f"{guest.machine.name}\n")
    if guest.root:
        (folder / "etc/root").write_text(f"{LABEL}\n")
    for name in ("init", "lease", "state"):
        shutil.copy2(FILES / name, folder / ("init" if name == "init" else f"bin/{name}"))
    (tree / "boot/grub").mkdir(parents=True)
    ramdisk.pack(folder, tree / "boot/initrd.img")
    shutil.copy2(next((system / "boot").glob("vmlinuz-*")), tree / "boot/vmlinuz")
    (tree / "boot/grub/grub.cfg").write_text(GRUB.format(label=LABEL))


def write_disk(tree: Path, image: Path, size_mib: int, work: Path) -> Path:
    """Write a raw disk of exactly this size that starts under BIOS and UEFI."""
    with image.open("wb") as handle:
        handle.truncate(size_mib * MIB)
    disk.tool("sfdisk", "--quiet", str(image), text=disk.LAYOUT)
    blocks = (size_mib * MIB - ROOT_START * SECTOR - MIB) // 1024
    # Without a journal: nothing is written to it while the guest runs, and it would be a third of the image.
    options = ["-O", "^has_journal", "-m", "0", "-E", f"offset={ROOT_START * SECTOR}"]
    disk.tool("mkfs.ext4", "-q", "-F", "-L", LABEL, *options, "-d", str(tree), str(image), f"{blocks}k")
    early = work / "early.cfg"
    early.write_text(disk.EARLY.format(label=LABEL))
    disk.efi_loader(image, early, work)
    disk.bios_loader(image, early, work)
    return image


def data_disk(image: Path, size_mib: int, number: int) -> Path:
    """Write a raw disk with a word at its begin and its end, by which a test knows it again."""
    with image.open("wb") as handle:
        handle.truncate(size_mib * MIB)
        for offset in (0, size_mib * MIB - SECTOR):
            handle.seek(offset)
            handle.write(f"IRONACRE-DATA-{number}\n".encode())
    return image


INPUTS = (FILES, *(Path(path) for path in (__file__, disk.__file__, ovf.__file__, ramdisk.__file__)))


def guest_recipe(name: str, guest: Guest, says: str) -> Recipe:
    """Return the recipe of a guest."""

    def make(build: Build) -> None:
        build_guest(build, guest)

    return Recipe(name, "1", make, inputs=INPUTS, needs=("guest_system",), says=says)


RECIPES = (
    Recipe(
        "guest_system",
        debian.version_of("bookworm", PACKAGES),
        build_system,
        inputs=(Path(debian.__file__),),
        says="kernel of the guests",
    ),
    guest_recipe("guest_ova", DEFAULT, "the guest that is imported, as an OVA"),
)
