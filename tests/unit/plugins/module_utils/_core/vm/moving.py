"""A source in memory, and a world that breaks where a test says and watches over the rules."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.digest import BLOCK
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.extents import Extent
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Disk, Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.source import ALLOCATED, Area, Snapshot

SECTOR = 4096
EMPTY = bytes(SECTOR)


class PowerCut(BaseException):
    """The importer died: nothing after it runs."""


@dataclass
class World:
    """One place for chance and faults. Every call of a port passes `event`."""

    chance: random.Random
    breaks: dict[int, str] = field(default_factory=dict)
    events: int = 0
    dead: bool = False
    log: list[str] = field(default_factory=list)
    always: list[Callable[[], None]] = field(default_factory=list)

    def event(self, what: str) -> None:
        self.events += 1
        self.log.append(what)
        for rule in self.always:
            rule()
        fault = self.breaks.pop(self.events, "")
        self.dead = self.dead or fault == "cut"
        if self.dead:
            raise PowerCut
        if fault:
            raise PlatformError(f"{what} failed")


class MemoryMachine:
    """Writes to its disks whenever it is on and somebody looks. epoch: the part of a change id before the slash."""

    def __init__(self, world: World, sizes: Mapping[str, int], tracks: bool = True, ranged: bool = True) -> None:
        self.world, self.tracks, self.ranged = world, tracks, ranged
        self.disks = {
            key: bytearray(world.chance.randbytes(size // 2).ljust(size, b"\0")) for key, size in sizes.items()
        }
        self.state, self.fenced_for, self.epoch, self.sequence = "on", "", "52 de", 0
        self.history: list[tuple[int, str, int]] = []
        self.snapshots: dict[str, tuple[Snapshot, dict[str, bytes]]] = {}
        self.foreign = {"before the update": True}
        self.identity = "vm-1"

    def live(self) -> None:
        """The guest works."""
        if self.state != "on":
            return
        for key, data in self.disks.items():
            if self.world.chance.random() < 0.4:
                sector = self.world.chance.randrange(len(data) // SECTOR)
                self.write(
                    key, sector * SECTOR, self.world.chance.choice([bytes(SECTOR), bytes([sector % 251]) * SECTOR])
                )

    def write(self, key: str, offset: int, data: bytes) -> None:
        self.disks[key][offset : offset + len(data)] = data
        self.history.append((self.sequence, key, offset))

    def _event(self, what: str) -> None:
        self.world.event(f"source {what}")
        self.live()

    def describe(self) -> Vm:
        raise NotImplementedError

    def power(self) -> str:
        self._event("power")
        return self.state

    def shut_down(self, timeout: float, force: bool) -> None:
        self._event("shut down")
        self.state = "off"
        self.world.event("source is off")

    def power_on(self) -> None:
        self._event("power on")
        self.state = "on"

    def enable_tracking(self) -> None:
        self._event("enable tracking")
        if not self.tracks:
            raise PlatformError("knows no change tracking")

    def take_snapshot(self, name: str, quiesce: bool) -> Snapshot:
        self._event("take snapshot")
        if name not in self.snapshots:
            self.sequence += 1
            ids = dict.fromkeys(self.disks, f"{self.epoch}/{self.sequence}")
            frozen = {key: bytes(data) for key, data in self.disks.items()}
            self.snapshots[name] = (Snapshot(f"s{self.sequence}", name, ids), frozen)
        self.world.event("snapshot is there")
        return self.snapshots[name][0]

    def find_snapshot(self, name: str) -> Snapshot | None:
        self._event("find snapshot")
        return self.snapshots[name][0] if name in self.snapshots else None

    def remove_snapshot(self, name: str) -> None:
        self._event("remove snapshot")
        self.snapshots.pop(name, None)

    def changed(self, disk: Disk, snapshot: Snapshot | None, since: str) -> list[Area]:
        self._event("changed")
        if since == ALLOCATED:
            data = self._frozen(disk, snapshot)
            return _areas(place for place in range(0, len(data), SECTOR) if data[place : place + SECTOR] != EMPTY)
        epoch, _slash, first = since.partition("/")
        if epoch != self.epoch:
            raise PlatformError("the change id is unknown")
        last = int(snapshot.change_ids[disk.key].partition("/")[2]) if snapshot else self.sequence + 1
        return _areas(place for at, key, place in self.history if key == disk.key and int(first) <= at < last)

    def _frozen(self, disk: Disk, snapshot: Snapshot | None) -> bytes:
        if snapshot is None:
            assert self.state == "off", "the disk of a running machine is not read"
            return bytes(self.disks[disk.key])
        return self.snapshots[snapshot.name][1][disk.key]

    def open_ranged(self, disk: Disk, snapshot: Snapshot | None) -> MemoryDisk:
        self._event("open")
        if not self.ranged:
            raise PlatformError("no access by place")
        return MemoryDisk(self, self._frozen(disk, snapshot))

    def open_stream(self, disk: Disk) -> MemoryDisk:
        self._event("open stream")
        return MemoryDisk(self, self._frozen(disk, None))

    def fence(self, target: str) -> None:
        self._event("fence")
        self.fenced_for = target

    def is_fenced(self) -> bool:
        self._event("is fenced")
        return bool(self.fenced_for)

    def unfence(self) -> None:
        self._event("unfence")
        self.fenced_for = ""

    def close(self) -> None: ...


def _areas(places: Iterator[int] | Any) -> list[Area]:
    return [Area(place, SECTOR) for place in sorted(set(places))]


class MemoryDisk:
    engine = "memory"

    def __init__(self, machine: MemoryMachine, data: bytes) -> None:
        self.machine, self.data, self.capacity, self.bytes_read = machine, data, len(data), 0

    def read(self, offset: int, size: int) -> bytes:
        self.machine._event("read")
        self.bytes_read += size
        return self.data[offset : offset + size]

    def extents(self) -> Iterator[Extent]:
        for place in range(0, self.capacity, BLOCK):
            yield place, self.read(place, BLOCK)

    def close(self) -> None: ...
