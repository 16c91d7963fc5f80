"""A checkpoint is believed as far as the medium agrees."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.blocks import UNKNOWN, BlockMap
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.checkpoint import (
    CHUNKS,
    Digests,
    checkpoint_of,
    restore,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.digest import BLOCK


def filled(blocks: int) -> BlockMap:
    chance = random.Random(blocks)
    return BlockMap(blocks * BLOCK, chance.randbytes(32 * blocks))


def medium(known: BlockMap, asked: list[int]) -> Digests:
    def digests(first: int, count: int) -> Iterator[tuple[int, bytes]]:
        asked.extend(range(first, first + count))
        yield from ((number, known[number]) for number in range(first, first + count))

    return digests


@pytest.mark.parametrize("blocks", [1, 16, 17, 100])
def test_what_agrees_is_known_again(blocks: int) -> None:
    known = filled(blocks)
    found = restore(checkpoint_of(known), known.capacity, medium(known, []))
    assert found.data == known.data


def test_only_chunks_that_were_complete_are_read_and_one_that_differs_is_unknown() -> None:
    known, asked = filled(64), list[int]()
    known[40] = UNKNOWN
    saved = checkpoint_of(known)
    real = BlockMap(known.capacity, bytes(known.data))
    real[3] = b"x" * 32
    found = restore(saved, known.capacity, medium(real, asked))
    assert asked == [*range(32), *range(48, 64)]
    assert all(found[number] == UNKNOWN for number in (*range(16), *range(32, 48)))
    assert all(found[number] == known[number] for number in (*range(16, 32), *range(48, 64)))


def test_a_checkpoint_of_another_size_says_nothing() -> None:
    known = filled(20)
    found = restore(checkpoint_of(known), 64 * BLOCK, medium(known, []))
    assert all(found[number] == UNKNOWN for number in range(found.count))


def test_two_tebibytes_fit_into_a_config_map() -> None:
    assert len(checkpoint_of(BlockMap(2 << 40))) <= CHUNKS * 32
