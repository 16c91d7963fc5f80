# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the volumes of one move equal to the disks of its source: passes, maps, checkpoints, reading back.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ..errors import PlatformError
from .blocks import BlockMap
from .checkpoint import checkpoint_of, restore
from .copying import Copier, Sink, verify
from .digest import BLOCK
from .engine import Retriable
from .model import Disk
from .passes import Pass, Reading, one_by_one, plan_pass, read_blocks
from .source import Machine, RangedDisk, Snapshot


class VolumeSink(Sink, Protocol):
    """A sink that is made ready once. prepare(fresh): whatever it holds, it reads as zero afterwards."""

    def prepare(self, fresh: bool) -> None: ...
    def close(self) -> None: ...


class Volumes(Protocol):
    """The volumes of one machine, open for writing. identity: another one means that it was made anew."""

    def open(self, volumes: Mapping[str, int]) -> None: ...
    def sink(self, volume: str) -> VolumeSink: ...
    def identity(self, volume: str) -> str: ...
    def close(self) -> None: ...


class Checkpoints(Protocol):
    """Where checkpoints live: beside the journal. load: empty when there is none for this very volume."""

    def load(self, volume: str, identity: str) -> bytes: ...
    def save(self, volume: str, identity: str, data: bytes) -> None: ...


@dataclass
class Mirror:
    """One disk and its volume. map: what the volume holds. unread: blocks written and not yet read back."""

    disk: Disk
    volume: str
    sink: VolumeSink
    map: BlockMap
    fresh: bool
    unread: bytearray = field(default_factory=bytearray)


@dataclass(frozen=True)
class Passed:
    """Bytes of one pass over one disk, and why all of it was compared."""

    bytes_read: int
    bytes_sent: int
    compared: str = ""


Told = Callable[[Disk, int, int], None]


class Mirrors:
    """All disks of one move. told(disk, done, to do): bytes of the pass, after they were flushed."""

    def __init__(
        self,
        machine: Machine,
        volumes: Volumes,
        checkpoints: Checkpoints,
        reading: Reading = one_by_one,
        told: Told = lambda disk, done, total: None,
    ) -> None:
        self.machine, self.volumes, self.checkpoints = machine, volumes, checkpoints
        self.reading, self.told = reading, told
        self.mirrors: list[Mirror] = []

    def open(self, disks: Mapping[str, Disk]) -> None:
        """Open all volumes and learn what they hold. disks: volume -> disk."""
        self.volumes.open({volume: disk.capacity for volume, disk in disks.items()})
        for volume, disk in disks.items():
            self.mirrors.append(self._open(disk, volume))

    def _open(self, disk: Disk, volume: str) -> Mirror:
        sink, identity = self.volumes.sink(volume), self.volumes.identity(volume)
        saved = self.checkpoints.load(volume, identity)
        sink.prepare(fresh=not saved)
        known = restore(saved, disk.capacity, sink.digests)
        if not saved:
            self.checkpoints.save(volume, identity, checkpoint_of(known))
        return Mirror(disk, volume, sink, known, fresh=not saved, unread=bytearray(known.count))

    def bring(self, mirror: Mirror, snapshot: Snapshot | None, since: str) -> Passed:
        """Make the volume equal to the snapshot, or to the disk of a machine that is off."""
        plan = plan_pass(self.machine, mirror.disk, snapshot, since, mirror.map)
        if not plan.read:
            return Passed(0, self._apply(mirror, plan, None), plan.reason)
        try:
            ranged = self.machine.open_ranged(mirror.disk, snapshot)
        except Retriable:
            raise
        except PlatformError:
            if snapshot is not None:
                raise
            return self._stream(mirror)
        try:
            sent = self._apply(mirror, plan, ranged)
            return Passed(ranged.bytes_read, sent, plan.reason)
        finally:
            ranged.close()

    def _apply(self, mirror: Mirror, plan: Pass, ranged: RangedDisk | None) -> int:
        # Zeros cost next to nothing and come first: progress counts what is read.
        copier = self._copier(mirror, _size(plan.empty, mirror.map), _size(plan.read, mirror.map))
        try:
            pairs = read_blocks(plan, ranged, self.reading) if ranged else ((n, None) for n in plan.empty)
            return copier.apply(pairs).written
        finally:
            self._remember(mirror, copier)

    def _stream(self, mirror: Mirror) -> Passed:
        """All of the disk from its begin: where a source has no access by place."""
        stream = self.machine.open_stream(mirror.disk)
        copier = self._copier(mirror, 0, mirror.disk.capacity)
        try:
            copied = copier.run(stream.extents(), mirror.disk.capacity)
        finally:
            self._remember(mirror, copier)
        return Passed(stream.bytes_read, copied.written)

    def _copier(self, mirror: Mirror, before: int, total: int) -> Copier:
        identity = self.volumes.identity(mirror.volume)
        copier = Copier(mirror.sink, mirror.map, lambda known: save(), mirror.fresh)

        def save() -> None:
            self.checkpoints.save(mirror.volume, identity, checkpoint_of(mirror.map))
            self.told(mirror.disk, max(0, copier.seen - before), total)

        self.told(mirror.disk, 0, total)
        return copier

    def _remember(self, mirror: Mirror, copier: Copier) -> None:
        for number, touched in enumerate(copier.touched):
            if touched:
                mirror.unread[number] = 1

    def verify(self, mirror: Mirror) -> None:
        """Read back what this run wrote; what was there before was read when the volume was opened."""
        try:
            verify(mirror.sink, mirror.map, mirror.volume, b"" if mirror.fresh else bytes(mirror.unread))
        finally:
            # Blocks that read back differently are unknown now, whatever happens next.
            identity = self.volumes.identity(mirror.volume)
            self.checkpoints.save(mirror.volume, identity, checkpoint_of(mirror.map))

    def close(self) -> None:
        """Let go of the volumes; the receiver ends."""
        for mirror in self.mirrors:
            mirror.sink.close()
        self.mirrors = []
        self.volumes.close()


def _size(numbers: tuple[int, ...], known: BlockMap) -> int:
    """Bytes of these blocks; only the last one of a disk may be short."""
    if not numbers:
        return 0
    short = known.count * BLOCK - known.capacity if numbers[-1] == known.count - 1 else 0
    return len(numbers) * BLOCK - short
