# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Engine forklift: Provider, maps and Plans of at most 100 machines, run by a Migration with its cut-over.

Forklift copies, converts and creates the machine by itself. This module util is private to the collection.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ...errors import Finding
from ..mapping import PREFIX
from ..model import Vm
from ..naming import object_name
from ..settings import IGNORE, POD, NetworkRule, Settings, StorageRule
from .common import (
    Object,
    VSphere,
    Watched,
    binding_findings,
    chunks,
    conditions_of,
    is_true,
    messages,
    metadata,
    source_findings,
)

API = "forklift.konveyor.io/v1beta1"
# 500 machines in one plan took five times as long as 800 in eight.
MACHINES_PER_PLAN = 100


@dataclass(frozen=True)
class Move:
    """A group of machines. namespace: where Forklift's objects live; target: where the machines go.

    cutover: RFC 3339 time at which a warm migration ends; empty means by hand, later. vddk_image: for warm.
    """

    name: str
    namespace: str
    target: str
    source: VSphere
    warm: bool = False
    cutover: str = ""
    vddk_image: str = ""
    destination: str = "host"
    convert: bool = True


def findings(machines: Sequence[Vm], settings: Settings, move: Move) -> Iterator[Finding]:
    """What Forklift would refuse, or do wrongly."""
    yield from [*source_findings(move.source), *binding_findings(settings, "forklift")]
    if move.warm and not move.vddk_image:
        yield Finding("engine_options.vddk_image", "is missing", "Forklift migrates warm only with VMware's VDDK image")
    for vm in machines:
        if not vm.id:
            yield Finding(
                f"source.{vm.name}.id", "is empty", "read the machine from its vCenter: Forklift wants its id"
            )
        for nic in vm.nics:
            if settings.network(nic.network) is None:
                place = f"source.{vm.name}.nics[{nic.key}]"
                yield Finding(place, f"its network {nic.network!r} has no mapping", "add it to mapping.networks")
        for disk in vm.disks:
            rule = settings.storage_for(disk.datastore, disk.file)
            if rule is None or not rule.storage_class:
                place = f"source.{vm.name}.disks[{disk.key}]"
                yield Finding(place, f"{disk.datastore!r} has no storage class", "name one in mapping.storage")


def objects(machines: Sequence[Vm], settings: Settings, move: Move) -> list[Object]:
    """Everything in the order it must be created; the Migrations, which begin the work, are not among them."""
    return [
        provider(move),
        network_map(machines, settings, move),
        storage_map(machines, settings, move),
        *(plan(part, number, move) for number, part in enumerate(chunks(machines, MACHINES_PER_PLAN), 1)),
    ]


def provider(move: Move) -> Object:
    """The vSphere provider. Its Secret has user, password, thumbprint and, for ESXi, its kind."""
    settings = {"sdkEndpoint": "esxi" if move.source.kind == "esxi" else "vcenter"}
    if move.vddk_image:
        settings["vddkInitImage"] = move.vddk_image
    spec = {
        "type": "vsphere",
        "url": move.source.sdk_url,
        "settings": settings,
        "secret": {"name": move.source.secret, "namespace": move.namespace},
    }
    # Its label is its own name: it belongs to no single group.
    return _object("Provider", provider_name(move), replace(move, name=provider_name(move)), spec)


def provider_name(move: Move) -> str:
    """One provider per source, shared by all groups."""
    return object_name(f"ironacre-{move.source.hostname}", limit=50)


def network_map(machines: Sequence[Vm], settings: Settings, move: Move) -> Object:
    """One entry per network the machines use."""
    names = sorted({nic.network for vm in machines for nic in vm.nics})
    rules = [(name, settings.network(name)) for name in names]
    entries = [{"source": {"name": name}, "destination": _network(rule)} for name, rule in rules if rule]
    return _object("NetworkMap", f"{_base(move)}-network", move, {"provider": _providers(move), "map": entries})


def _network(rule: NetworkRule) -> Object:
    if rule.target == POD:
        return {"type": "pod"}
    if rule.target == IGNORE:
        return {"type": "ignored"}
    network = rule.target.partition("/")
    return {"type": "multus", "namespace": network[0], "name": network[2]}


