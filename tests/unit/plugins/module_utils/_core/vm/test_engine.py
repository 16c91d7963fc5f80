"""The engine against ports that keep state in memory, with a power cut at every write of the journal."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.engine import Engine, Plan, Retriable
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.extents import Extent, flat_extents
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.mapping import render
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Cpu, Disk, Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.settings import Settings
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.state import State
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.streams import Bytes

SIZE = 3 << 20
DISKS = {key: random.Random(key).randbytes(SIZE) for key in ("d0", "d1")}
VM = Vm("web", Cpu(1, 1), 64, disks=tuple(Disk(key, SIZE, f"{key}.img", unit=int(key[1])) for key in DISKS))


class PowerCut(BaseException):
    """The process died: nothing after it runs, not even handlers of errors."""


@dataclass
class MemoryJournal:
    saved: str = ""
    owner: bool = False
    cut_at: int = -1
    writes: int = 0

    def load(self) -> State:
        return State.from_json(self.saved) if self.saved else State()

    def save(self, state: State) -> None:
        if self.writes == self.cut_at:
            raise PowerCut
        self.writes += 1
        self.saved = state.to_json()

    def acquire(self) -> None:
        self.owner = True

    def beat(self) -> None: ...

    def release(self) -> None:
        self.owner = False


@dataclass
class MemoryTarget:
    volumes: dict[str, bytes | None] = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=dict)
    uploads: list[str] = field(default_factory=list)
    faults: list[Exception] = field(default_factory=list)
    corrupt: set[str] = field(default_factory=set)
    cut_before_upload_counts: bool = False

    def settle(self, machine: str, volumes: Sequence[str]) -> None: ...

    def allocate(self, volume: Mapping[str, Any], complete: bool) -> None:
        name = volume["metadata"]["name"]
        if complete:
            assert self.volumes[name] is not None
        elif self.volumes.get(name) is not None:
            self.volumes[name] = None
        else:
            self.volumes.setdefault(name, None)

    def upload(self, volume: str, extents: Iterator[Extent], capacity: int) -> int:
        assert self.volumes[volume] is None, "a volume takes one upload"
        if self.faults:
            raise self.faults.pop(0)
        raw = bytearray(capacity)
        for offset, data in extents:
            raw[offset : offset + len(data)] = data
        self.volumes[volume] = bytes(raw)
        self.uploads.append(volume)
        return capacity

    def discard(self, volume: str) -> None:
        del self.volumes[volume]

    def readback(self, volumes: Mapping[str, int]) -> dict[str, str]:
        found = {name: hashlib.sha256(self.volumes[name] or b"").hexdigest() for name in volumes}
        return {name: "0" * 64 if name in self.corrupt else digest for name, digest in found.items()}

    def define(self, machine: Mapping[str, Any]) -> dict[str, Any]:
        self.machine = {**machine, "metadata": {**machine["metadata"], "uid": "u1"}}
        return self.machine

    def wait_running(self, name: str) -> None:
        assert self.machine["spec"]["runStrategy"] == "Always"

    def check(self, name: str) -> list[str]:
        return ["console: up"]


class MemoryStream:
    def __init__(self, disk: Disk) -> None:
        self.engine, self.capacity, self.bytes_read, self._data = "none", disk.capacity, disk.capacity, DISKS[disk.key]

    def extents(self) -> Iterator[Extent]:
        yield from flat_extents(Bytes(self._data), self.capacity)


def plan(source: str = "s1", request: str = "r1") -> Plan:
    return Plan(request, source, render(VM, Settings("web", "vms")), "Always")


def engine(journal: MemoryJournal, target: MemoryTarget) -> Engine:
    ticks = iter(range(10**6))
    return Engine(journal, target, MemoryStream, lambda: float(next(ticks)), lambda seconds: None)


def test_import_reaches_done_with_equal_digests_and_a_running_machine() -> None:
    journal, target = MemoryJournal(), MemoryTarget()
    state = engine(journal, target).run(plan())
    assert state.phase == "done" and not journal.owner
    assert journal.load().report()["heard"] == ["console: up"]
    assert [disk.sha256 for disk in state.disks.values()] == [
        hashlib.sha256(data).hexdigest() for data in DISKS.values()
    ]
    assert all(disk.verified for disk in state.disks.values())
    assert target.machine["spec"]["runStrategy"] == "Always"


def test_import_killed_at_every_write_goes_on_and_copies_no_finished_disk_twice() -> None:
    journal = MemoryJournal()
    engine(journal, MemoryTarget()).run(plan())
    for cut in range(journal.writes):
        journal, target = MemoryJournal(cut_at=cut), MemoryTarget()
        with pytest.raises(PowerCut):
            engine(journal, target).run(plan())
        recorded = [disk.volume for disk in journal.load().disks.values()]
        journal.cut_at, target.uploads = -1, []
        assert engine(journal, target).run(plan()).phase == "done"
        assert not set(recorded) & set(target.uploads), f"cut at write {cut}"
        assert [target.volumes[f"web-disk{number}"] for number in (0, 1)] == list(DISKS.values())


def test_import_tries_again_when_the_peer_was_busy() -> None:
    target = MemoryTarget(faults=[Retriable("busy"), Retriable("reset")])
    assert engine(MemoryJournal(), target).run(plan()).phase == "done"


def test_import_failure_is_written_down_and_the_next_run_goes_on() -> None:
    journal, target = MemoryJournal(), MemoryTarget(faults=[PlatformError("the archive is truncated")])
    with pytest.raises(PlatformError, match="truncated"):
        engine(journal, target).run(plan())
    state = journal.load()
    assert (state.phase, state.failed_in, state.failure) == ("allocated", "copied", "the archive is truncated")
    assert not target.machine and not journal.owner
    after = engine(journal, target).run(plan())
    assert (after.phase, after.failure) == ("done", "")


def test_import_discards_a_volume_that_reads_back_differently() -> None:
    journal, target = MemoryJournal(), MemoryTarget(corrupt={"web-disk1"})
    with pytest.raises(PlatformError, match="web-disk1 reads back as 0000"):
        engine(journal, target).run(plan())
    assert not target.machine and "web-disk1" not in target.volumes
    target.corrupt, target.uploads = set(), []
    assert engine(journal, target).run(plan()).phase == "done"
    assert target.uploads == ["web-disk1"]


def test_import_from_a_changed_source_never_overwrites_a_copied_disk() -> None:
    journal, target = MemoryJournal(), MemoryTarget()
    engine(journal, target).run(plan())
    with pytest.raises(PlatformError, match="that source changed since"):
        engine(journal, target).run(plan(source="s2"))
    assert target.uploads == ["web-disk0", "web-disk1"]
    state = journal.load()
    assert (state.phase, len(state.disks), state.source) == ("done", 2, "s1"), "the refusal is noted, nothing is lost"


def test_import_with_other_wishes_defines_the_machine_again_and_copies_nothing() -> None:
    journal, target = MemoryJournal(), MemoryTarget()
    engine(journal, target).run(plan())
    state = engine(journal, target).run(plan(request="r2"))
    assert (state.request, state.phase, len(target.uploads)) == ("r2", "done", 2)


def test_the_state_survives_its_journal() -> None:
    state = engine(MemoryJournal(), MemoryTarget()).run(plan())
    assert State.from_json(state.to_json()) == state
    with pytest.raises(PlatformError, match="another version"):
        State.from_json(state.to_json().replace('"version": 1', '"version": 9'))
