# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Engine harvester against a cluster: the import controller's objects, and the machine it made, mended.

This module util is private to the collection.
"""

from __future__ import annotations

from ..._core.errors import Finding, PlatformError
from ..._core.vm.engines import harvester
from ..._core.vm.engines.common import Object, VSphere, Watched
from ..._core.vm.model import Vm
from ..._core.vm.settings import Settings
from ..kubernetes_api import KubernetesApi
from .run import ensure


class HarvesterEngine:
    """One machine. The controller shuts the source down and starts the new machine by itself."""

    def __init__(self, api: KubernetesApi, vm: Vm, settings: Settings, source: VSphere) -> None:
        self.api, self.vm, self.settings, self.source = api, vm, settings, source

    def findings(self) -> list[Finding]:
        return list(harvester.findings(self.vm, self.settings, self.source))

    def objects(self) -> list[Object]:
        return [
            harvester.source_object(self.source, self.settings.namespace),
            harvester.machine_import(self.vm, self.settings, self.source),
        ]

    def begin(self) -> None:
        """Create the source; the import follows when the controller reaches it."""
        ensure(self.api, self.objects()[0])

    def watch(self) -> Watched:
        """How far the controller is."""
        source, wanted = self.objects()
        space = self.settings.namespace
        live = self.api.get("VirtualMachineImport", wanted["metadata"]["name"], space)
        if live is None:
            state = harvester.ready(self.api.get("VmwareSource", source["metadata"]["name"], space))
            if not state.done:
                return state
            ensure(self.api, wanted)
            live = self.api.get("VirtualMachineImport", wanted["metadata"]["name"], space)
        return harvester.watched(live)

    def mend(self, machine: str) -> bool:
        """Give the machine its processors and memory back; takes effect when it starts the next time."""
        live = self.api.get("VirtualMachine", machine, self.settings.namespace)
        if live is None:
            raise PlatformError(
                f"{self.settings.namespace}/{machine}: the controller says it made this machine, and it is not there"
            )
        patch = harvester.mend(self.vm, self.settings)
        if harvester.is_mended(live, patch):
            return False
        self.api.merge("VirtualMachine", machine, patch, self.settings.namespace)
        return True

    def cancel(self) -> bool:
        """Remove the import; the source is shared and stays."""
        return self.api.delete("VirtualMachineImport", self.settings.name, self.settings.namespace)
