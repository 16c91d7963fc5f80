# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is left of a machine that was deleted, and will vanish a moment later.

KubeVirt makes the machine the owner of its DataVolumes. When it is deleted, the garbage collector deletes them a moment
later, by the owner's uid. An import that begins meanwhile would take such a volume for its own and lose it.
This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .kubernetes_api import KubernetesApi

OWNERS = ("VirtualMachine", "VirtualMachineInstance", "DataVolume")


class Remains:
    """Objects of one namespace that are leaving."""

    def __init__(self, api: KubernetesApi, namespace: str) -> None:
        self.api, self.namespace = api, namespace

    def of(self, machine: str, volumes: Iterable[str]) -> list[str]:
        """One sentence per object that is being deleted, or whose owner is."""
        names = [("VirtualMachine", machine), ("VirtualMachineInstance", machine)]
        names += [(kind, volume) for volume in volumes for kind in ("DataVolume", "PersistentVolumeClaim")]
        found = []
        for kind, name in names:
            live = self.api.get(kind, name, self.namespace)
            why = self._leaves(live) if live else ""
            if why:
                found.append(f"{kind} {name} {why}")
        return found

    def _leaves(self, live: Mapping[str, Any]) -> str:
        metadata = live["metadata"]
        if metadata.get("deletionTimestamp"):
            held = ", ".join(metadata.get("finalizers") or ())
            return "is being deleted" + (f" (held by {held})" if held else "")
        for owner in metadata.get("ownerReferences") or ():
            if owner["kind"] in OWNERS and self._gone(owner):
                return f"goes with its deleted {owner['kind']} {owner['name']}"
        return ""

    def _gone(self, owner: Mapping[str, Any]) -> bool:
        live = self.api.get(owner["kind"], owner["name"], self.namespace)
        return (
            live is None or live["metadata"]["uid"] != owner["uid"] or bool(live["metadata"].get("deletionTimestamp"))
        )
