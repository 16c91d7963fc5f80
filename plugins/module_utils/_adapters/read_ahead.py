# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads pieces of a disk several at a time, in order, with a few answers held at most.

This module util is private to the collection.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from .._core.vm.source import Area, RangedDisk

STREAMS = 4


def read_ahead(
    disk: RangedDisk, areas: Iterable[Area], streams: int = STREAMS, pace: Callable[[int], None] = lambda size: None
) -> Iterator[tuple[int, bytes]]:
    """A Reading of _core/vm/passes.py for disks whose `read` may be called by several threads."""
    waiting: deque[tuple[int, Future[bytes]]] = deque()
    pool = ThreadPoolExecutor(streams, thread_name_prefix="source")
    try:
        for area in areas:
            waiting.append((area.offset, pool.submit(disk.read, area.offset, area.length)))
            if len(waiting) > streams:
                offset, answer = waiting.popleft()
                yield offset, _paced(answer, pace)
        while waiting:
            offset, answer = waiting.popleft()
            yield offset, _paced(answer, pace)
    finally:
        pool.shutdown(cancel_futures=True)


def _paced(answer: Future[bytes], pace: Callable[[int], None]) -> bytes:
    data = answer.result()
    pace(len(data))
    return data
