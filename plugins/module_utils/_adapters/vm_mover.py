# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Live migration of one machine.

This module util is private to the collection.
"""

from __future__ import annotations

import time
from typing import Any

from .._core.errors import PlatformError
from .kubernetes_api import KubernetesApi

ENDED = ("Succeeded", "Failed")


class VmMover:
    """One running machine."""

    def __init__(self, api: KubernetesApi, name: str, namespace: str) -> None:
        self.api, self.name, self.namespace = api, name, namespace
        self.place = f"{namespace}/{name}"

    def node(self) -> str:
        """The node it runs on. Raises PlatformError when it does not run."""
        status = self._instance().get("status", {})
        if status.get("phase") != "Running":
            raise PlatformError(f"{self.place}: the machine is {status.get('phase', 'not there')}; start it first")
        return str(status.get("nodeName", ""))

    def move(self, target_node: str, timeout: float) -> float:
        """Migrate and wait; seconds it took."""
        self._refuse_unmovable()
        started = time.monotonic()
        spec: dict[str, Any] = {"vmiName": self.name}
        if target_node:
            spec["addedNodeSelector"] = {"kubernetes.io/hostname": target_node}
        migration = self.api.create(
            {
                "apiVersion": "kubevirt.io/v1",
                "kind": "VirtualMachineInstanceMigration",
                "metadata": {"generateName": f"{self.name}-", "namespace": self.namespace},
                "spec": spec,
            }
        )
        self._wait(migration["metadata"]["name"], started + timeout)
        return round(time.monotonic() - started, 3)

    def _refuse_unmovable(self) -> None:
        for condition in self._instance().get("status", {}).get("conditions") or []:
            if condition["type"] == "LiveMigratable" and condition["status"] != "True":
                raise PlatformError(
                    f"{self.place}: cannot move: {condition.get('message')}; mend that or stop the machine"
                )

    def _wait(self, migration: str, end: float) -> None:
        while True:
            live = self.api.get("VirtualMachineInstanceMigration", migration, self.namespace) or {}
            phase = live.get("status", {}).get("phase", "Pending")
            if phase == "Succeeded":
                return
            if phase == "Failed":
                raise PlatformError(
                    f"{self.place}: the migration failed: {self._reason()}; run again", migration=migration
                )
            if time.monotonic() > end:
                # Else it would go on when nobody counts on it any more.
                self.api.delete("VirtualMachineInstanceMigration", migration, self.namespace)
                raise PlatformError(
                    f"{self.place}: the migration is still {phase} ({self._reason()}); it was cancelled"
                )
            time.sleep(0.5)

    def _reason(self) -> str:
        state = self._instance().get("status", {}).get("migrationState") or {}
        return str(
            state.get("failureReason") or state.get("abortStatus") or "no reason given; is there another node for VMs?"
        )

    def _instance(self) -> dict[str, Any]:
        return self.api.get("VirtualMachineInstance", self.name, self.namespace) or {}
