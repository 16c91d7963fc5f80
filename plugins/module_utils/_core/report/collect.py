# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what the inventory says and the cluster answers to what the report tells.

This module util is private to the collection.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.nads import LABEL as CLUSTER_NETWORK

Objects = Mapping[str, Iterable[Mapping[str, Any]]]
MIB = 1024**2
# Daemon sets and deployments whose readiness stands for a component: name in the report -> (namespace, name).
WORKLOADS = {
    "Multus": ("kube-system", re.compile(r".*multus.*")),
    "Longhorn": ("longhorn-system", re.compile(r".*")),
    "CoreDNS": ("kube-system", re.compile(r".*coredns$")),
}
OPERATED = {"KubeVirt": "observedKubeVirtVersion", "CDI": "observedVersion"}


def document(rack: Mapping[str, Any], objects: Objects, imports: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The report as plain data (see model.Report).

    rack: title, version, api, notes and nodes out of the inventory. objects: kind -> objects of the Kubernetes API.
    imports: what vm_import_info returned.
    """
    known = {named(node): node for node in objects.get("Node", ())}
    nodes = [{**node, **node_facts(known.get(str(node.get("name"))))} for node in rack.get("nodes", ())]
    networks = [management(nodes, str(rack.get("api", ""))), *attachments(objects, nodes)]
    machines = vms(objects, {str(entry.get("name")): entry for entry in imports})
    parts = [*kubernetes_part(rack, nodes), *workloads(objects), *operated(objects)] if known else []
    return {**rack, "nodes": nodes, "networks": networks if known else [], "vms": machines, "components": parts}


def dig(value: Any, *keys: str) -> Any:
    """The value below the keys, or None."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def named(item: Mapping[str, Any]) -> str:
    return str(dig(item, "metadata", "name") or "")


def condition(item: Mapping[str, Any], kind: str) -> bool:
    """Whether a condition is True."""
    conditions = dig(item, "status", "conditions") or ()
    return any(one.get("type") == kind and one.get("status") == "True" for one in conditions)


def node_facts(node: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the cluster knows of a node; nothing when it is not in the cluster."""
    if node is None:
        return {}
    info = dig(node, "status", "nodeInfo") or {}
    return {
        "ready": condition(node, "Ready"),
        "version": info.get("kubeletVersion", ""),
        "system": info.get("osImage", ""),
        "kernel": info.get("kernelVersion", ""),
        "cpus": int(dig(node, "status", "capacity", "cpu") or 0),
        "memory": round(in_bytes(str(dig(node, "status", "capacity", "memory") or "0")) / 1024**3, 1),
    }


def in_bytes(quantity: str) -> int:
    """A Kubernetes quantity of memory in bytes; 0 when it is none."""
    found = re.fullmatch(r"(\d+)(Ki|Mi|Gi|Ti|)", quantity)
    return int(found[1]) * 1024 ** ("", "Ki", "Mi", "Gi", "Ti").index(found[2]) if found else 0


def management(nodes: list[dict[str, Any]], api: str) -> dict[str, Any]:
    about = f"API {api.removeprefix('https://')}" if api else ""
    return {"name": "management", "kind": "management", "about": about, "nodes": [node["name"] for node in nodes]}


def attachments(objects: Objects, nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Networks for VMs as the cluster has them, each name once."""
    found: dict[str, dict[str, Any]] = {}
    for item in objects.get("NetworkAttachmentDefinition", ()):
        config = config_of(item)
        vlan = f"VLAN {config['vlan']}" if config.get("vlan") else "untagged"
        about = f"{vlan} on {config['bridge']}" if config.get("bridge") else str(config.get("type", ""))
        found.setdefault(named(item), {"name": named(item), "about": about, "nodes": carriers(item, objects, nodes)})
    return list(found.values())


def carriers(item: Mapping[str, Any], objects: Objects, nodes: list[dict[str, Any]]) -> list[str]:
    """The nodes where a network was verified; of a network that is not ours, all that carry VMs."""
    name = dig(item, "metadata", "labels", f"{CLUSTER_NETWORK}name")
    if not name:
        return [node["name"] for node in nodes if node.get("vm_host", True)]
    ready = f"{CLUSTER_NETWORK}{name}"
    return [named(node) for node in objects.get("Node", ()) if dig(node, "metadata", "labels", ready) == "ready"]


def config_of(item: Mapping[str, Any]) -> dict[str, Any]:
    """The CNI configuration of a network attachment; empty when it cannot be read."""
    try:
        config = json.loads(dig(item, "spec", "config") or "{}")
    except ValueError:
        return {}
    return config if isinstance(config, dict) else {}


def vms(objects: Objects, imports: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """All VMs; those that run with what their instance tells."""
    instances = {key_of(item): item for item in objects.get("VirtualMachineInstance", ())}
    return [
        vm(item, instances.get(key_of(item), {}), imports.get(named(item), {}), objects)
        for item in objects.get("VirtualMachine", ())
    ]


def key_of(item: Mapping[str, Any]) -> tuple[str, str]:
    return str(dig(item, "metadata", "namespace") or ""), named(item)


def vm(
    item: Mapping[str, Any], instance: Mapping[str, Any], imported: Mapping[str, Any], objects: Objects
) -> dict[str, Any]:
    """One VM."""
    networks = [dig(net, "multus", "networkName") or "pod" for net in dig(instance, "spec", "networks") or ()]
    addresses = [one.get("ipAddress") for one in dig(instance, "status", "interfaces") or ()]
    return {
        "name": named(item),
        "namespace": key_of(item)[0],
        "status": dig(instance, "status", "phase") or dig(item, "status", "printableStatus") or "Stopped",
        "node": dig(instance, "status", "nodeName") or "",
        "networks": [name.split("/")[-1] for name in networks],
        "addresses": [address for address in addresses if address],
        "facts": import_facts(imported),
        "route": route(item, objects),
    }


def import_facts(imported: Mapping[str, Any]) -> dict[str, str]:
    """Where a VM came from, and that its disks are the source's."""
    facts = {"imported from": str(imported["source"])} if imported.get("source") else {}
    for number, disk in enumerate(imported.get("disks") or (), 1):
        label = "disk" if len(imported["disks"]) == 1 else f"disk {number}"
        equal = ", digests of source and target are equal" if disk.get("verified") else ", not compared yet"
        took = f", copied in {disk['seconds']:.1f} s" if disk.get("seconds") else ""
        facts[label] = f"{disk.get('capacity', 0) / MIB:.0f} MiB{took}{equal}"
        if disk.get("digest"):
            facts[f"{label} digest"] = str(disk["digest"])[:23] + "…"
    if imported.get("failure"):
        facts["import failed"] = str(imported["failure"])
    return facts


def route(item: Mapping[str, Any], objects: Objects) -> list[str]:
    """Nodes a VM was moved over by live migration, in the order of time."""
    moves = [
        move
        for move in objects.get("VirtualMachineInstanceMigration", ())
        if dig(move, "spec", "vmiName") == named(item)
        and dig(move, "metadata", "namespace") == key_of(item)[0]
        and dig(move, "status", "phase") == "Succeeded"
    ]
    moves.sort(key=lambda move: str(dig(move, "metadata", "creationTimestamp")))
    hops: list[str] = []
    for move in moves:
        for key in ("sourceNode", "targetNode"):
            name = dig(move, "status", "migrationState", key)
            if name and (not hops or hops[-1] != name):
                hops.append(str(name))
    return hops


def kubernetes_part(rack: Mapping[str, Any], nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    ready = sum(1 for node in nodes if node.get("ready"))
    state = f"{ready} of {len(nodes)} nodes Ready"
    return [{"name": "RKE2", "version": rack.get("version", ""), "state": state, "healthy": ready == len(nodes)}]


def workloads(objects: Objects) -> list[dict[str, Any]]:
    """Components that are healthy when all their pods are ready."""
    parts = []
    for name, (namespace, pattern) in WORKLOADS.items():
        mine = [
            item
            for kind in ("DaemonSet", "Deployment")
            for item in objects.get(kind, ())
            if key_of(item)[0] == namespace and pattern.fullmatch(named(item))
        ]
        wanted = sum(int(pods(item, "desiredNumberScheduled", "replicas")) for item in mine)
        ready = sum(int(pods(item, "numberReady", "readyReplicas")) for item in mine)
        if mine:
            state = f"{ready} of {wanted} pods ready"
            parts.append({"name": name, "version": image_tag(mine[0]), "state": state, "healthy": ready == wanted})
    return parts


def pods(item: Mapping[str, Any], *keys: str) -> int:
    status = dig(item, "status") or {}
    return next((status[key] for key in keys if status.get(key)), 0)


def image_tag(item: Mapping[str, Any]) -> str:
    """The tag of the first container's image."""
    containers = dig(item, "spec", "template", "spec", "containers") or [{}]
    image = str(containers[0].get("image", "")).split("@", maxsplit=1)[0].rsplit("/", 1)[-1]
    return image.partition(":")[2]


def operated(objects: Objects) -> list[dict[str, Any]]:
    """Components with an operator that says by its phase whether all is well."""
    return [
        {
            "name": kind,
            "version": dig(item, "status", key) or "",
            "state": dig(item, "status", "phase") or "unknown",
            "healthy": dig(item, "status", "phase") == "Deployed" and condition(item, "Available"),
        }
        for kind, key in OPERATED.items()
        for item in objects.get(kind, ())
    ]
