# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Digests of a disk stream, computed while it passes.

Block-map digest: sha256 over the list of the sha256 of every 1 MiB block; a zero block counts as 32 zero bytes
and is never hashed, so an empty terabyte costs nothing.
Whole digest: plain sha256 over all bytes, for comparison with common tools.
This module util is private to the collection.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from .extents import Extent, is_zero

BLOCK = 1 << 20
ZERO = bytes(32)


class DiskDigest:
    """Feed extents in ascending order, then ask. whole: also compute the plain sha256."""

    def __init__(self, capacity: int, whole: bool = False) -> None:
        self.capacity, self.reached = capacity, 0
        self._map = hashlib.sha256()
        self._whole = hashlib.sha256() if whole else None
        self._block = bytearray()

    def update(self, offset: int, data: bytes) -> None:
        """The next extent. What lies between it and the one before is zero."""
        self._skip(offset)
        self._feed_whole(data)
        view = memoryview(data)
        while view:
            part = view[: BLOCK - len(self._block)]
            self._block += part
            view = view[len(part) :]
            if len(self._block) == BLOCK:
                self._close_block()
        self.reached = offset + len(data)

    def finish(self) -> tuple[str, str]:
        """Block-map digest and whole digest (empty when not asked for)."""
        self._skip(self.capacity)
        if self._block:
            self._close_block()
        return self._map.hexdigest(), self._whole.hexdigest() if self._whole else ""

    def _skip(self, offset: int) -> None:
        gap = offset - self.reached
        if gap < 0:
            raise ValueError(f"extent at {offset} after {self.reached}")
        self._zeros_to_whole(gap)
        if gap and self._block:
            fill = min(gap, BLOCK - len(self._block))
            self._block += bytes(fill)
            gap -= fill
            if len(self._block) == BLOCK:
                self._close_block()
        for _number in range(gap // BLOCK):
            self._map.update(ZERO)
        self._block += bytes(gap % BLOCK)
        self.reached = offset

    def _close_block(self) -> None:
        self._map.update(ZERO if is_zero(bytes(self._block)) else hashlib.sha256(self._block).digest())
        self._block = bytearray()

    def _zeros_to_whole(self, count: int) -> None:
        if self._whole:
            zeros = bytes(min(count, BLOCK))
            for start in range(0, count, BLOCK):
                self._whole.update(zeros[: count - start])

    def _feed_whole(self, data: bytes) -> None:
        if self._whole:
            self._whole.update(data)


def digesting(extents: Iterable[Extent], digest: DiskDigest) -> Iterator[Extent]:
    """Pass the extents on and feed the digest."""
    for offset, data in extents:
        digest.update(offset, data)
        yield offset, data
