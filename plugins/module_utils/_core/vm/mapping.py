# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Canonical machine + settings -> the objects of the cluster. Pure; every row of the mapping table is a test.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import refuse
from .buses import disk_bus
from .findings import mapping_findings
from .guests import preference_of
from .hardware import clock, firmware, size, size_of
from .model import Disk, Vm
from .naming import label_value, object_name, serial_of
from .networking import networking
from .notes import warnings_of
from .settings import Settings, StorageRule

PART_OF = "ironacre-import"
PREFIX = "import.ironacre.io"


@dataclass(frozen=True)
class Rendered:
    """volumes: one DataVolume per disk, in boot order. warnings: what an operator should read."""

    machine: dict[str, Any]
    volumes: tuple[dict[str, Any], ...]
    disks: tuple[Disk, ...]
    warnings: tuple[str, ...]


def render(vm: Vm, settings: Settings) -> Rendered:
    """Raises InputErrors with everything that has no mapping."""
    refuse(mapping_findings(vm, settings))
    disks = vm.boot_order
    names = volume_names(settings.name, len(disks))
    volumes = tuple(data_volume(vm, disk, name, settings) for disk, name in zip(disks, names))
    machine = virtual_machine(vm, disks, names, settings)
    return Rendered(machine, volumes, disks, tuple(warnings_of(vm, settings)))


def volume_names(name: str, count: int) -> tuple[str, ...]:
    """Names of the volumes: `web01-disk0`, `web01-disk1` ..."""
    return tuple(f"{object_name(name, limit=50)}-disk{number}" for number in range(count))


def storage_rule(disk: Disk, settings: Settings) -> StorageRule:
    """The rule of a disk; mapping_findings made sure that there is one."""
    return settings.storage_for(disk.datastore, disk.file) or StorageRule()


def data_volume(vm: Vm, disk: Disk, name: str, settings: Settings) -> dict[str, Any]:
    """A DataVolume that waits for an upload."""
    rule = storage_rule(disk, settings)
    storage: dict[str, Any] = {
        "accessModes": list(rule.access_modes),
        "volumeMode": rule.volume_mode,
        "resources": {"requests": {"storage": str(disk.capacity)}},
    }
    if rule.storage_class:
        storage["storageClassName"] = rule.storage_class
    annotations = {
        "cdi.kubevirt.io/storage.bind.immediate.requested": "true",
        f"{PREFIX}/vm": vm.identity,
        f"{PREFIX}/disk": disk.key,
        f"{PREFIX}/capacity": str(disk.capacity),
    }
    return {
        "apiVersion": "cdi.kubevirt.io/v1beta1",
        "kind": "DataVolume",
        "metadata": _metadata(name, settings, annotations),
        "spec": {"source": {"upload": {}}, "storage": storage},
    }


def virtual_machine(vm: Vm, disks: tuple[Disk, ...], names: tuple[str, ...], settings: Settings) -> dict[str, Any]:
    """The VirtualMachine, halted: the import starts it as its last act."""
    annotations = {f"{PREFIX}/name": vm.name, f"{PREFIX}/source": vm.identity}
    if vm.extra.get("generation_id"):
        annotations[f"{PREFIX}/generation-id"] = str(vm.extra["generation_id"])
    spec: dict[str, Any] = {
        "runStrategy": "Halted",
        "template": {"metadata": {"labels": _labels(settings)}, "spec": _template_spec(vm, disks, names, settings)},
    }
    preference = settings.preference or preference_of(vm.guest.id)
    if preference and (settings.preference or preference in settings.offers.preferences):
        spec["preference"] = {"name": preference}
    if found := size(vm, settings):
        spec["instancetype"] = {"name": found.name}
    return {
        "apiVersion": "kubevirt.io/v1",
        "kind": "VirtualMachine",
        "metadata": _metadata(settings.name, settings, annotations),
        "spec": spec,
    }


def _template_spec(vm: Vm, disks: tuple[Disk, ...], names: tuple[str, ...], settings: Settings) -> dict[str, Any]:
    shared = all("ReadWriteMany" in storage_rule(disk, settings).access_modes for disk in disks)
    interfaces, networks = networking(vm, settings)
    bus = disk_bus(vm, settings)
    domain: dict[str, Any] = {
        **size_of(vm, settings),
        "devices": {
            "disks": [
                _disk(disk, name, settings, bus, first=number == 0)
                for number, (disk, name) in enumerate(zip(disks, names))
            ],
            "interfaces": interfaces,
            "logSerialConsole": True,
        },
        "firmware": firmware(vm),
    }
    if not interfaces:
        # Otherwise KubeVirt gives a machine without interfaces one on the pod network.
        domain["devices"]["autoattachPodInterface"] = False
    _features(domain, vm, settings)
    return {
        "domain": domain,
        "networks": networks,
        "volumes": [{"name": name, "dataVolume": {"name": name}} for name in names],
        "evictionStrategy": "LiveMigrate" if shared else "LiveMigrateIfPossible",
        "terminationGracePeriodSeconds": 180,
    }


def _disk(disk: Disk, name: str, settings: Settings, bus: str, first: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": name, "disk": {"bus": bus}}
    if storage_rule(disk, settings).volume_mode == "Block":
        # A second cache in front of a block device costs memory, and what it holds is lost with the node.
        entry |= {"cache": "none", "io": "native"}
    if settings.dedicated_io_thread:
        entry["dedicatedIOThread"] = True
    if disk.uuid:
        entry["serial"] = serial_of(disk.uuid)
    if first:
        entry["bootOrder"] = 1
    return entry


def _features(domain: dict[str, Any], vm: Vm, settings: Settings) -> None:
    if vm.secure_boot:
        domain["features"] = {"smm": {"enabled": True}}
    if vm.tpm:
        domain["devices"]["tpm"] = {"persistent": True}
    if found := clock(vm, settings):
        domain["clock"] = found


def _labels(settings: Settings) -> dict[str, str]:
    labels = {key: label_value(value) for key, value in settings.labels.items()}
    return {**labels, "app.kubernetes.io/managed-by": PART_OF, f"{PREFIX}/machine": object_name(settings.name)}


def _metadata(name: str, settings: Settings, annotations: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": name,
        "namespace": settings.namespace,
        "labels": _labels(settings),
        "annotations": dict(annotations),
    }
