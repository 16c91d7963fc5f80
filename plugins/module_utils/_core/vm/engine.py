# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives one import through its phases. Pure orchestration: the outside world comes in as ports.

Every step looks at what is there before it acts, so an interrupted run goes on where it stopped.
This module util is private to the collection.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from ..errors import PlatformError
from .digest import DiskDigest, digesting
from .extents import Extent
from .mapping import Rendered
from .model import Disk
from .state import DiskState, State

UPLOAD_TRIES = 6


class Retriable(PlatformError):
    """A later try may succeed: the peer was busy, or the connection broke."""


class Journal(Protocol):
    """Where the state lives, and who may write it."""

    def load(self) -> State: ...
    def save(self, state: State) -> None: ...
    def acquire(self) -> None: ...
    def beat(self) -> None: ...
    def release(self) -> None: ...


class Stream(Protocol):
    """A disk that is being read."""

    engine: str
    capacity: int

    @property
    def bytes_read(self) -> int: ...
    def extents(self) -> Iterator[Extent]: ...


class Target(Protocol):
    """The cluster. Every call raises PlatformError after its deadline."""

    def settle(self, machine: str, volumes: Sequence[str]) -> None: ...
    def allocate(self, volume: Mapping[str, Any], complete: bool) -> None: ...
    def upload(self, volume: str, extents: Iterator[Extent], capacity: int) -> int: ...
    def discard(self, volume: str) -> None: ...
    def readback(self, volumes: Mapping[str, int]) -> dict[str, str]: ...
    def define(self, machine: Mapping[str, Any]) -> dict[str, Any]: ...
    def wait_running(self, name: str) -> None: ...
    def check(self, name: str) -> list[str]: ...


@dataclass(frozen=True)
class Plan:
    """request: digest of the options. readback: compare digests by reading the volumes again.

    files: the source is an archive or images, which may be fetched again under another identity.
    """

    request: str
    source: str
    rendered: Rendered
    run_strategy: str
    readback: bool = True
    files: bool = False

    @property
    def name(self) -> str:
        return str(self.rendered.machine["metadata"]["name"])

    def machine(self, running: bool) -> dict[str, Any]:
        """The VirtualMachine, halted or with its run strategy."""
        machine = self.rendered.machine
        strategy = self.run_strategy if running else "Halted"
        return {**machine, "spec": {**machine["spec"], "runStrategy": strategy}}


def request_digest(options: Mapping[str, Any]) -> str:
    """Stable digest of what was asked for."""
    return hashlib.sha256(json.dumps(options, sort_keys=True, default=str).encode()).hexdigest()


