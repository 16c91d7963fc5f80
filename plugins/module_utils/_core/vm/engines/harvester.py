# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Engine harvester: the VM import controller of Harvester, and what must be mended on the machine it makes.

It handles one machine at a time and knows no drivers; it is for few small machines. This module util is private to the
collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...errors import Finding
from ..hardware import topology
from ..model import Vm
from ..naming import object_name
from ..settings import IGNORE, POD, Settings
from .common import Object, VSphere, Watched, binding_findings, metadata, source_findings

API = "migration.harvesterhci.io/v1beta1"
# Words of the controller.
_DONE, _FAILED = ("virtualMachineRunning",), ("virtualMachineImportInvalid", "VMMigrationFailed", "diskImageFailed")


def findings(vm: Vm, settings: Settings, source: VSphere) -> Iterator[Finding]:
    """What the controller would refuse, or drop in silence."""
    yield from [*source_findings(source), *binding_findings(settings, "harvester")]
    if not source.datacenter:
        yield Finding("source.datacenter", "is missing", "the controller looks for machines in one datacenter only")
    for nic in vm.nics:
        rule = settings.network(nic.network)
        place = f"source.{vm.name}.nics[{nic.key}]"
        if rule is None:
            yield Finding(place, f"its network {nic.network!r} has no mapping", "add it to mapping.networks")
        elif rule.target in (POD, IGNORE):
            yield Finding(place, f"the controller knows no target {rule.target}", "map it to namespace/name")
    classes = {(settings.storage_for(disk.datastore, disk.file) or None) for disk in vm.disks}
    if len({rule.storage_class for rule in classes if rule}) > 1:
        yield Finding(
            "mapping.storage", "several storage classes", "the controller puts all disks into one: map them so"
        )


def source_object(source: VSphere, namespace: str) -> Object:
    """The VmwareSource. Its Secret has username, password and, where it is not a public one, ca.crt."""
    spec = {
        "endpoint": source.sdk_url,
        "dc": source.datacenter,
        "credentials": {"name": source.secret, "namespace": namespace},
    }
    name = source_name(source)
    return {"apiVersion": API, "kind": "VmwareSource", "metadata": metadata(name, namespace, name), "spec": spec}


def source_name(source: VSphere) -> str:
    return object_name(f"ironacre-{source.hostname}-{source.datacenter}", limit=50)


def machine_import(vm: Vm, settings: Settings, source: VSphere) -> Object:
    """The VirtualMachineImport; it shuts the source down and begins at once."""
    rules = [(name, settings.network(name)) for name in sorted({nic.network for nic in vm.nics})]
    storage = settings.storage_for(vm.disks[0].datastore, vm.disks[0].file) if vm.disks else None
    spec: Object = {
        "virtualMachineName": vm.name,
        "networkMapping": [{"sourceNetwork": name, "destinationNetwork": rule.target} for name, rule in rules if rule],
        "sourceCluster": {
            "apiVersion": API,
            "kind": "VmwareSource",
            "name": source_name(source),
            "namespace": settings.namespace,
        },
    }
    if vm.source.get("folder"):
        spec["folder"] = vm.source["folder"]
    if storage and storage.storage_class:
        spec["storageClass"] = storage.storage_class
    described = metadata(settings.name, settings.namespace, settings.name)
    return {"apiVersion": API, "kind": "VirtualMachineImport", "metadata": described, "spec": spec}


def mend(vm: Vm, settings: Settings) -> Object:
    """A merge patch: the controller swaps cores and sockets and takes MiB for MB."""
    memory = {"guest": f"{settings.memory_mib or vm.memory_mib}Mi"}
    domain = {"cpu": topology(vm.cpu), "memory": memory, "resources": {"limits": None, "requests": None}}
    return {"spec": {"template": {"spec": {"domain": domain}}}}


def is_mended(live: Mapping[str, Any], patch: Mapping[str, Any]) -> bool:
    """Whether a machine has what the patch says."""
    wanted, found = _domain(patch), _domain(live)
    same = {key: found.get("cpu", {}).get(key) for key in wanted["cpu"]} == wanted["cpu"]
    resources = found.get("resources") or {}
    bound = any((resources.get(kind) or {}).get(what) for kind in ("limits", "requests") for what in ("cpu", "memory"))
    return same and (found.get("memory") or {}).get("guest") == wanted["memory"]["guest"] and not bound


def _domain(machine: Mapping[str, Any]) -> Mapping[str, Any]:
    domain: Mapping[str, Any] = machine["spec"]["template"]["spec"]["domain"]
    return domain


def ready(live: Mapping[str, Any] | None) -> Watched:
    """Whether the controller reaches the source."""
    if live is None:
        return Watched(phase="not there")
    phase = str(live.get("status", {}).get("status") or "")
    return Watched(
        phase, done=phase == "clusterReady", failed=phase == "clusterNotReady", reason=_reasons(live, "conditions")
    )


def watched(live: Mapping[str, Any] | None) -> Watched:
    """How far an import is."""
    if live is None:
        return Watched(phase="not there")
    status: Mapping[str, Any] = live.get("status", {})
    phase = str(status.get("importStatus") or "")
    disks = status.get("diskImportStatus") or []
    images = sum(1 for disk in disks if disk.get("VirtualMachineImage"))
    failed = phase in _FAILED or any(
        item.get("type") == "VMExportFailed" and item.get("status") == "True"
        for item in status.get("importConditions") or []
    )
    return Watched(
        phase=phase,
        progress=f"{images} of {len(disks)} images" if disks else "",
        done=phase in _DONE,
        failed=failed,
        reason=_reasons(live, "importConditions"),
        machine=str(status.get("importedVirtualMachineName") or status.get("newVirtualMachine") or ""),
    )


def _reasons(live: Mapping[str, Any], name: str) -> str:
    conditions = live.get("status", {}).get(name) or []
    return "; ".join(str(item.get("message") or item.get("reason")) for item in conditions if item.get("message"))
