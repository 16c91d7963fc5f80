# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Slots of copies as Leases in the cluster, shared by the jobs of all controllers.

This module util is private to the collection.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Sequence
from typing import Any

from .._core.errors import PlatformError, refuse
from .._core.vm.slots import LIFETIME, Budget, Hold, choose, findings_of
from .._core.vm.state import State
from .import_journal import TIME, ImportJournal, holder_name, is_dead
from .kube_transport import ApiError
from .kubernetes_api import KubernetesApi

NAMESPACE = "ironacre-import"
RENEW_EVERY = 15
LOOK_EVERY = 3.0
LABELS = {"app.kubernetes.io/managed-by": "ironacre-import", "import.ironacre.io/slot": "true"}
Object = dict[str, Any]


class SlotPool:
    """The slots of one copy: none, or one of each budget. `beat` often, or they are lost after a minute."""

    def __init__(
        self,
        api: KubernetesApi,
        budgets: Sequence[Budget],
        namespace: str = NAMESPACE,
        clock: Callable[[], float] = time.time,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        refuse(findings_of(budgets))
        self.api, self.budgets, self.namespace, self.clock, self.pause = api, budgets, namespace, clock, pause
        self.holder = holder_name()
        self.leases: dict[str, Object] = {}
        self.lost: list[str] = []
        self._renewed = 0.0

    def take(self, timeout: float, waiting: Callable[[str], None] = lambda reason: None) -> None:
        """Hold one of each. Waits for them; `waiting` is told why. Raises PlatformError after `timeout` seconds."""
        if self.leases or not self.budgets:
            return
        self._have_namespace()
        deadline = self.clock() + timeout
        while True:
            found = self._leases()
            choice = choose(self.budgets, {name: _hold(lease) for name, lease in found.items()}, self.clock())
            if choice.take and self._take(choice.take, found):
                return
            if self.clock() > deadline:
                busy = choice.busy or "others were faster"
                raise PlatformError(
                    f"no slot came free within {timeout:.0f} s: {busy}; run again, or allow more in hci_estate.slots"
                )
            waiting(choice.busy)
            self.pause(LOOK_EVERY if choice.busy else 0.1)

    def beat(self) -> None:
        """Renew what is held when it is time. A slot that somebody took over is given up: the copy goes on."""
        if self.leases and self.clock() - self._renewed > RENEW_EVERY:
            self._renewed = self.clock()
            for name, lease in list(self.leases.items()):
                fresh = self._write(self.api.replace, {**lease, "kind": "Lease", "spec": self._spec()})
                if fresh is None:
                    self.lost.append(name)
                    del self.leases[name]
                else:
                    self.leases[name] = fresh

    def release(self) -> None:
        """Let others in. Only what is still ours is removed."""
        for name, lease in list(self.leases.items()):
            current = self.api.get("Lease", name, self.namespace)
            if current and current["metadata"]["resourceVersion"] == lease["metadata"]["resourceVersion"]:
                self.api.delete("Lease", name, self.namespace)
            del self.leases[name]

    def _take(self, names: Sequence[str], found: dict[str, Object]) -> bool:
        self._renewed = self.clock()
        for name in names:
            body = {"metadata": {"name": name, "namespace": self.namespace, "labels": LABELS}, **found.get(name, {})}
            body |= {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "spec": self._spec()}
            lease = self._write(self.api.replace if name in found else self.api.create, body)
            if lease is None:
                self.release()
                return False
            self.leases[name] = lease
        return True

    def _write(self, call: Callable[[Object], Object], body: Object) -> Object | None:
        """None when somebody else was faster."""
        try:
            return call(body)
        except ApiError as error:
            if error.status in (404, 409):
                return None
            raise

    def _leases(self) -> dict[str, Object]:
        labels = ",".join(f"{key}={value}" for key, value in LABELS.items())
        return {item["metadata"]["name"]: item for item in self.api.list("Lease", self.namespace, labels)}

    def _have_namespace(self) -> None:
        if self.api.get("Namespace", self.namespace) is None:
            self.api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.namespace}})

    def _spec(self) -> Object:
        now = datetime.datetime.fromtimestamp(self.clock(), datetime.timezone.utc).strftime(TIME)
        return {"holderIdentity": self.holder, "leaseDurationSeconds": LIFETIME, "renewTime": now, "acquireTime": now}


class SlottedJournal(ImportJournal):
    """A journal whose owner holds slots while it copies: they are renewed with it, and free when the copy is over."""

    def __init__(
        self, api: KubernetesApi, name: str, namespace: str, slots: SlotPool, keeping: KubernetesApi | None = None
    ) -> None:
        super().__init__(api, name, namespace, keeping=keeping)
        self.slots = slots

    def save(self, state: State) -> None:
        super().save(state)
        if state.reached("copied") or state.failure:
            self.slots.release()

    def beat(self) -> None:
        super().beat()
        self.slots.beat()

    def release(self) -> None:
        self.slots.release()
        super().release()


def _hold(lease: Object) -> Hold:
    spec = lease.get("spec") or {}
    holder, renewed = spec.get("holderIdentity") or "", spec.get("renewTime")
    if not renewed:
        return Hold("", 0.0)
    moment = datetime.datetime.strptime(renewed, TIME).replace(tzinfo=datetime.timezone.utc).timestamp()
    return Hold(holder, moment, float(spec.get("leaseDurationSeconds") or LIFETIME), is_dead(holder))
