# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the cluster offers an import, and what stands in its way. Reads only.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .._core.errors import Finding
from .._core.stack.storage_classes import DEFAULT
from .._core.vm.concern_rules import Target
from .._core.vm.mapping import PREFIX, Rendered
from .._core.vm.sizes import Offers, Size
from .kubernetes_api import KubernetesApi

LONGHORN = "driver.longhorn.io"


class TargetFacts:
    """One cluster, asked about one rendered machine."""

    def __init__(self, api: KubernetesApi) -> None:
        self.api = api

    def offers(self, instancetype: str) -> Offers:
        """What the cluster has names for. Its instance types are asked for only where one is wanted."""
        preferences = self.api.list("VirtualMachineClusterPreference")
        return Offers(
            tuple(item["metadata"]["name"] for item in preferences),
            tuple(_size(item) for item in self.api.list("VirtualMachineClusterInstancetype")) if instancetype else None,
        )

    def findings(self, rendered: Rendered, known: bool) -> list[Finding]:
        """known: the journal says that the machine in the cluster is ours."""
        metadata = rendered.machine["metadata"]
        if self.api.get("CDIConfig", "config") is None:
            return [Finding("kubeconfig", "CDI does not run in this cluster", "run playbook deploy_stack first")]
        machines = self.api.list("VirtualMachine")
        networks = [*self._networks(rendered), *self._bindings(rendered)]
        found = [*self._storage(rendered), *networks, *_addresses(rendered, machines)]
        names = {(item["metadata"]["namespace"], item["metadata"]["name"]) for item in machines}
        if not known and (metadata["namespace"], metadata["name"]) in names:
            found.append(
                Finding(
                    "target.name",
                    f"{metadata['namespace']} has a machine {metadata['name']} that this import did not make",
                    "choose another name",
                )
            )
        return found

    def target(self, namespace: str) -> Target:
        """What the rules of an assessment want to know."""
        machines = self.api.list("VirtualMachine")
        nodes = [node["status"].get("allocatable") or {} for node in self.api.list("Node")]
        classes = self.api.list("StorageClass")
        addresses = {address: _name(item) for item in machines for address in _interfaces(item)}
        return Target(
            node_cpus=max((_cpus(node.get("cpu", "0")) for node in nodes), default=0),
            node_memory_mib=max((_mebibytes(node.get("memory", "0")) for node in nodes), default=0),
            free_bytes=self._room(classes),
            names=[item["metadata"]["name"] for item in machines if item["metadata"]["namespace"] == namespace],
            macs=addresses,
            imported={_source(item): _name(item) for item in machines if _source(item)},
            storage_classes=[item["metadata"]["name"] for item in classes],
            networks=[_name(item) for item in self.api.list("NetworkAttachmentDefinition")],
            bindings=self._plugins(),
        )

    def _plugins(self) -> list[str] | None:
        """Network binding plugins by name; None where KubeVirt does not run."""
        found = [item["spec"].get("configuration") or {} for item in self.api.list("KubeVirt")]
        return [name for item in found for name in (item.get("network") or {}).get("binding") or ()] if found else None

    def _room(self, classes: list[dict[str, Any]]) -> dict[str, int]:
        """Bytes that volumes of each class may still have; only Longhorn tells. `` is the default class."""
        nodes = self.api.list("LonghornNode")
        if not nodes:
            return {}
        settings = {item["metadata"]["name"]: item.get("value") for item in self.api.list("LonghornSetting")}
        free = longhorn_room(nodes, int(settings.get("storage-over-provisioning-percentage") or 100))
        room = {}
        for item in classes:
            if item.get("provisioner") == LONGHORN:
                replicas = int((item.get("parameters") or {}).get("numberOfReplicas") or 3)
                room[item["metadata"]["name"]] = free // replicas
                if (item["metadata"].get("annotations") or {}).get(DEFAULT) == "true":
                    room[""] = free // replicas
        return room

    def _storage(self, rendered: Rendered) -> Iterator[Finding]:
        classes = {item["metadata"]["name"]: item["metadata"] for item in self.api.list("StorageClass")}
        defaults = [name for name, item in classes.items() if (item.get("annotations") or {}).get(DEFAULT) == "true"]
        listed = ", ".join(sorted(classes)) or "none"
        for wanted in sorted({volume["spec"]["storage"].get("storageClassName", "") for volume in rendered.volumes}):
            if wanted and wanted not in classes:
                yield Finding(
                    "mapping.storage", f"the cluster has no storage class {wanted} (found: {listed})", "name another"
                )
            if not wanted and not defaults:
                yield Finding(
                    "mapping.storage", f"the cluster has no default class (found: {listed})", "name a storage_class"
                )

    def _networks(self, rendered: Rendered) -> Iterator[Finding]:
        for network in rendered.machine["spec"]["template"]["spec"]["networks"]:
            target = network.get("multus", {}).get("networkName", "")
            namespace, _slash, name = target.partition("/")
            if target and self.api.get("NetworkAttachmentDefinition", name, namespace) is None:
                known = [item["metadata"]["name"] for item in self.api.list("NetworkAttachmentDefinition", namespace)]
                yield Finding(
                    "mapping.networks",
                    f"there is no network attachment {target} (found in {namespace}: {', '.join(known) or 'none'})",
                    "correct the target or create the network first",
                )

    def _bindings(self, rendered: Rendered) -> Iterator[Finding]:
        interfaces = rendered.machine["spec"]["template"]["spec"]["domain"]["devices"]["interfaces"]
        wanted = {interface["binding"]["name"] for interface in interfaces if "binding" in interface}
        # Only who names a plugin needs the right to read KubeVirt's own object.
        known = self._plugins() or [] if wanted else []
        for name in sorted(wanted - set(known)):
            yield Finding(
                "mapping.networks",
                f"KubeVirt knows no network binding {name} (found: {', '.join(sorted(known)) or 'none'})",
                "correct it, or register the plugin in hci_stack.kubevirt.configuration",
            )


