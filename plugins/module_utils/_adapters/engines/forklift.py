# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Engine forklift against a cluster: Provider, maps, Plans and their Migrations.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..._core.errors import Finding, PlatformError
from ..._core.vm.engines import forklift
from ..._core.vm.engines.common import Object, Watched
from ..._core.vm.engines.forklift import Move
from ..._core.vm.model import Vm
from ..._core.vm.settings import Settings
from ..kubernetes_api import KubernetesApi
from .run import ensure


class ForkliftEngine:
    """A group of machines; vm_import gives a group of one. Migrations begin when their plan is ready."""

    def __init__(self, api: KubernetesApi, machines: Sequence[Vm], settings: Settings, move: Move) -> None:
        self.api, self.machines, self.settings, self.move = api, tuple(machines), settings, move

    def findings(self) -> list[Finding]:
        return list(forklift.findings(self.machines, self.settings, self.move))

    def objects(self) -> list[Object]:
        found = forklift.objects(self.machines, self.settings, self.move)
        return [*found, *(forklift.migration(name, self.move) for name in self._plans(found))]

    def _plans(self, objects: Sequence[Object]) -> list[str]:
        return [body["metadata"]["name"] for body in objects if body["kind"] == "Plan"]

    def begin(self) -> None:
        """Create provider, maps and plans. Secrets are the operator's: Forklift asks for one by name."""
        if self.api.get("Secret", self.move.source.secret, self.move.namespace) is None:
            raise PlatformError(
                f"{self.move.namespace}/{self.move.source.secret}: the Secret with the credentials is not there; make "
                "it with user, password and thumbprint"
            )
        for body in forklift.objects(self.machines, self.settings, self.move):
            ensure(self.api, body)

    def watch(self) -> Watched:
        """Begin the migration of each plan that is ready; all machines as one."""
        found: dict[str, Watched] = {}
        for body in forklift.objects(self.machines, self.settings, self.move):
            name = body["metadata"]["name"]
            if body["kind"] == "Plan" and self._begun(name):
                found.update(self._moved(name, body))
                continue
            state = forklift.ready(self.api.get(body["kind"], name, self.move.namespace))
            if not state.done and not self._over(body):
                return Watched(f"{body['kind']} {state.phase}", "", False, state.failed, state.reason)
            if body["kind"] == "Plan":
                found.update(self._moved(name, body))
        return _together(found)

    def _begun(self, plan: str) -> bool:
        return self.api.get("Migration", plan, self.move.namespace) is not None

    def _over(self, body: Object) -> bool:
        """Maps and providers may become unready when their machines are gone from the source; that is no matter."""
        return body["kind"] != "Plan" and self._begun(forklift.plan_name(self.move, 1))

    def _moved(self, name: str, plan: Object) -> dict[str, Watched]:
        # Also a migration that runs: its cut-over may have been set since.
        ensure(self.api, forklift.migration(name, self.move))
        told = forklift.moved(self.api.get("Migration", name, self.move.namespace))
        waiting = Watched("waits for Forklift")
        return {str(vm["id"]): told.get(str(vm["id"]), waiting) for vm in plan["spec"]["vms"]}

    def mend(self, machine: str) -> bool:
        """Forklift makes the machine as it should be."""
        return False

    def cancel(self) -> bool:
        """Remove what is of this group; the provider is shared and stays."""
        found = [body for body in reversed(self.objects()) if body["kind"] != "Provider"]
        return sum(self.api.delete(body["kind"], body["metadata"]["name"], self.move.namespace) for body in found) > 0


def _together(found: dict[str, Watched]) -> Watched:
    late = [one for one in found.values() if not one.done]
    names = [one.machine for one in found.values() if one.machine]
    return Watched(
        phase="Completed" if not late else ", ".join(sorted({one.phase for one in late})),
        progress=f"{len(found) - len(late)} of {len(found)} machines"
        + "".join(f"; {one.machine} {one.progress}" for one in late if one.progress),
        done=not late and bool(found),
        failed=bool(late) and all(one.failed for one in late),
        reason="; ".join(f"{one.machine}: {one.reason}" for one in late if one.reason),
        machine=names[0] if len(names) == 1 else "",
    )
