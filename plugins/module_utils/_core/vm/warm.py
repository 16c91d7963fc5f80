# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Moves one machine that runs at its source: copies while it runs, cuts over, and can go back.

What holds at every moment, also after a kill: the source is never deleted; two copies never run (handover.py); a change
id is stored after the data it stands for were flushed; snapshots of ours are removed. Pure orchestration, the world
comes in as ports. This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timezone

from ..errors import PlatformError
from .cutover import Wish, downtime_estimate, goes_on, refuse_cutover, wait_reason
from .engine import Journal, Plan
from .handover import Handover, MoveTarget, SourceRuns
from .mirror import Mirror, Mirrors
from .resuming import resumed
from .source import Machine, Snapshot
from .state import ROLLED_BACK, ROLLING_BACK, DiskState, Round, State

Step = Callable[[], None]
# A machine that is copied every hour for weeks does not fill its journal.
KEPT = 20


class Mover:
    """One move. say: a line for people; now: seconds since the epoch."""

    def __init__(
        self,
        journal: Journal,
        target: MoveTarget,
        machine: Machine,
        mirrors: Mirrors,
        now: Callable[[], float],
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.journal, self.target, self.machine, self.mirrors = journal, target, machine, mirrors
        self.now, self.say = now, say
        self.state = State()
        self._rounds: list[Round] = []

    def run(self, plan: Plan, wish: Wish) -> State:
        """Bring the move to what is wished. A failure is written into the journal before it is raised."""
        self.plan, self.wish = plan, wish
        self.handover = Handover(self.machine, self.target, plan, wish)
        self.journal.acquire()
        phase = "assessed"
        try:
            # First as it is: a refusal is noted in the journal, and must not take its place.
            self.state = self.journal.load()
            self.state = resumed(self.state, plan, back=wish.state == ROLLED_BACK)
            for phase, step in self._rollback() if wish.state == ROLLED_BACK else self._steps():
                if not self.state.reached(phase) or phase == "precopied":
                    started = self.now()
                    step()
                    self._save(self.state.advanced(phase, started, self.now()))
                    self.say(f"{plan.name}: {phase}")
        except PlatformError as error:
            self._note_failure(phase, error)
            raise
        finally:
            self._leave()
        return self.state

    def _steps(self) -> Iterator[tuple[str, Step]]:
        """What is still to do, in order; it ends early where the wish ends, or its window has not begun."""
        self.target.settle(self.plan.name, [volume["metadata"]["name"] for volume in self.plan.rendered.volumes])
        yield "assessed", self._assess
        if not self.state.reached("fenced"):
            self._allocate()
            yield "allocated", self.journal.beat
            self._open()
        if not self.state.reached("stopped"):
            if self.state.method == "warm":
                yield "precopied", self._precopy
            if not self._may_cut_over():
                return
        yield "stopped", self._stop
        yield "copied", self._final
        yield "verified", self._verify
        self.mirrors.close()
        yield "defined", self._apply
        yield "fenced", self.handover.fence_source
        yield "started", self._start
        yield "checked", self._check
        yield "done", self.journal.beat

    def _assess(self) -> None:
        power = self.machine.power()
        if power == "suspended":
            raise PlatformError(f"{self.plan.name}: the source is suspended; resume it or shut it down, then run again")
        self.state = replace(self.state, power=power, method=self.handover.method(power))

    def _allocate(self) -> None:
        """In every run: a volume that is gone, or another's, is found before anything is stopped."""
        for volume in self.plan.rendered.volumes:
            self.target.allocate(volume)
            self.journal.beat()

    def _open(self) -> None:
        self.handover.refuse_running_target()
        if not self.state.reached("verified"):
            names = [volume["metadata"]["name"] for volume in self.plan.rendered.volumes]
            self.mirrors.open(dict(zip(names, self.plan.rendered.disks)))

    def _precopy(self) -> None:
        while goes_on(self._rounds, self.wish):
            leftover = self.machine.find_snapshot(self._snapshot_name)
            self._round(leftover or self.machine.take_snapshot(self._snapshot_name, self.wish.quiesce))
            self._remove_snapshot()
            if leftover:
                # Its moment is past: it says nothing about how much changes now.
                self._rounds.clear()

    def _round(self, snapshot: Snapshot | None, everything: bool = False) -> None:
        """One pass over all disks. everything: read all of them, whatever the source says that changed."""
        started, read, sent, compared = self.now(), 0, 0, []
        for mirror in self.mirrors.mirrors:
            passed = self.mirrors.bring(mirror, snapshot, "" if everything else self._disk(mirror).change_id)
            read, sent = read + passed.bytes_read, sent + passed.bytes_sent
            compared += [f"disk {mirror.disk.key}: {passed.compared}"] if passed.compared else []
            self._flushed(mirror, snapshot, passed.bytes_read, passed.bytes_sent)
        done = Round(round(started, 3), round(self.now(), 3), read, sent, snapshot is not None, tuple(compared))
        self._rounds.append(done)
        self._save(replace(self.state, rounds=(*self.state.rounds[-KEPT:], done)))
        self.say("; ".join((f"{self.plan.name}: a round moved {sent >> 20} MiB", *compared)))

    def _flushed(self, mirror: Mirror, snapshot: Snapshot | None, read: int, sent: int) -> None:
        """The data of a pass are on the medium: only now its change id may be stored."""
        known = self._disk(mirror)
        change_id = snapshot.change_ids.get(mirror.disk.key, "") if snapshot else ""
        disk = replace(
            known, change_id=change_id, bytes_read=known.bytes_read + read, bytes_wire=known.bytes_wire + sent
        )
        self._save(self.state.with_disk(mirror.disk.key, disk))

    def _disk(self, mirror: Mirror) -> DiskState:
        return self.state.disks.get(mirror.disk.key) or DiskState(mirror.volume, mirror.disk.capacity)

    def _may_cut_over(self) -> bool:
        """False where the wish ends before the cut-over. Nothing was stopped so far."""
        if self.wish.state == "precopied":
            return False
        why = wait_reason(self.wish, self.now())
        if why and self.wish.state == "cutover":
            raise PlatformError(f"{self.plan.name}: {why}; nothing was stopped: wait, or move cutover_not_before")
        self._save(replace(self.state, note=why))
        if why:
            return False
        used = sum(disk.used or disk.capacity for disk in self.plan.rendered.disks)
        refuse_cutover(self.plan.name, self.wish, self.now(), downtime_estimate(self.state.rounds, used))
        return True

    def _stop(self) -> None:
        power = self.machine.power()
        if power != "off":
            # Written before it is asked: after a kill nobody could tell whether it is off because of us.
            self._save(replace(self.state, power=power, stopping=True))
        self.handover.stop_source()

    def _final(self) -> None:
        """The last changes of a source that is off."""
        self.handover.see_source_off()
        if self.state.method == "warm":
            # A fresh snapshot names its change ids, which tell when tracking began anew.
            self._remove_snapshot()
            self._round(self.machine.take_snapshot(self._snapshot_name, False), self.wish.compare_all)
            self._remove_snapshot()
        else:
            self._round(None)
        self.handover.see_source_off()
        for mirror in self.mirrors.mirrors:
            disk = replace(self._disk(mirror), digest=mirror.map.digest())
            self.state = self.state.with_disk(mirror.disk.key, disk)

    def _verify(self) -> None:
        if not self.plan.readback:
            return
        for mirror in self.mirrors.mirrors:
            try:
                self.mirrors.verify(mirror)
            except PlatformError:
                self.state = self.state.back_to("stopped")
                raise
            self.state = self.state.with_disk(mirror.disk.key, replace(self._disk(mirror), verified=True))

    def _start(self) -> None:
        running = self.plan.run_strategy != "Halted"
        self._apply(running)
        if running:
            self.target.wait_running(self.plan.name)

    def _check(self) -> None:
        if self.plan.run_strategy != "Halted":
            self.state = replace(self.state, heard=tuple(self.target.check(self.plan.name)))

    def _apply(self, running: bool = False) -> None:
        live = self.handover.define(running)
        uid = str(live["metadata"].get("uid", ""))
        self.state = replace(self.state, machine=self.plan.machine(running), uid=uid)

    def _rollback(self) -> Iterator[tuple[str, Step]]:
        """Back to the source. Its own disks were never written; what the target wrote since its start is lost."""
        if self.state.phase != ROLLED_BACK:
            yield ROLLED_BACK, self._go_back

    def _go_back(self) -> None:
        started = self.state.when("started")
        # A kill from here on leaves a half way that only rolling back ends.
        self._save(replace(self.state, phase=ROLLING_BACK))
        self.handover.give_back(bool(self.state.uid), self.state.owes_power)
        since = datetime.fromtimestamp(started.ended, timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC") if started else ""
        loss = f"what the machine wrote in the cluster since {since} is not at the source" if started else ""
        self.state = replace(self.state, note=loss)

    @property
    def _snapshot_name(self) -> str:
        return f"ironacre-{self.plan.name}"

    def _remove_snapshot(self) -> None:
        self.machine.remove_snapshot(self._snapshot_name)

    def _save(self, state: State) -> None:
        self.state = state
        self.journal.save(state)

    def _note_failure(self, phase: str, error: PlatformError) -> None:
        if isinstance(error, SourceRuns):
            self.state = self.state.back_to("precopied" if self.state.method == "warm" else "allocated")
        self.state = self.state.failed(phase, error.message)
        with suppress(PlatformError):
            # The first error matters; the journal already holds what was reached.
            self.journal.save(self.state)

    def _leave(self) -> None:
        """Whatever happened: no snapshot of ours stays at the source, no receiver in the cluster, others may drive."""
        for tidy in (self._remove_snapshot, self.mirrors.close, self.journal.release):
            with suppress(PlatformError):
                tidy()
