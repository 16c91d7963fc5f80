# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk as a stream: (offset, bytes) in ascending order, everything between is zero.

Every source yields this, every sink takes it. This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .streams import Reader, read_into

Extent = tuple[int, bytes]
PIECE = 1 << 20
_PROBE = 4096
_ZEROS = bytes(PIECE)


def is_zero(data: bytes | memoryview) -> bool:
    """True when all bytes are zero. Looks at the first 4 KiB first: data rarely begins with that many zeros."""
    if bytes(data[:_PROBE]) != _ZEROS[: len(data[:_PROBE])]:
        return False
    return bytes(data) == (_ZEROS[: len(data)] if len(data) <= PIECE else bytes(len(data)))


def flat_extents(reader: Reader, capacity: int, start: int = 0) -> Iterator[Extent]:
    """Extents of a plain image: pieces of at most 1 MiB on 1 MiB borders, without those that are zero."""
    offset = start
    while offset < capacity:
        buffer = bytearray(min(PIECE - offset % PIECE, capacity - offset))
        got = read_into(reader, memoryview(buffer))
        if not got:
            return
        data = bytes(buffer[:got])
        if not is_zero(data):
            yield offset, data
        offset += got


def runs(extents: Iterable[Extent], capacity: int) -> Iterator[tuple[int, bytes | None]]:
    """The whole disk without a gap: (length, bytes) or (length, None) for zeros."""
    reached = 0
    for offset, data in extents:
        if offset > reached:
            yield offset - reached, None
        yield len(data), data
        reached = offset + len(data)
    if reached < capacity:
        yield capacity - reached, None
