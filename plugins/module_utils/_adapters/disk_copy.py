# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies one disk to this machine: stream, sink, journal and pace put together.

This module util is private to the collection.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol

from .._core.vm.blocks import BlockMap
from .._core.vm.copy_trust import DOUBTFUL, FRESH, TRUSTED, Errand
from .._core.vm.copying import Copier, verify
from .._core.vm.engine import Stream
from .copy_journal import CopyJournal
from .disk_sink import DiskSink
from .pace import Pace


class Source(Protocol):
    """A disk that can be opened. identity changes when the disk does."""

    @property
    def identity(self) -> str: ...
    @property
    def capacity(self) -> int: ...
    def open(self) -> Stream: ...


@dataclass(frozen=True)
class Outcome:
    """Bytes and seconds of one call."""

    changed: bool
    digest: str
    bytes_virtual: int
    bytes_read: int = 0
    bytes_written: int = 0
    bytes_zeroed: int = 0
    bytes_skipped: int = 0
    seconds: float = 0.0
    engine: str = ""


class DiskCopy:
    """From a source to `path`. rate: bytes per second, 0 for no limit. overwrite: lose what others wrote there."""

    def __init__(
        self, source: Source, path: str, readback: bool = False, rate: int = 0, overwrite: bool = False
    ) -> None:
        self.source, self.path, self.readback, self.rate = source, path, readback, rate
        self.journal = CopyJournal(path)
        self.errand = Errand(path, source.identity, source.capacity, overwrite)

    def done(self) -> str:
        """The digest when this very source lies there already; else empty. Raises what `run` would refuse."""
        trusted = self.journal.verdict(self.errand) == TRUSTED
        return self.journal.done_from(self.source.identity) if trusted else ""

    def run(self) -> Outcome:
        """Copy what is missing."""
        started = time.monotonic()
        verdict = self.journal.verdict(self.errand)
        fresh = verdict == FRESH
        sink = DiskSink(self.path, self.source.capacity, fresh)
        try:
            known = self._known(sink, verdict)
            stream = self.source.open()
            copier = Copier(sink, known, self._save, fresh, Pace(self.rate))
            copied = copier.run(stream.extents(), self.source.capacity)
            if self.readback:
                self._verify(sink, known)
            self.journal.save(self.source.identity, known, copied.digest)
        finally:
            sink.close()
        seconds = round(time.monotonic() - started, 3)
        moved = (stream.bytes_read, copied.written, copied.zeroed, copied.skipped)
        return Outcome(True, copied.digest, self.source.capacity, *moved, seconds, stream.engine)

    def _known(self, sink: DiskSink, verdict: str) -> BlockMap:
        known = BlockMap(self.source.capacity) if verdict == FRESH else self.journal.load(self.source.capacity)
        if verdict == DOUBTFUL:
            for number, digest in sink.digests():
                known[number] = digest
        self._save(known)
        return known

    def _save(self, known: BlockMap) -> None:
        self.journal.save(self.source.identity, known)

    def _verify(self, sink: DiskSink, known: BlockMap) -> None:
        try:
            verify(sink, known, self.path)
        finally:
            # What was found to differ must be copied again, whatever happens now.
            self._save(known)