class Engine:
    """One import."""

    def __init__(
        self,
        journal: Journal,
        target: Target,
        open_disk: Callable[[Disk], Stream],
        clock: Callable[[], float],
        pause: Callable[[float], None],
    ) -> None:
        self.journal, self.target, self.open_disk, self.clock, self.pause = journal, target, open_disk, clock, pause
        self.state = State()

    def run(self, plan: Plan) -> State:
        """Bring the machine to `done`. A failure is written into the journal before it is raised."""
        self.journal.acquire()
        phase = "assessed"
        try:
            # First as it is: a refusal is noted in the journal, and must not take its place.
            self.state = self.journal.load()
            self.state = self._begin(self.state, plan)
            self.target.settle(plan.name, [volume["metadata"]["name"] for volume in plan.rendered.volumes])
            for phase, step in self._steps(plan):
                if not self.state.reached(phase):
                    started = self.clock()
                    step(plan)
                    self.state = self.state.advanced(phase, started, self.clock())
                    self.journal.save(self.state)
        except PlatformError as error:
            self._note_failure(phase, error)
            raise
        finally:
            self.journal.release()
        return self.state

    def _begin(self, state: State, plan: Plan) -> State:
        """Where to go on. What was asked for may change at any time; the bytes of the source may not."""
        if state.source and state.source != plan.source:
            if state.reached("copied"):
                raise PlatformError(
                    f"{plan.name}: was imported from {state.source}; that source changed since. "
                    "Remove the import first (state: absent), or give the new source another target name"
                )
            state = State()
        if state.reached("defined") and state.request != plan.request:
            state = replace(state, phase="verified")
        return replace(state, request=plan.request, source=plan.source)

    def _steps(self, plan: Plan) -> Iterator[tuple[str, Callable[[Plan], None]]]:
        yield "assessed", lambda plan: None
        yield "allocated", self._allocate
        yield "copied", self._copy
        yield "verified", self._verify
        yield "defined", self._define
        if plan.run_strategy != "Halted":
            yield "started", self._start
            yield "checked", self._check
        yield "done", self._finish

    def _allocate(self, plan: Plan) -> None:
        for disk, volume in zip(plan.rendered.disks, plan.rendered.volumes):
            known = self.state.disks.get(disk.key)
            self.target.allocate(volume, complete=bool(known and known.copied))
            self.journal.beat()

    def _copy(self, plan: Plan) -> None:
        for disk, volume in zip(plan.rendered.disks, plan.rendered.volumes):
            known = self.state.disks.get(disk.key)
            complete = bool(known and known.copied)
            self.target.allocate(volume, complete=complete)
            if not complete:
                copied = self._copy_disk(disk, volume["metadata"]["name"], plan.readback)
                self.state = self.state.with_disk(disk.key, copied)
                self.journal.save(self.state)

    def _copy_disk(self, disk: Disk, volume: str, whole: bool) -> DiskState:
        for attempt in range(UPLOAD_TRIES):
            try:
                return self._upload(disk, volume, whole)
            except Retriable:
                if attempt == UPLOAD_TRIES - 1:
                    raise
                # A port that was just opened, or a server that ends an earlier upload, needs a moment.
                self.pause(2**attempt)
                self.journal.beat()
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _upload(self, disk: Disk, volume: str, whole: bool) -> DiskState:
        started = self.clock()
        stream = self.open_disk(disk)
        digest = DiskDigest(disk.capacity, whole)
        wire = self.target.upload(volume, digesting(self._beating(stream.extents()), digest), disk.capacity)
        blocks, sha256 = digest.finish()
        seconds = round(self.clock() - started, 3)
        return DiskState(volume, disk.capacity, blocks, sha256, stream.bytes_read, wire, seconds, stream.engine)

    def _beating(self, extents: Iterator[Extent]) -> Iterator[Extent]:
        for extent in extents:
            self.journal.beat()
            yield extent

    def _verify(self, plan: Plan) -> None:
        waiting = {key: disk for key, disk in self.state.disks.items() if not disk.verified}
        if plan.readback and waiting:
            found = self.target.readback({disk.volume: disk.capacity for disk in waiting.values()})
            for key, disk in waiting.items():
                if found.get(disk.volume) != disk.sha256:
                    self.target.discard(disk.volume)
                    self._forget_copy(key)
                    raise PlatformError(
                        f"{plan.name}: {disk.volume} reads back as {found.get(disk.volume)}, not {disk.sha256}; "
                        "the storage changed the data. The volume was discarded: look at the storage, run again"
                    )
        self.state = replace(
            self.state, disks={key: replace(disk, verified=plan.readback) for key, disk in self.state.disks.items()}
        )

    def _forget_copy(self, key: str) -> None:
        disks = {other: disk for other, disk in self.state.disks.items() if other != key}
        self.state = replace(self.state, disks=disks, phase="allocated")

    def _define(self, plan: Plan) -> None:
        # A machine that was started before keeps running while its definition changes.
        self._remember(plan, running=bool(self.state.uid))

    def _start(self, plan: Plan) -> None:
        self._remember(plan, running=True)
        self.target.wait_running(plan.name)

    def _check(self, plan: Plan) -> None:
        self.state = replace(self.state, heard=tuple(self.target.check(plan.name)))

    def _finish(self, plan: Plan) -> None:
        self.journal.beat()

    def _remember(self, plan: Plan, running: bool) -> None:
        machine = plan.machine(running)
        live = self.target.define(machine)
        self.state = replace(self.state, machine=machine, uid=str(live["metadata"].get("uid", "")))

    def _note_failure(self, phase: str, error: PlatformError) -> None:
        self.state = self.state.failed(phase, error.message)
        try:
            self.journal.save(self.state)
        except PlatformError:
            # The first error matters; the journal already holds what was reached.
            return
