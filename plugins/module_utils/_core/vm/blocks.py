# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk in 1 MiB blocks, and what is known of each: its digest, or nothing.

The map is the journal of a copy. After a break only blocks whose digest differs are written again; a later pass over a
changed source writes only what changed. This module util is private to the collection.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from .digest import BLOCK, ZERO
from .extents import Extent, is_zero

SIZE = 32
UNKNOWN = b"\xff" * SIZE


def blocks(extents: Iterable[Extent], capacity: int) -> Iterator[tuple[int, bytes | None]]:
    """Every block of the disk in order: (number, bytes), or (number, None) for one that is all zero."""
    number, held = 0, bytearray()
    for offset, data in extents:
        view = memoryview(data)
        while view:
            for empty, block in _upto(number, held, offset):
                yield empty, block
                number, held = empty + 1, bytearray()
            held += bytes(offset - number * BLOCK - len(held))
            part = view[: BLOCK - len(held)]
            held += part
            view, offset = view[len(part) :], offset + len(part)
    for empty, block in _upto(number, held, -(-capacity // BLOCK) * BLOCK):
        size = min(BLOCK, capacity - empty * BLOCK)
        yield empty, block[:size] if block is not None else None


def _upto(number: int, held: bytearray, offset: int) -> Iterator[tuple[int, bytes | None]]:
    """The blocks that are complete once `offset` is reached."""
    while (number + 1) * BLOCK <= offset:
        if held:
            held += bytes(BLOCK - len(held))
        yield number, bytes(held) if held and not is_zero(bytes(held)) else None
        number, held = number + 1, bytearray()


def digest_of(block: bytes | None) -> bytes:
    """The digest of a block as it stands in the map."""
    return ZERO if block is None else hashlib.sha256(block).digest()


class BlockMap:
    """Digests of all blocks of a disk. `digest()` is the block-map digest of digest.py."""

    def __init__(self, capacity: int, data: bytes = b"") -> None:
        self.capacity, self.count = capacity, -(-capacity // BLOCK)
        if data and len(data) != self.count * SIZE:
            raise ValueError(f"a map of {len(data)} bytes for {self.count} blocks")
        self.data = bytearray(data or UNKNOWN * self.count)

    def __getitem__(self, number: int) -> bytes:
        return bytes(self.data[number * SIZE : (number + 1) * SIZE])

    def __setitem__(self, number: int, digest: bytes) -> None:
        self.data[number * SIZE : (number + 1) * SIZE] = digest

    @property
    def complete(self) -> bool:
        """True when every block is known."""
        return all(self[number] != UNKNOWN for number in range(self.count))

    def digest(self) -> str:
        """Hex digest; only of a map without unknown blocks."""
        if not self.complete:
            raise ValueError("the map has unknown blocks")
        return hashlib.sha256(self.data).hexdigest()
