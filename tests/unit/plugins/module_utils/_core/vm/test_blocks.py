from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.blocks import BlockMap, blocks, digest_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.copying import Copier, verify
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.digest import BLOCK, DiskDigest
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.extents import Extent


def some_disk(seed: int) -> tuple[bytes, list[Extent]]:
    """A disk and its extents, cut at odd places."""
    source = random.Random(seed)
    raw = bytearray(source.randrange(1, 6) * BLOCK + source.choice([0, 512, 70000]))
    extents, position = [], 0
    while position < len(raw):
        position += source.choice([0, 512, 65536, BLOCK, 2 * BLOCK + 512])
        data = source.randbytes(source.choice([512, 65536, BLOCK, 2 * BLOCK]))[: max(0, len(raw) - position)]
        if data:
            raw[position : position + len(data)] = data
            extents.append((position, data))
        position += len(data)
    return bytes(raw), extents


@pytest.mark.parametrize("seed", range(30))
def test_blocks_put_together_are_the_disk(seed: int) -> None:
    raw, extents = some_disk(seed)
    found = list(blocks(iter(extents), len(raw)))
    assert [number for number, _block in found] == list(range(-(-len(raw) // BLOCK)))
    whole = b"".join(block if block is not None else bytes(BLOCK) for _number, block in found)
    assert whole[: len(raw)] == raw


@pytest.mark.parametrize("seed", range(5))
def test_the_map_has_the_digest_of_the_stream(seed: int) -> None:
    raw, extents = some_disk(seed)
    known, stream = BlockMap(len(raw)), DiskDigest(len(raw))
    for offset, data in extents:
        stream.update(offset, data)
    for number, block in blocks(iter(extents), len(raw)):
        known[number] = digest_of(block)
    assert known.digest() == stream.finish()[0]


class Memory:
    """A sink that forgets what was not flushed when the power is cut, and holds old data at first."""

    def __init__(self, size: int, fill: bytes = b"?") -> None:
        self.data = bytearray(fill * size)
        self.medium = bytes(self.data)
        self.cut_after = -1
        self.writes = 0

    def write(self, offset: int, data: bytes) -> None:
        if self.writes == self.cut_after:
            raise KeyboardInterrupt
        self.writes += 1
        self.data[offset : offset + len(data)] = data

    def zero(self, offset: int, size: int) -> None:
        self.write(offset, bytes(size))

    def flush(self) -> None:
        self.medium = bytes(self.data)

    def digests(self, first: int = 0, count: int = -1) -> Iterator[tuple[int, bytes]]:
        for number, block in blocks(iter([(0, bytes(self.data))]), len(self.data)):
            yield number, digest_of(block)


@pytest.mark.parametrize("cut", range(8))
def test_import_after_a_power_cut_writes_only_what_was_not_on_the_medium(
    cut: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    copying = "ansible_collections.ironacre.hci.plugins.module_utils._core.vm.copying.SAVE_EVERY"
    monkeypatch.setattr(copying, BLOCK)
    raw = random.Random(1).randbytes(8 * BLOCK)
    sink, journal = Memory(len(raw)), [bytes(BlockMap(len(raw)).data)]

    def save(known: BlockMap) -> None:
        journal.append(bytes(known.data))

    sink.cut_after = cut
    with pytest.raises(KeyboardInterrupt):
        Copier(sink, BlockMap(len(raw), journal[-1]), save).run(iter([(0, raw)]), len(raw))
    sink.data, sink.cut_after, sink.writes = bytearray(sink.medium), -1, 0
    done = Copier(sink, BlockMap(len(raw), journal[-1]), save).run(iter([(0, raw)]), len(raw))
    assert (bytes(sink.data), sink.writes, done.skipped) == (raw, 8 - cut, cut * BLOCK)


def test_import_of_a_changed_source_writes_only_the_changes_and_zeroes_what_vanished() -> None:
    raw = bytearray(random.Random(1).randbytes(6 * BLOCK))
    sink, known = Memory(len(raw)), BlockMap(len(raw))
    Copier(sink, known, lambda known: None).run(iter([(0, bytes(raw))]), len(raw))
    raw[3 * BLOCK] ^= 1
    raw[5 * BLOCK :] = bytes(BLOCK)
    done = Copier(sink, known, lambda known: None).run(iter([(0, bytes(raw))]), len(raw))
    assert (done.written, done.zeroed, done.skipped) == (BLOCK, BLOCK, 4 * BLOCK)
    assert bytes(sink.data) == raw


def test_old_data_of_the_sink_never_shine_through() -> None:
    sink = Memory(3 * BLOCK)
    Copier(sink, BlockMap(3 * BLOCK), lambda known: None).run(iter([]), 3 * BLOCK)
    assert bytes(sink.data) == bytes(3 * BLOCK)


def test_a_block_that_rotted_is_found_and_only_it_is_copied_again() -> None:
    raw = random.Random(1).randbytes(4 * BLOCK)
    sink, known = Memory(len(raw)), BlockMap(len(raw))
    Copier(sink, known, lambda known: None).run(iter([(0, raw)]), len(raw))
    verify(sink, known, "sink")
    sink.data[2 * BLOCK + 5] ^= 1
    with pytest.raises(PlatformError, match="1 blocks of 1 MiB read back differently, the first at 2097152"):
        verify(sink, known, "sink")
    done = Copier(sink, known, lambda known: None).run(iter([(0, raw)]), len(raw))
    assert done.written == BLOCK and bytes(sink.data) == raw