def longhorn_room(nodes: list[dict[str, Any]], percentage: int) -> int:
    """Bytes that Longhorn would still promise, for all replicas together."""
    free = 0
    for node in nodes:
        declared = (node.get("spec") or {}).get("disks") or {}
        for name, disk in ((node.get("status") or {}).get("diskStatus") or {}).items():
            wanted = declared.get(name) or {}
            if wanted.get("allowScheduling") is not False:
                usable = int(disk.get("storageMaximum") or 0) - int(wanted.get("storageReserved") or 0)
                free += max(0, usable * percentage // 100 - int(disk.get("storageScheduled") or 0))
    return free


def _size(item: Mapping[str, Any]) -> Size:
    spec = item["spec"]
    return Size(item["metadata"]["name"], int(spec["cpu"]["guest"]), _mebibytes(spec["memory"]["guest"]))


def _name(item: Mapping[str, Any]) -> str:
    return f"{item['metadata']['namespace']}/{item['metadata']['name']}"


def _source(machine: Mapping[str, Any]) -> str:
    """Identity of the machine it was imported from; empty for others."""
    return str((machine["metadata"].get("annotations") or {}).get(f"{PREFIX}/source") or "")


def _cpus(quantity: str) -> int:
    return int(quantity[:-1]) // 1000 if quantity.endswith("m") else int(float(quantity))


def _mebibytes(quantity: str) -> int:
    units = {"Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "k": 1000, "M": 1000**2, "G": 1000**3}
    for unit, size in units.items():
        if quantity.endswith(unit):
            return int(float(quantity.removesuffix(unit)) * size) >> 20
    return int(quantity) >> 20


def _interfaces(machine: Mapping[str, Any]) -> Iterator[str]:
    devices = machine["spec"]["template"]["spec"]["domain"].get("devices") or {}
    for interface in devices.get("interfaces") or ():
        if interface.get("macAddress"):
            yield interface["macAddress"].lower()


def _addresses(rendered: Rendered, machines: list[dict[str, Any]]) -> Iterator[Finding]:
    own = rendered.machine["metadata"]
    taken = {}
    for machine in machines:
        name = f"{machine['metadata']['namespace']}/{machine['metadata']['name']}"
        if name != f"{own['namespace']}/{own['name']}":
            taken.update(dict.fromkeys(_interfaces(machine), name))
    for address in _interfaces(rendered.machine):
        if address in taken:
            yield Finding("source.nics", f"{address} is already the address of {taken[address]}", "remove one of them")
