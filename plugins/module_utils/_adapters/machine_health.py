# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a machine of the cluster does: whether waiting for it makes sense, and what stands in its way.

This module util is private to the collection.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from .._core.errors import PlatformError
from .kubernetes_api import KubernetesApi

# What KubeVirt says (printableStatus) when a machine does not come up by waiting alone.
TROUBLE = (
    "CrashLoopBackOff",
    "DataVolumeError",
    "ErrImagePull",
    "ErrorPvcNotFound",
    "ErrorUnschedulable",
    "ImagePullBackOff",
)
# A node may have room again in a moment, so trouble must last; a machine that failed this often will fail again.
PATIENCE, STARTS = 45.0, 3
CONTROLLED = "vm.kubevirt.io/name"


class MachineHealth:
    """Machines of one namespace. patience: seconds that trouble must last without a break."""

    def __init__(
        self,
        api: KubernetesApi,
        namespace: str,
        patience: float = PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.api, self.namespace, self.patience, self.clock = api, namespace, patience, clock
        self._since: dict[str, float] = {}

    def refuse_trouble(self, name: str) -> None:
        """Raise PlatformError with KubeVirt's reason when more waiting is in vain."""
        machine = self.api.get("VirtualMachine", name, self.namespace) or {}
        status = machine.get("status", {})
        failures = int((status.get("startFailure") or {}).get("consecutiveFailCount") or 0)
        if status.get("printableStatus") not in TROUBLE and failures < STARTS and not self._is_refused(name, status):
            self._since.pop(name, None)
            return
        since = self._since.setdefault(name, self.clock())
        if failures >= STARTS or self.clock() - since >= self.patience:
            times = f", after {failures} starts that failed" if failures else ""
            raise PlatformError(f"{self.story(name)}{times}; waiting is in vain: mend it, then run again")

    def _is_refused(self, name: str, status: Mapping[str, Any]) -> bool:
        """True when its pod runs and cannot make the machine that it should, such as one with a firmware it lacks."""
        if status.get("printableStatus") != "Starting":
            return False
        instance = self.api.get("VirtualMachineInstance", name, self.namespace) or {}
        found = {item["type"]: item["status"] for item in instance.get("status", {}).get("conditions") or []}
        return found.get("Synchronized") == "False"

    def story(self, name: str) -> str:
        """What the machine, its instance and its pod say, in one line."""
        machine = self.api.get("VirtualMachine", name, self.namespace) or {}
        instance = self.api.get("VirtualMachineInstance", name, self.namespace) or {}
        status = machine.get("status", {}).get("printableStatus", "unknown")
        told = [conditions(machine), self._instance(instance), *self._containers(name), *self._warnings(name)]
        return f"{self.namespace}/{name}: the machine is {status}: {'; '.join(dict.fromkeys(filter(None, told)))}"

    def _instance(self, instance: Mapping[str, Any]) -> str:
        if not instance:
            return ""
        return f"its instance is {instance.get('status', {}).get('phase', 'new')}: {conditions(instance)}"

    def _containers(self, name: str) -> list[str]:
        told = []
        for pod in self.api.list("Pod", self.namespace, f"{CONTROLLED}={name}"):
            for item in pod.get("status", {}).get("containerStatuses") or []:
                state = item.get("state", {})
                why = state.get("waiting") or state.get("terminated") or {}
                if why.get("reason") not in (None, "Completed", "ContainerCreating", "PodInitializing"):
                    told.append(f"container {item['name']}: {why['reason']} {why.get('message', '')}".strip())
        return told

    def _warnings(self, name: str) -> list[str]:
        own = (name, f"virt-launcher-{name}-")
        found = [
            event
            for event in self.api.list("Event", self.namespace)
            if event.get("type") == "Warning"
            and (event["involvedObject"]["name"] == own[0] or event["involvedObject"]["name"].startswith(own[1]))
        ]
        found.sort(key=lambda event: str(event.get("lastTimestamp") or event.get("eventTime") or ""))
        return [f"last warning: {event['message']}" for event in found[-1:]]


def conditions(live: Mapping[str, Any]) -> str:
    """The conditions of an object in one line."""
    found = live.get("status", {}).get("conditions") or []
    texts = [f"{item['type']}={item['status']} {item.get('message') or ''}".strip() for item in found]
    return "; ".join(texts) or "no conditions"