def storage_map(machines: Sequence[Vm], settings: Settings, move: Move) -> Object:
    """One entry per datastore the machines use. Forklift maps datastores only, not single files."""
    names = sorted({disk.datastore for vm in machines for disk in vm.disks})
    rules = [(name, settings.storage_for(name, "")) for name in names]
    entries = [{"source": {"name": name}, "destination": _storage(rule)} for name, rule in rules if rule]
    return _object("StorageMap", f"{_base(move)}-storage", move, {"provider": _providers(move), "map": entries})


def _storage(rule: StorageRule) -> Object:
    found = {"storageClass": rule.storage_class, "volumeMode": rule.volume_mode}
    return {**found, "accessMode": rule.access_modes[0]} if rule.access_modes else found


def plan(machines: Sequence[Vm], number: int, move: Move) -> Object:
    """One plan. The machines stay off: the import decides when they start."""
    spec = {
        "provider": _providers(move),
        "map": {
            "network": _reference(f"{_base(move)}-network", move),
            "storage": _reference(f"{_base(move)}-storage", move),
        },
        "targetNamespace": move.target,
        "targetPowerState": "off",
        "type": "warm" if move.warm else "cold",
        "warm": move.warm,
        "preserveStaticIPs": True,
        "skipGuestConversion": not move.convert,
        "vms": [{"id": vm.id, "name": vm.name, "targetName": object_name(vm.name)} for vm in machines],
    }
    return _object("Plan", plan_name(move, number), move, spec)


def plan_name(move: Move, number: int) -> str:
    return f"{_base(move)}-{number}"


def migration(name: str, move: Move) -> Object:
    """Begins a plan. Its name follows its plan's, so that a second run finds it."""
    spec: Object = {"plan": _reference(name, move)}
    if move.warm and move.cutover:
        spec["cutover"] = move.cutover
    return _object("Migration", name, move, spec)


def _base(move: Move) -> str:
    return object_name(f"ironacre-{move.name}", limit=50)


def _object(kind: str, name: str, move: Move, spec: Object) -> Object:
    digest = hashlib.sha256(repr(sorted(spec.items(), key=str)).encode()).hexdigest()[:16]
    annotations = {f"{PREFIX}/digest": digest}
    described = metadata(name, move.namespace, move.name, annotations)
    return {"apiVersion": API, "kind": kind, "metadata": described, "spec": spec}


def _providers(move: Move) -> Object:
    return {
        "source": _reference(provider_name(move), move),
        "destination": _reference(move.destination, move),
    }


def _reference(name: str, move: Move) -> Object:
    return {"name": name, "namespace": move.namespace}


def ready(live: Mapping[str, Any] | None) -> Watched:
    """Whether a Provider, map or Plan may be used. What is critical fails it at once."""
    if live is None:
        return Watched(phase="not there")
    conditions = conditions_of(live)
    critical = messages(conditions, "Critical", "Error")
    done = is_true(conditions, "Ready") and not critical
    waits = messages(conditions, "Required", "Advisory", "Warn")
    return Watched("Ready" if done else "NotReady", "", done, bool(critical), "; ".join(critical or waits))


def moved(live: Mapping[str, Any] | None) -> dict[str, Watched]:
    """How far each machine of a Migration is, by its id."""
    vms = (live or {}).get("status", {}).get("vms") or []
    return {str(vm.get("id")): _machine(vm) for vm in vms}


def _machine(vm: Mapping[str, Any]) -> Watched:
    phase = str(vm.get("phase", ""))
    conditions = {str(item.get("type")): item for item in vm.get("conditions") or []}
    failed = is_true(conditions, "Failed") or is_true(conditions, "Canceled") or bool(vm.get("error"))
    reasons = [str(reason) for reason in (vm.get("error") or {}).get("reasons") or []]
    steps = [step for step in vm.get("pipeline") or [] if step.get("phase") == "Running"]
    told = [f"{step['name']} {_percent(step.get('progress') or {})}".strip() for step in steps]
    return Watched(
        phase=phase,
        progress=", ".join(told),
        done=is_true(conditions, "Succeeded") and not failed,
        failed=failed,
        reason="; ".join(reasons or ([phase] if failed else [])),
        machine=str(vm.get("newName") or vm.get("targetName") or object_name(str(vm.get("name", "")))),
    )


def _percent(progress: Mapping[str, Any]) -> str:
    total = int(progress.get("total") or 0)
    return f"{100 * int(progress.get('completed') or 0) // total}%" if total else ""
