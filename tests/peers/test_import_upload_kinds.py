"""Disks of every kind as CDI is sent them: decoded by the programs of the formats, compared by qemu-img."""

from __future__ import annotations

import pathlib
import subprocess

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.qemu_image import QemuImage
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.wire import encode
from tests.peers.peers import needs
from tests.peers.test_import_kinds import DISKS, MIB, judge, make_disk

# --sparse, because gigabytes of zeros would else be written; gzip has no such thing.
DECODERS = {"zstd": ("zstd", "-dcq", "--sparse"), "gzip": ("gzip", "-dc")}
PAIRS = [(wire, kind) for wire in DECODERS for kind in DISKS if (wire, kind) != ("gzip", "beyond4g")]


def sent(raw: pathlib.Path, wire: str) -> tuple[pathlib.Path, int]:
    """What goes over the wire for a disk, and how long the disk is."""
    image = QemuImage(str(raw), "raw")
    path = raw.with_suffix(f".{wire}")
    with path.open("wb") as file:
        for piece in encode(image.extents(), image.capacity, wire):
            file.write(piece)
    return path, image.capacity


@pytest.mark.parametrize(("wire", "kind"), PAIRS)
def test_import_every_disk_as_it_is_uploaded_is_byte_equal(tmp_path: pathlib.Path, wire: str, kind: str) -> None:
    needs("qemu-img", "qemu-nbd", DECODERS[wire][0])
    raw, target = make_disk(kind, tmp_path / "raw.img"), tmp_path / "target"
    path, capacity = sent(raw, wire)
    with path.open("rb") as coded, target.open("wb") as file:
        subprocess.run(DECODERS[wire], stdin=coded, stdout=file, check=True)
    assert target.stat().st_size == capacity
    judge(raw, str(target))
    # Data cost three bytes in 128 KiB, zeros next to nothing.
    assert wire != "zstd" or path.stat().st_size <= raw.stat().st_blocks * 512 * 1.01 + MIB
