"""Disk images and ramdisks, read back with the tools a machine would use."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from lab import setup
from lab.build import disk, ramdisk

NEEDED = ("sfdisk", "mkfs.ext4", "mkfs.vfat", "mcopy", "grub-mkimage", "/usr/lib/grub/i386-pc/boot.img", "cpio", "zstd")
MISSING = [tool for tool in NEEDED if not setup.present(tool)]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"missing: {', '.join(MISSING)}")


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    work = tmp_path_factory.mktemp("disk")
    tree = work / "tree"
    (tree / "etc").mkdir(parents=True)
    (tree / "etc/hostname").write_text("localhost\n")
    disk.write_image(tree, work / "disk.raw", "ironacre", work)
    return work / "disk.raw"


def ran(*command: str, data: bytes = b"") -> str:
    return subprocess.run(command, input=data, check=True, capture_output=True).stdout.decode()


def test_the_root_partition_is_number_one_and_last_so_that_it_can_grow(image: Path) -> None:
    table = json.loads(ran("sfdisk", "-J", str(image)))["partitiontable"]
    parts = sorted(table["partitions"], key=lambda part: part["start"])
    assert table["label"] == "gpt"
    assert parts[-1]["node"].endswith("raw1")
    assert parts[-1]["start"] == disk.ROOT_START


def test_the_root_file_system_has_its_label_and_is_clean(image: Path, tmp_path: Path) -> None:
    root = tmp_path / "root.raw"
    with image.open("rb") as source, root.open("wb") as target:
        source.seek(disk.ROOT_START * disk.SECTOR)
        shutil.copyfileobj(source, target)
    assert "Filesystem volume name:   ironacre" in ran("dumpe2fs", "-h", str(root))
    ran("e2fsck", "-fn", str(root))
    assert ran("debugfs", "-R", "cat /etc/hostname", str(root)) == "localhost\n"


def test_bios_finds_the_loader_and_the_loader_its_rest(image: Path) -> None:
    with image.open("rb") as handle:
        data = handle.read((disk.CODE_START + 1) * disk.SECTOR)
    assert data[510:512] == b"\x55\xaa"
    assert struct.unpack("<Q", data[0x5C:0x64]) == (disk.CODE_START,)
    core = data[disk.CODE_START * disk.SECTOR :]
    assert struct.unpack("<Q", core[500:508]) == (disk.CODE_START + 1,)


def test_uefi_finds_the_loader_where_it_looks_on_an_unknown_disk(image: Path) -> None:
    listed = ran("mdir", "-b", "-i", f"{image}@@{disk.ESP_START * disk.SECTOR}", "::EFI/BOOT")
    assert "BOOTX64.EFI" in listed


def test_a_ramdisk_belongs_to_root_and_holds_its_folders_first(tmp_path: Path) -> None:
    folder = tmp_path / "tree"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin/tool").write_text("x")
    (folder / "init").write_text("#!/bin/sh\n")
    (folder / "init").chmod(0o755)
    ramdisk.pack(folder, tmp_path / "ramdisk.img")
    packed = subprocess.run(["zstd", "-dcq", str(tmp_path / "ramdisk.img")], check=True, capture_output=True).stdout
    lines = [line.split() for line in ran("cpio", "-tv", "--quiet", "--numeric-uid-gid", data=packed).splitlines()]
    assert [line[-1] for line in lines] == ["bin", "bin/tool", "init"]
    assert {(line[2], line[3]) for line in lines} == {("0", "0")}


def test_a_link_is_copied_as_what_it_leads_to_inside_the_system(tmp_path: Path) -> None:
    tree, target = tmp_path / "tree", tmp_path / "target"
    (tree / "usr/lib").mkdir(parents=True)
    (tree / "usr/lib/real").write_text("inside")
    (tree / "lib").mkdir()
    (tree / "lib/name").symlink_to("/usr/lib/real")
    ramdisk.copy(tree, target, "/lib/name")
    assert (target / "lib/name").read_text() == "inside"
