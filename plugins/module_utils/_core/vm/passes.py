# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One pass over a disk that is read by place: which blocks it must look at, and which of them it must read.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ..errors import PlatformError
from .blocks import UNKNOWN, BlockMap
from .digest import BLOCK
from .engine import Retriable
from .extents import is_zero
from .model import Disk
from .source import ALLOCATED, Area, Machine, RangedDisk, Snapshot

# Reads pieces of a disk, several at once if it can: (offset, bytes) in any order.
Reading = Callable[[RangedDisk, Iterable[Area]], Iterator[tuple[int, bytes]]]


@dataclass(frozen=True)
class Pass:
    """Numbers of blocks. read: they may hold data. empty: zero without looking. reason: why everything is compared."""

    read: tuple[int, ...]
    empty: tuple[int, ...]
    reason: str = ""


def same_epoch(since: str, now: str) -> bool:
    """Change ids are comparable as long as the part before `/` is the same; another one means tracking began anew."""
    return bool(since and now) and since.partition("/")[0] == now.partition("/")[0]


def touched(areas: Iterable[Area], capacity: int) -> bytearray:
    """One byte per block: 1 where an area lies. Areas outside of the disk are an error."""
    count = -(-capacity // BLOCK)
    found = bytearray(count)
    for area in areas:
        if area.offset < 0 or area.length < 0 or area.offset + area.length > capacity:
            raise PlatformError(f"the source names {area.length} bytes at {area.offset} of a disk of {capacity} bytes")
        first, end = area.offset // BLOCK, -(-(area.offset + area.length) // BLOCK)
        found[first:end] = b"\1" * (end - first)
    return found


def plan_pass(machine: Machine, disk: Disk, snapshot: Snapshot | None, since: str, known: BlockMap) -> Pass:
    """What must be looked at, so that the sink equals the snapshot (or the disk of a machine that is off)."""
    look, reason = _changed(machine, disk, snapshot, since, known.count)
    unknown = [number for number in range(known.count) if known[number] == UNKNOWN]
    for number in unknown:
        look[number] = 1
    # Whether a changed block holds data is seen when it is read; asking pays only for a large part of the disk.
    data = _allocated(machine, disk, snapshot) if unknown or reason else b"\1" * known.count
    wanted = [number for number in range(known.count) if look[number]]
    read = tuple(number for number in wanted if data[number])
    return Pass(read, tuple(number for number in wanted if not data[number]), reason)


def _changed(machine: Machine, disk: Disk, snapshot: Snapshot | None, since: str, count: int) -> tuple[bytearray, str]:
    """The changed blocks, or all of them with the reason."""
    if not since:
        return bytearray(b"\1" * count), ""
    now = snapshot.change_ids.get(disk.key, "") if snapshot else since
    if not same_epoch(since, now):
        return bytearray(b"\1" * count), "the source began to track its changes anew"
    try:
        return touched(machine.changed(disk, snapshot, since), disk.capacity), ""
    except Retriable:
        raise
    except PlatformError as error:
        # Comparing everything is always right; an answer that cannot be had, or not be true, is not used.
        return bytearray(b"\1" * count), f"what changed cannot be asked ({error.message})"


def _allocated(machine: Machine, disk: Disk, snapshot: Snapshot | None) -> bytearray:
    try:
        return touched(machine.changed(disk, snapshot, ALLOCATED), disk.capacity)
    except Retriable:
        raise
    except PlatformError:
        return bytearray(b"\1" * -(-disk.capacity // BLOCK))


def pieces_of(numbers: Iterable[int], capacity: int, most: int = 4) -> Iterator[Area]:
    """Neighbouring blocks as one piece of at most `most` blocks."""
    first = end = -1
    for number in numbers:
        if number != end or end - first >= most:
            if end > first:
                yield _area(first, end, capacity)
            first = number
        end = number + 1
    if end > first:
        yield _area(first, end, capacity)


def _area(first: int, end: int, capacity: int) -> Area:
    return Area(first * BLOCK, min(end * BLOCK, capacity) - first * BLOCK)


def one_by_one(disk: RangedDisk, areas: Iterable[Area]) -> Iterator[tuple[int, bytes]]:
    """The simplest Reading."""
    for area in areas:
        yield area.offset, disk.read(area.offset, area.length)


def read_blocks(plan: Pass, disk: RangedDisk, reading: Reading = one_by_one) -> Iterator[tuple[int, bytes | None]]:
    """Every block of the pass: (number, bytes), or (number, None) for zeros."""
    for number in plan.empty:
        yield number, None
    for offset, data in reading(disk, pieces_of(plan.read, disk.capacity)):
        for start in range(0, len(data), BLOCK):
            block = data[start : start + BLOCK]
            yield (offset + start) // BLOCK, None if is_zero(block) else block
