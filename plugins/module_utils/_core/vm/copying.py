# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies a stream of extents into a sink that knows places, block by block, with a journal that survives everything.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from ..errors import PlatformError
from .blocks import UNKNOWN, BlockMap, blocks, digest_of
from .digest import BLOCK
from .extents import Extent

SAVE_EVERY = 256 << 20


class Sink(Protocol):
    """A file, a device, or something far away. What was written counts after `flush` only.

    digests: every block (or some) with what digest_of says of it, as the medium holds it.
    """

    def write(self, offset: int, data: bytes) -> None: ...
    def zero(self, offset: int, size: int) -> None: ...
    def flush(self) -> None: ...
    def digests(self, first: int = 0, count: int = -1) -> Iterator[tuple[int, bytes]]: ...


@dataclass(frozen=True)
class Copied:
    """written, zeroed, skipped: bytes. digest is empty as long as blocks are unknown."""

    digest: str
    written: int
    zeroed: int
    skipped: int


class Copier:
    """One pass. fresh: the sink reads as zero everywhere. save(map) is called after what it states was flushed."""

    def __init__(
        self,
        sink: Sink,
        known: BlockMap,
        save: Callable[[BlockMap], None],
        fresh: bool = False,
        pace: Callable[[int], None] = lambda size: None,
    ) -> None:
        self.sink, self.known, self.save, self.fresh, self.pace = sink, known, save, fresh, pace
        self.written = self.zeroed = self.skipped = self.seen = 0
        # One byte per block that this copier wrote: what there is to read back.
        self.touched = bytearray(known.count)

    def run(self, extents: Iterator[Extent], capacity: int) -> Copied:
        """Bring the sink to what the stream says; write only blocks that differ from what is known."""
        return self.apply(blocks(extents, capacity))

    def apply(self, pairs: Iterable[tuple[int, bytes | None]]) -> Copied:
        """The same for blocks in any order; those that do not come stay as they are."""
        pending = 0
        for number, block in pairs:
            size = min(BLOCK, self.known.capacity - number * BLOCK)
            self.seen += size
            digest = digest_of(block)
            if self.known[number] == digest:
                self.skipped += size
                continue
            pending += self._put(number, block, size)
            self.known[number] = digest
            if pending >= SAVE_EVERY:
                self._commit()
                pending = 0
        self._commit()
        return Copied(self.known.digest() if self.known.complete else "", self.written, self.zeroed, self.skipped)

    def _put(self, number: int, block: bytes | None, size: int) -> int:
        self.touched[number] = 1
        if block is not None:
            self.sink.write(number * BLOCK, block)
            self.pace(size)
            self.written += size
            return size
        if not (self.fresh and self.known[number] == UNKNOWN):
            self.sink.zero(number * BLOCK, size)
            self.zeroed += size
        return 0

    def _commit(self) -> None:
        self.sink.flush()
        self.save(self.known)


def verify(sink: Sink, known: BlockMap, place: str, only: bytes = b"") -> None:
    """Read the sink again and compare it with the map, block by block. only: one byte per block, 1 to look at it."""
    found = _some(sink, only) if only else sink.digests()
    differing = [number for number, digest in found if digest != known[number]]
    if differing:
        for number in differing:
            known[number] = UNKNOWN
        raise PlatformError(
            f"{place}: {len(differing)} blocks of 1 MiB read back differently, the first at {differing[0] * BLOCK}; "
            "look at the storage, then run again: only these are copied",
            blocks=differing[:100],
        )


def _some(sink: Sink, only: bytes) -> Iterator[tuple[int, bytes]]:
    first = only.find(1)
    while first >= 0:
        end = only.find(0, first)
        end = len(only) if end < 0 else end
        yield from sink.digests(first, end - first)
        first = only.find(1, end)
