"""The receiver's own program behind TLS, with files and loop devices: whole copies, breaks, refusals."""

from __future__ import annotations

import pathlib
import random
import subprocess
from collections.abc import Callable, Iterator

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.receiver_sink import ReceiverSink
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.blocks import BlockMap
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.copying import Copied, Copier, verify
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.extents import Extent, flat_extents
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.streams import Bytes
from tests.peers.peers import loop_device, needs
from tests.peers.receiver_peer import ReceiverPeer, receiver

MIB = 1 << 20
SIZE = 24 * MIB + 3 * 512


def content(seed: str = "a") -> bytes:
    """Data, a hole, a block that is half zero, data in the last sectors."""
    data = bytearray(SIZE)
    source = random.Random(seed)
    data[: 9 * MIB] = source.randbytes(9 * MIB)
    data[13 * MIB + 512 : 13 * MIB + 300_000] = source.randbytes(300_000 - 512)
    data[-700:] = source.randbytes(700)
    return bytes(data)


def copied(
    peer: ReceiverPeer,
    data: bytes,
    known: BlockMap | None = None,
    each: Callable[[int], None] = lambda offset: None,
    save: Callable[[BlockMap], None] = lambda known: None,
) -> tuple[Copied, BlockMap]:
    """One pass; known: what an earlier one left."""
    sink = ReceiverSink(peer.endpoint, "disk0", SIZE)

    def extents() -> Iterator[Extent]:
        for offset, piece in flat_extents(Bytes(data), SIZE):
            each(offset)
            yield offset, piece

    try:
        fresh = known is None
        sink.prepare(fresh)
        blocks = known or BlockMap(SIZE)
        done = Copier(sink, blocks, save, fresh).run(extents(), SIZE)
        verify(sink, blocks, "disk0")
        return done, blocks
    finally:
        sink.close()


@pytest.fixture
def peer(tmp_path: pathlib.Path) -> Iterator[ReceiverPeer]:
    with receiver(tmp_path, {"disk0": (str(tmp_path / "disk.img"), SIZE)}) as found:
        yield found


@pytest.fixture
def loop(tmp_path: pathlib.Path) -> Iterator[str]:
    """A block device, larger than the disk and full of old data."""
    backing = tmp_path / "device"
    backing.write_bytes(random.Random("old").randbytes(32 * MIB))
    with loop_device(backing) as device:
        yield device


def test_receiver_writes_a_disk_byte_for_byte_and_sparse(peer: ReceiverPeer) -> None:
    done, _known = copied(peer, content())
    file = peer.folder / "disk.img"
    assert file.read_bytes() == content()
    assert done.zeroed == 0 and file.stat().st_blocks * 512 <= 12 * MIB


def test_receiver_empties_a_used_device_to_its_end(tmp_path: pathlib.Path, loop: str) -> None:
    with receiver(tmp_path, {"disk0": (loop, SIZE)}) as peer:
        copied(peer, content())
        assert pathlib.Path(loop).read_bytes() == content().ljust(32 * MIB, b"\0")


def test_receiver_gets_only_what_changed_in_a_second_pass(peer: ReceiverPeer) -> None:
    _done, known = copied(peer, content())
    changed = bytearray(content())
    changed[5 * MIB + 7] ^= 255
    changed[13 * MIB : 14 * MIB] = bytes(MIB)
    done, _known = copied(peer, bytes(changed), known)
    assert (done.written, done.zeroed) == (MIB, MIB)
    assert (peer.folder / "disk.img").read_bytes() == bytes(changed)


def test_receiver_killed_at_random_points_is_waited_for_and_the_copy_is_whole(peer: ReceiverPeer) -> None:
    places = set(random.Random(3).sample(range(9), 3))

    def strike(offset: int) -> None:
        if offset // MIB in places:
            places.discard(offset // MIB)
            peer.kill()
            peer.start()

    copied(peer, content(), each=strike)
    assert not places and (peer.folder / "disk.img").read_bytes() == content()


class Killed(Exception):
    """The importer died here."""


def test_receiver_goes_on_after_the_importer_died(peer: ReceiverPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ansible_collections.ironacre.hci.plugins.module_utils._core.vm.copying.SAVE_EVERY", 2 * MIB)
    source, journal = random.Random(8), [b""]

    def save(known: BlockMap) -> None:
        journal[0] = bytes(known.data)

    for _round in range(5):
        deadline = source.randrange(1, 9) * MIB

        def die(offset: int, deadline: int = deadline) -> None:
            if offset >= deadline:
                raise Killed

        with pytest.raises(Killed):
            copied(peer, content(), BlockMap(SIZE, journal[0]) if journal[0] else None, die, save)
    known = BlockMap(SIZE, journal[0])
    there = sum(known[number] != b"\xff" * 32 for number in range(known.count))
    done, _known = copied(peer, content(), known, save=save)
    assert there > 0 and done.skipped >= there * MIB
    assert (peer.folder / "disk.img").read_bytes() == content()


def test_receiver_tells_of_bytes_that_changed_on_the_medium(peer: ReceiverPeer) -> None:
    _done, known = copied(peer, content())
    with (peer.folder / "disk.img").open("r+b") as file:
        file.seek(3 * MIB)
        file.write(b"rot")
    sink = ReceiverSink(peer.endpoint, "disk0", SIZE)
    with pytest.raises(PlatformError, match=f"1 blocks of 1 MiB read back differently, the first at {3 * MIB}"):
        verify(sink, known, "disk0")
    sink.close()
    done, _known = copied(peer, content(), known)
    assert done.written == MIB


def test_receiver_on_a_full_file_system_says_so_and_goes_on_when_there_is_room(tmp_path: pathlib.Path) -> None:
    needs("mount")
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(small)], check=False).returncode:
        pytest.skip("missing: the right to mount")
    try:
        with receiver(tmp_path, {"disk0": (str(small / "disk.img"), SIZE)}) as peer:
            known = BlockMap(SIZE)
            with pytest.raises(PlatformError, match=r"No space left on device \(507\); make room"):
                copied(peer, content(), known)
            subprocess.run(["mount", "-o", "remount,size=64m", str(small)], check=True)
            copied(peer, content())
            assert (small / "disk.img").read_bytes() == content()
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_receiver_with_a_volume_that_is_too_small_does_not_begin(tmp_path: pathlib.Path, loop: str) -> None:
    with (
        pytest.raises(AssertionError, match=f"the disk needs {33 * MIB}"),
        receiver(tmp_path, {"disk0": (loop, 33 * MIB)}),
    ):
        pass
