"""Disks of every kind through the receiver: byte-equal by qemu-img's word, and sparse."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.qemu_image import QemuImage
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.receiver_sink import ReceiverSink
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.blocks import BlockMap
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.copying import Copier, verify
from tests.peers.peers import needs
from tests.peers.receiver_peer import receiver
from tests.peers.test_import_kinds import DISKS, MIB, judge, make_disk


@pytest.mark.parametrize("kind", DISKS)
def test_import_every_disk_through_the_receiver_is_byte_equal(tmp_path: pathlib.Path, kind: str) -> None:
    needs("qemu-img", "qemu-nbd")
    raw, target = make_disk(kind, tmp_path / "raw.img"), tmp_path / "disk.img"
    image = QemuImage(str(raw), "raw")
    with receiver(tmp_path, {"disk0": (str(target), image.capacity)}) as peer:
        sink, known = ReceiverSink(peer.endpoint, "disk0", image.capacity), BlockMap(image.capacity)
        sink.prepare(True)
        done = Copier(sink, known, lambda blocks: None, True).run(image.extents(), image.capacity)
        verify(sink, known, "disk0")
        sink.close()
    judge(raw, str(target))
    assert done.digest == known.digest()
    assert target.stat().st_blocks * 512 <= done.written + MIB
