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
    """Every block of the disk in order: (number, bytes), or (number, None) for one that is all zero.

    Bytes are copied once, when a block is put together; an extent that is a whole block is handed on as it is.
    """
    number, held, parts = 0, 0, list[bytes]()
    for offset, data in extents:
        place = 0
        while place < len(data):
            while (number + 1) * BLOCK <= offset + place:
                yield number, _joined(parts)
                number, held, parts = number + 1, 0, []
            gap = offset + place - number * BLOCK - held
            part = data[place : place + BLOCK - held - gap]
            parts += [bytes(gap), part] if gap else [part]
            held, place = held + gap + len(part), place + len(part)
    while number * BLOCK < capacity:
        block = _joined(parts)
        yield number, block if block is None else block[: capacity - number * BLOCK]
        number, parts = number + 1, []


def _joined(parts: list[bytes]) -> bytes | None:
    """The block that begins with these parts; None when all of it is zero."""
    data = parts[0] if len(parts) == 1 and len(parts[0]) == BLOCK else b"".join(parts).ljust(BLOCK, b"\0")
    return None if not parts or is_zero(data) else data


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
