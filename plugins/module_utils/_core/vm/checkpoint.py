# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The map of a copy in a few KiB: one digest per chunk of blocks, small enough for the journal in the cluster.

A run that goes on reads the volume's own digests where the volume is, and believes the chunks that agree. So what is
known after a break is what the medium really holds. This module util is private to the collection.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from .blocks import SIZE, UNKNOWN, BlockMap

CHUNKS, LEAST = 4096, 16
Digests = Callable[[int, int], Iterator[tuple[int, bytes]]]


def chunk_size(count: int) -> int:
    """Blocks per chunk: 16 MiB for small disks, never more than 4096 chunks."""
    return max(LEAST, -(-count // CHUNKS))


def checkpoint_of(known: BlockMap) -> bytes:
    """32 bytes per chunk; a chunk with unknown blocks is unknown."""
    step = chunk_size(known.count)
    return b"".join(_chunk(known, first, min(step, known.count - first)) for first in range(0, known.count, step))


def _chunk(known: BlockMap, first: int, count: int) -> bytes:
    if any(known[number] == UNKNOWN for number in range(first, first + count)):
        return UNKNOWN
    return hashlib.sha256(known.data[first * SIZE : (first + count) * SIZE]).digest()


def restore(saved: bytes, capacity: int, digests: Digests) -> BlockMap:
    """The map as far as checkpoint and medium agree. digests(first, count): what the medium holds there."""
    known = BlockMap(capacity)
    step = chunk_size(known.count)
    if len(saved) != -(-known.count // step) * SIZE:
        return known
    for chunk, first in enumerate(range(0, known.count, step)):
        wanted, count = saved[chunk * SIZE : (chunk + 1) * SIZE], min(step, known.count - first)
        if wanted != UNKNOWN:
            for number, digest in digests(first, count):
                known[number] = digest
            if _chunk(known, first, count) != wanted:
                for number in range(first, first + count):
                    known[number] = UNKNOWN
    return known
