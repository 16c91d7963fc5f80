"""The ramdisk a machine starts over the network: kernel, drivers and the tools that write an image."""

from __future__ import annotations

import shutil
from pathlib import Path

from lab.build import debian, disk, ramdisk
from lab.build.recipe import Build, Recipe

FILES = Path(__file__).resolve().parent.parent / "agent"
INPUTS = (FILES, *(Path(path) for path in (__file__, debian.__file__, disk.__file__, ramdisk.__file__)))

PACKAGES = (
    "linux-image-amd64", "busybox-static", "curl", "ca-certificates", "zstd", "fdisk", "gdisk", "e2fsprogs",
    "util-linux", "mount", "coreutils",
)  # fmt: skip
PROGRAMS = (
    "curl", "zstd", "dd", "sfdisk", "sgdisk", "e2fsck", "resize2fs", "blkid", "wipefs", "lsblk", "blkdiscard",
    "blockdev", "sha256sum",
)  # fmt: skip
# Firmware files of some cards are not free, and so not in here: those cards need a ramdisk with them added.
MODULES = (
    "virtio_pci", "virtio_net", "virtio_blk", "virtio_scsi", "virtio_rng",
    "e1000", "e1000e", "igb", "igc", "ixgbe", "i40e", "tg3", "bnxt_en", "r8169", "mlx5_core", "vmxnet3",
    "8021q", "bonding", "ahci", "ata_piix", "nvme", "sd_mod", "megaraid_sas", "mpt3sas", "smartpqi", "hpsa",
    "vmw_pvscsi", "usb_storage", "uas",
    "ext4", "vfat", "nls_ascii", "nls_cp437", "crc32c_generic",
)  # fmt: skip


def agent(build: Build) -> None:
    """Write vmlinuz and agent.img: a kernel with drivers for real machines, and the tools that write an image."""
    tree, folder = build.work / "tree", build.work / "ramdisk"
    debian.mmdebstrap("bookworm", PACKAGES, tree, variant="extract")
    for name in ("bin", "lib/agent", "etc/ssl/certs", "proc", "sys", "dev", "run", "tmp", "mnt"):
        (folder / name).mkdir(parents=True)
    ramdisk.copy(tree, folder, "/bin/busybox")
    for program in PROGRAMS:
        ramdisk.add_program(tree, folder, program)
    ramdisk.add_modules(tree, folder, MODULES)
    authorities = sorted((tree / "usr/share/ca-certificates").rglob("*.crt"))
    (folder / "etc/ssl/certs/ca-certificates.crt").write_text("".join(path.read_text() for path in authorities))
    shutil.copy2(FILES / "init", folder / "init")
    shutil.copy2(FILES / "lease", folder / "lib/agent/lease")
    ramdisk.pack(folder, build.out / "agent.img")
    shutil.copy2(next((tree / "boot").glob("vmlinuz-*")), build.out / "vmlinuz")


RECIPES = (
    Recipe(
        "agent",
        debian.version_of("bookworm", PACKAGES),
        agent,
        inputs=INPUTS,
        says="ramdisk that writes images (half a minute)",
    ),
)
