# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vm_import for a machine that runs at its source: copies while it runs, cuts over, goes back.

This module util is private to the collection.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.claim_target import ClaimTarget
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.cluster_checkpoints import ClusterCheckpoints
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.packages import open_package, open_vsphere
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.read_ahead import read_ahead
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.receiver_pod import ReceiverPod
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.still_machine import StillMachine
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.target_facts import TargetFacts
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.vm_importer import Importer
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.vm_move_options import wish_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import refuse
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.cutover import downtime_estimate
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.engine import Plan
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.handover import Handover
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.mirror import Mirrors
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Disk
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.receiver import with_claims
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.source import Machine, Source
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.state import ROLLED_BACK, State
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.warm import Mover


class MachineImporter(Importer):
    """One call of the module with a source that can be asked to stop."""

    def move(self) -> dict[str, Any]:
        """Bring the machine to the state that is wished, or find that it is there."""
        state, wish = self.journal.load(), wish_of(self.params)
        back = wish.state == ROLLED_BACK
        if back and (not state.request or state.phase == ROLLED_BACK):
            return self._result(state, changed=False)
        if not back and self._is_finished(state):
            return self._result(state, changed=False)
        with self._opened() as (package, machine):
            plan = self._plan(package, machine, state, back)
            if self.check_mode:
                return self._foreseen(state, plan)
            self.target.prepare()
            mover = self._mover(machine)
            return self._moved(mover.run(plan, wish), plan, state)

    @contextmanager
    def _opened(self) -> Iterator[tuple[Source, Machine]]:
        package = open_vsphere(self.params["source"])
        try:
            yield package, package.machine()
        finally:
            package.close()

    def _plan(self, package: Source, machine: Machine, state: State, back: bool) -> Plan:
        rendered = self._render(package)
        if not back:
            refuse(TargetFacts(self.api).findings(rendered, known=bool(state.uid)))
        readback, files = self._readback(), isinstance(machine, StillMachine)
        return Plan(self._request(), machine.identity, with_claims(rendered), self._strategy(), readback, files)

    def _mover(self, machine: Machine) -> Mover:
        claims = ClaimTarget(self.api, self.namespace, self.target)
        checkpoints = ClusterCheckpoints(self.api, self.name, self.namespace)
        pod = self._pod()
        mirrors = Mirrors(machine, pod, checkpoints, read_ahead)
        self.lines: list[str] = []
        mover = Mover(self.journal, claims, machine, mirrors, time.time, self.lines.append)
        begun: dict[str, float] = {}

        def told(disk: Disk, done: int, total: int) -> None:
            started = begun.setdefault(f"{disk.key} {len(mover.state.rounds)}", time.time())
            mover.state = mover.state.progressed(disk.key, done, total, time.time() - started)
            self.journal.save(mover.state)

        def turn() -> None:
            # A machine that is down waits for nobody. No snapshot of ours is open yet.
            if not mover.state.reached("stopped"):
                self.slots.take(float(self.params["slots_timeout"]), lambda reason: self.journal.beat())

        mirrors.told, pod.turn = told, turn
        return mover

    def _pod(self) -> ReceiverPod:
        options, deadline = self.params["receiver"], self.target.deadlines.volume
        reach = options.get("url") or ""
        return ReceiverPod(
            self.api, self.namespace, self.name, options["image"], self.target.wait, deadline, reach, self.journal.beat
        )

    def _foreseen(self, state: State, plan: Plan) -> dict[str, Any]:
        """What a run would do, without one changing call at either side."""
        used = sum(disk.used or disk.capacity for disk in plan.rendered.disks)
        estimate = round(downtime_estimate(state.rounds, used), 1)
        return {**self._result(state, changed=True, plan=plan), "downtime_estimate_s": estimate, "log": []}

    def _moved(self, state: State, plan: Plan, before: State) -> dict[str, Any]:
        result = self._result(state, changed=True, plan=plan, before=before.machine)
        return {**result, "log": self.lines, "notes": [*result["notes"], *([state.note] if state.note else [])]}

    def _remove(self, state: State) -> None:
        """Cancel: the source is as it was before, what was made for the import is gone."""
        if state.uid:
            self.api.delete("VirtualMachine", self.name, self.namespace)
        self.target.settle(self.name, ())
        if state.phase != "done":
            self._give_back(state)
        self._mirrors_gone()
        self.journal.forget()

    def _give_back(self, state: State) -> None:
        with self._opened() as (package, machine):
            machine.remove_snapshot(f"ironacre-{self.name}")
            plan = Plan(state.request, state.source, with_claims(self._render(package)), self._strategy())
            target = ClaimTarget(self.api, self.namespace, self.target)
            Handover(machine, target, plan, wish_of(self.params)).give_back(False, state.owes_power)

    def _mirrors_gone(self) -> None:
        self._pod().close()
        self._discard("PersistentVolumeClaim")
        ClusterCheckpoints(self.api, self.name, self.namespace).forget()


class ArchiveImporter(MachineImporter):
    """One call of the module with an archive or image files whose disks go through the receiver."""

    @contextmanager
    def _opened(self) -> Iterator[tuple[Source, Machine]]:
        package = open_package(self.params["source"])
        yield package, StillMachine(package, self.params["source"].get("vm") or "")

    def _give_back(self, state: State) -> None:
        """Nothing was taken; the files may be gone by now."""
