"""A raw GPT disk image that starts under BIOS and UEFI, made without loop devices, mounts or a running boot loader."""

from __future__ import annotations

import struct
import subprocess
from pathlib import Path

SECTOR = 512
MIB = 1 << 20
# First sectors of the three partitions: boot code for BIOS, boot files for UEFI, root at the end so that it can grow.
CODE_START, CODE_SECTORS = 2048, 2048
ESP_START, ESP_SECTORS = 4096, 32768
ROOT_START = ESP_START + ESP_SECTORS

LAYOUT = f"""label: gpt
14: start={CODE_START}, size={CODE_SECTORS}, type=21686148-6449-6E6F-744E-656564454649
15: start={ESP_START}, size={ESP_SECTORS}, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B
1: start={ROOT_START}, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4, name="root"
"""

MODULES = (
    "part_gpt", "ext2", "fat", "normal", "linux", "search", "search_label", "configfile", "echo", "boot", "serial",
    "terminal", "test",
)  # fmt: skip
EARLY = """search --no-floppy --label {label} --set=root
set prefix=($root)/boot/grub
configfile /boot/grub/grub.cfg
"""


def write_image(tree: Path, image: Path, label: str, work: Path) -> None:
    """Write the system in `tree` to the raw file `image`, its root file system carrying `label`."""
    size = used_bytes(tree) * 13 // 10 + 96 * MIB
    with image.open("wb") as handle:
        handle.truncate((ROOT_START * SECTOR + size) // MIB * MIB + 2 * MIB)
    tool("sfdisk", "--quiet", str(image), text=LAYOUT)
    blocks = (image.stat().st_size - ROOT_START * SECTOR - MIB) // 1024
    options = f"offset={ROOT_START * SECTOR},lazy_itable_init=1"
    tool("mkfs.ext4", "-q", "-F", "-L", label, "-m", "1", "-E", options, "-d", str(tree), str(image), f"{blocks}k")
    early = work / "early.cfg"
    early.write_text(EARLY.format(label=label))
    efi_loader(image, early, work)
    bios_loader(image, early, work)


def used_bytes(tree: Path) -> int:
    """Return the disk space of a tree."""
    return int(tool("du", "-s", "-B1", str(tree)).split()[0])


def efi_loader(image: Path, early: Path, work: Path) -> None:
    """Put the loader where UEFI firmware looks on a disk it does not know."""
    loader = work / "BOOTX64.EFI"
    tool("grub-mkimage", "-O", "x86_64-efi", "-o", str(loader), "-p", "/boot/grub", "-c", str(early), *MODULES)
    tool("mkfs.vfat", "-F", "16", "--offset", str(ESP_START), "-n", "ESP", str(image), str(ESP_SECTORS // 2))
    at = f"{image}@@{ESP_START * SECTOR}"
    tool("mmd", "-i", at, "::EFI", "::EFI/BOOT")
    tool("mcopy", "-i", at, str(loader), "::EFI/BOOT/BOOTX64.EFI")


def bios_loader(image: Path, early: Path, work: Path) -> None:
    """Put the loader into the boot sector and the boot code partition.

    Numbers are GRUB's own layout: the boot sector keeps the first sector of the core image at 0x5c and a jump at 0x66
    that is for floppies only; the core's first sector keeps at 500 the sector where its own rest begins.
    """
    core_file = work / "core.img"
    modules = ("biosdisk", *MODULES)
    tool("grub-mkimage", "-O", "i386-pc", "-o", str(core_file), "-p", "/boot/grub", "-c", str(early), *modules)
    core = bytearray(core_file.read_bytes())
    if len(core) > CODE_SECTORS * SECTOR:
        raise ValueError(f"boot code of {len(core)} bytes does not fit its partition")
    core[500:508] = struct.pack("<Q", CODE_START + 1)
    boot = Path("/usr/lib/grub/i386-pc/boot.img").read_bytes()
    with image.open("r+b") as handle:
        sector = bytearray(handle.read(SECTOR))
        sector[:440] = boot[:440]
        sector[0x5C:0x64] = struct.pack("<Q", CODE_START)
        sector[0x66:0x68] = b"\x90\x90"
        handle.seek(0)
        handle.write(sector)
        handle.seek(CODE_START * SECTOR)
        handle.write(core)


def tool(*command: str, text: str | None = None) -> str:
    """Run a tool quietly; what it says comes out only when it fails."""
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr or done.stdout}")
    return done.stdout
