# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of a vSphere inventory -> machines with their place, networks, datastores and hosts.

This module util is private to the collection.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import Finding
from .model import Vm
from .vsphere_cluster import ties_of
from .vsphere_paths import VM
from .vsphere_vm import Properties, unescape, vm_of

NETWORKS = ("Network", "DistributedVirtualPortgroup", "OpaqueNetwork")
CLUSTERS = ("ComputeResource", "ClusterComputeResource")
_DEPTH = 100


@dataclass(frozen=True)
class Found:
    """One object. kind: name of its class. ref: its identifier."""

    kind: str
    ref: str
    properties: Properties


@dataclass(frozen=True)
class Wanted:
    """Which machines are asked for; what is empty asks for all. pattern: as in a shell. folder: with all below."""

    names: tuple[str, ...] = ()
    pattern: str = ""
    folder: str = ""
    datacenter: str = ""

    def fits(self, name: str) -> bool:
        """Whether the pattern allows this name."""
        return not self.pattern or fnmatch.fnmatchcase(name, self.pattern)


@dataclass(frozen=True)
class Estate:
    """An inventory. kind: vcenter or esxi."""

    kind: str
    objects: Mapping[str, Found] = field(default_factory=dict)

    def name(self, ref: Any) -> str:
        """Name of an object; empty when it is not there or may not be seen."""
        found = self.objects.get(str(ref))
        return unescape(str(found.properties.get("name") or "")) if found else ""

    def of(self, *kinds: str) -> Iterator[Found]:
        """The objects of these classes, by name."""
        chosen = [found for found in self.objects.values() if found.kind in kinds]
        return iter(sorted(chosen, key=lambda found: (self.name(found.ref), found.ref)))

    def above(self, ref: Any) -> list[Found]:
        """The objects above this one, the nearest first."""
        chain: list[Found] = []
        current = self.objects.get(str(ref))
        while current is not None and len(chain) < _DEPTH:
            parent = self.objects.get(str(current.properties.get("parent")))
            if parent is not None:
                chain.append(parent)
            current = parent
        return chain

    def datacenter(self, ref: Any) -> str:
        """Path of the datacenter of an object, as /folder wants it: folders above it included."""
        chain = self.above(ref)
        for number, found in enumerate(chain):
            if found.kind == "Datacenter":
                return "/".join(str(one.properties.get("name") or "") for one in reversed(chain[number:]))
        return ""

    def folder(self, ref: Any) -> str:
        """The folder of a machine, `/` for the datacenter's own."""
        names: list[str] = []
        roots = {str(found.properties.get("vmFolder")) for found in self.of("Datacenter")}
        for found in self.above(ref):
            if found.ref in roots or found.kind == "Datacenter":
                break
            names.append(self.name(found.ref))
        return "/" + "/".join(reversed(names))

    def place(self, ref: Any, host: Any) -> dict[str, str]:
        """Where a machine is: type, datacenter, cluster, host, folder."""
        above = self.above(host)
        cluster = next((self.name(found.ref) for found in above if found.kind in CLUSTERS), "")
        return {
            "type": self.kind,
            "datacenter": unescape(self.datacenter(ref)),
            "cluster": cluster,
            "host": self.name(host),
            "folder": self.folder(ref),
        }

    def networks(self) -> dict[str, str]:
        """Names of networks and port groups by identifier."""
        return {found.ref: self.name(found.ref) for found in self.of(*NETWORKS)}

    def choose(self, wanted: Wanted) -> list[Found]:
        """The machines that are asked for, by name."""
        return [found for found in self.of(VM) if self._fits(found, wanted)]

    def _fits(self, found: Found, wanted: Wanted) -> bool:
        name = self.name(found.ref)
        if wanted.names and name not in wanted.names and found.ref not in wanted.names:
            return False
        if not wanted.fits(name):
            return False
        if wanted.datacenter and unescape(self.datacenter(found.ref)) != wanted.datacenter.strip("/"):
            return False
        folder = "/" + wanted.folder.strip("/")
        return folder == "/" or f"{self.folder(found.ref)}/".startswith(f"{folder}/")

    def missing(self, wanted: Wanted, chosen: Collection[Found]) -> Iterator[Finding]:
        """Names that no machine has."""
        known = {name for found in chosen for name in (self.name(found.ref), found.ref)}
        for number, name in enumerate(wanted.names):
            if name not in known:
                near = ", ".join(sorted(self.name(found.ref) for found in self.of(VM))[:5]) or "none at all"
                yield Finding(f"names[{number}]", f"no machine {name!r} (there are: {near} ...)", "correct the name")


def vms_of(estate: Estate, machines: Collection[Found]) -> list[Vm]:
    """The canonical machines; `machines` hold their full properties."""
    networks = estate.networks()
    return [_vm(estate, found, networks) for found in machines]


def _vm(estate: Estate, found: Found, networks: Mapping[str, str]) -> Vm:
    host = found.properties.get("runtime.host")
    vm = vm_of(found.ref, found.properties, networks, estate.place(found.ref, host))
    cluster = next((one.properties for one in estate.above(host) if one.kind in CLUSTERS), {})
    return replace(vm, extra={**vm.extra, **ties_of(found.ref, cluster)})


def around(estate: Estate) -> dict[str, list[dict[str, Any]]]:
    """networks, datastores and hosts, for a mapping and for a plan. Sizes in bytes."""
    return {
        "networks": [
            {"id": found.ref, "name": estate.name(found.ref), "type": _network_type(found.kind)}
            | {"datacenter": unescape(estate.datacenter(found.ref))}
            for found in estate.of(*NETWORKS)
            if not _is_uplink(found)
        ],
        "datastores": [_datastore(estate, found) for found in estate.of("Datastore")],
        "hosts": [_host(estate, found) for found in estate.of("HostSystem")],
    }


def _is_uplink(found: Found) -> bool:
    """A port group of the switch's own, which no machine is on."""
    tags = [tag.get("key") for tag in found.properties.get("tag") or ()]
    return "SYSTEM/DVS.UPLINKPG" in tags or "-DVUplinks-" in str(found.properties.get("name"))


def _network_type(kind: str) -> str:
    return {"DistributedVirtualPortgroup": "distributed", "OpaqueNetwork": "opaque"}.get(kind, "standard")


def _datastore(estate: Estate, found: Found) -> dict[str, Any]:
    get = found.properties.get
    return {
        "id": found.ref,
        "name": estate.name(found.ref),
        "type": str(get("summary.type") or ""),
        "capacity": int(get("summary.capacity") or 0),
        "free": int(get("summary.freeSpace") or 0),
        "accessible": get("summary.accessible") is not False,
        "datacenter": unescape(estate.datacenter(found.ref)),
    }


def _host(estate: Estate, found: Found) -> dict[str, Any]:
    get = found.properties.get
    above = estate.above(found.ref)
    return {
        "id": found.ref,
        "name": estate.name(found.ref),
        "cluster": next((estate.name(one.ref) for one in above if one.kind in CLUSTERS), ""),
        "datacenter": unescape(estate.datacenter(found.ref)),
        "cpus": int(get("summary.hardware.numCpuCores") or 0),
        "memory": int(get("summary.hardware.memorySize") or 0),
        "connected": str(get("runtime.connectionState") or "connected") == "connected",
    }
