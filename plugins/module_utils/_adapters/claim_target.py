# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster as the target of a move: claims instead of uploads, and a machine that can be halted again.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.errors import PlatformError
from .._core.vm.mapping import PREFIX
from .import_target import ImportTarget
from .kube_transport import ApiError
from .kubernetes_api import KubernetesApi, path_of

_OWN = (f"{PREFIX}/vm", f"{PREFIX}/disk", f"{PREFIX}/capacity")


class ClaimTarget:
    """Implements MoveTarget of _core/vm/handover.py on top of what imports of archives use."""

    def __init__(self, api: KubernetesApi, namespace: str, plain: ImportTarget) -> None:
        self.api, self.namespace, self.plain = api, namespace, plain

    def settle(self, machine: str, volumes: list[str]) -> None:
        self.plain.settle(machine, volumes)

    def allocate(self, volume: Mapping[str, Any]) -> None:
        """Make the claim, or find that the one which is there is that of this disk."""
        name = volume["metadata"]["name"]
        live = self.api.get("PersistentVolumeClaim", name, self.namespace)
        if live is None:
            self.api.apply(dict(volume))
            return
        owners = [owner["kind"] for owner in live["metadata"].get("ownerReferences") or ()]
        if "DataVolume" in owners:
            raise PlatformError(
                f"{self.namespace}/{name}: is the volume of an upload through CDI; cancel that import first "
                "(state: absent), or go on with sink cdi_upload"
            )
        wanted, found = volume["metadata"]["annotations"], live["metadata"].get("annotations") or {}
        differing = [key for key in _OWN if wanted[key] != found.get(key)]
        if differing:
            raise PlatformError(
                f"{self.namespace}/{name}: a claim of that name belongs to something else "
                f"({', '.join(differing)} differ); choose another target name or remove it"
            )

    def define(self, machine: Mapping[str, Any]) -> dict[str, Any]:
        return self.plain.define(machine)

    def wait_running(self, name: str) -> None:
        self.plain.wait_running(name)

    def check(self, name: str) -> list[str]:
        return self.plain.check(name)

    def is_running(self, name: str) -> bool:
        """True while there is an instance that has not ended, or a strategy that will make one."""
        instance = self.api.get("VirtualMachineInstance", name, self.namespace)
        if instance is not None:
            return instance.get("status", {}).get("phase") not in ("Succeeded", "Failed")
        machine = self.api.get("VirtualMachine", name, self.namespace) or {"spec": {}}
        return machine["spec"].get("runStrategy", "Halted") in ("Always", "RerunOnFailure")

    def stop(self, name: str, patience: float) -> None:
        """Halt the machine and wait until its instance is gone. patience: seconds for its guest, of its own limit."""
        if self.api.get("VirtualMachine", name, self.namespace) is None:
            return
        self._hurry(name, int(patience))
        self.api.merge("VirtualMachine", name, {"spec": {"runStrategy": "Halted"}}, self.namespace)
        self.plain.wait(
            lambda: self.api.get("VirtualMachineInstance", name, self.namespace) is None,
            self.plain.deadlines.leaving,
            lambda: self.plain.health.story(name),
        )

    def _hurry(self, name: str, patience: int) -> None:
        """Less time than the machine's own limit: a guest that never came up does not hear that it is to shut down."""
        instance = self.api.get("VirtualMachineInstance", name, self.namespace) or {}
        if patience >= instance.get("spec", {}).get("terminationGracePeriodSeconds", 0):
            return
        path = path_of("subresources.kubevirt.io/v1", "virtualmachines", self.namespace, name)
        try:
            self.api.put(f"{path}/stop", {"gracePeriod": patience})
        except ApiError as error:
            # Not allowed, or it ended meanwhile. Halting it still works, in the machine's own time.
            if not error.status:
                raise
