# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Engine cdi against a cluster: DataVolumes with VDDK as source.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..._core.errors import Finding
from ..._core.vm.engines import cdi
from ..._core.vm.engines.cdi import Stage, Vddk
from ..._core.vm.engines.common import Object, Watched
from ..._core.vm.mapping import Rendered
from ..._core.vm.model import Vm
from ..kubernetes_api import KubernetesApi
from .run import ensure


class CdiEngine:
    """One machine. define: makes the machine from its volumes, and says whether that changed anything."""

    def __init__(
        self, api: KubernetesApi, vm: Vm, rendered: Rendered, wish: Vddk, define: Callable[[], bool] = lambda: False
    ) -> None:
        self.api, self.vm, self.rendered, self.wish, self.define = api, vm, rendered, wish, define

    @property
    def _places(self) -> list[tuple[str, str]]:
        found = [volume["metadata"] for volume in self.rendered.volumes]
        return [(metadata["name"], metadata["namespace"]) for metadata in found]

    def findings(self) -> list[Finding]:
        """What VDDK cannot work with. A machine that runs would be read while it changes."""
        found = list(cdi.findings(self.vm, self.wish))
        if self.vm.power != "off":
            way_out = "shut the machine down, or import it with the engine stream, which moves running machines"
            found.append(Finding(f"source.{self.vm.name}.power", f"is {self.vm.power}", way_out))
        return found

    def objects(self) -> list[Object]:
        """The DataVolumes of one cold copy."""
        return list(cdi.volumes(self.vm, self.rendered, self.wish))

    def begin(self) -> None:
        """Create what is not there; finished volumes stay as they are."""
        for body in self.objects():
            ensure(self.api, body)

    def add_stages(self, stages: Mapping[str, Sequence[Stage]], final: bool) -> None:
        """Give each disk its snapshots so far. CDI copies those it has not yet, and pauses until the final one."""
        for body in cdi.volumes(self.vm, self.rendered, self.wish, stages, final):
            ensure(self.api, body)

    def watch(self) -> Watched:
        """All disks as one."""
        return cdi.together(
            {name: cdi.watched(self.api.get("DataVolume", name, space)) for name, space in self._places}
        )

    def mend(self, machine: str) -> bool:
        """Make the machine: CDI knows volumes only."""
        return self.define()

    def cancel(self) -> bool:
        """Remove the volumes; whether there were any."""
        return sum(self.api.delete("DataVolume", name, space) for name, space in self._places) > 0
