# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""VM networks: one model that gives the uplinks' VLANs, the NetworkAttachmentDefinitions and the nodes' labels.

Source of the CNI keys: the bridge plugin's documentation. This module util is private to the collection.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import Finding, refuse
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import schema as s
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import vids
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.merge import vids_of

LABEL = "hci.ironacre.io/cluster-network-"
MANAGED = {"app.kubernetes.io/managed-by": "ironacre.hci"}
CLUSTER = s.record(
    {"bridge": s.text(), "uplink": s.text(), "classes": s.listing(s.text()), "mtu": s.integer(68, 65535)}, ["bridge"]
)
NETWORK = s.record(
    {
        "name": s.text(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", "write a name Kubernetes accepts"),
        "cluster_network": s.text(),
        "vlan": s.integer(1, 4094),
        "vlan_trunk": s.vlan_list,
        "untagged": s.flag,
        "mtu": s.integer(68, 65535),
        "namespaces": s.listing(s.text()),
        "mac_spoof_check": s.flag,
        "ipam": s.keyed("type"),
    },
    ["name", "cluster_network"],
)
MODEL = s.record({"cluster_networks": s.mapping(CLUSTER), "vm_networks": s.listing(NETWORK)})


def check(networks: Mapping[str, Any]) -> list[Finding]:
    """Contradictions of the whole model."""
    found = MODEL(networks, "hci_networks")
    if found:
        return found
    clusters = networks.get("cluster_networks") or {}
    seen: set[tuple[str, str]] = set()
    for index, one in enumerate(networks.get("vm_networks") or []):
        place = f"hci_networks.vm_networks[{index}] ({one['name']})"
        if one["cluster_network"] not in clusters:
            hint = f"known are {', '.join(clusters)}{s.nearest(one['cluster_network'], clusters)}"
            found.append(Finding(f"{place}.cluster_network", f"{one['cluster_network']!r} is not declared", hint))
        if sum(bool(one.get(key)) for key in ("vlan", "vlan_trunk", "untagged")) != 1:
            found.append(Finding(place, "does not say how it is tagged", "state one of vlan, vlan_trunk, untagged"))
        limit = (clusters.get(one["cluster_network"]) or {}).get("mtu")
        if one.get("mtu") and limit and int(one["mtu"]) > int(limit):
            found.append(Finding(f"{place}.mtu", f"{one['mtu']} over the {limit} of its uplink", "lower it"))
        for namespace in one.get("namespaces") or ["default"]:
            if (namespace, one["name"]) in seen:
                found.append(Finding(place, f"is declared twice in namespace {namespace}", "give it another name"))
            seen.add((namespace, one["name"]))
    return found


def definitions(networks: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The NetworkAttachmentDefinitions, one a network and namespace. InputErrors when the model contradicts itself."""
    refuse(check(networks))
    clusters = networks.get("cluster_networks") or {}
    return [
        _definition(one, clusters[one["cluster_network"]], namespace)
        for one in networks.get("vm_networks") or []
        for namespace in one.get("namespaces") or ["default"]
    ]


def _definition(one: Mapping[str, Any], cluster: Mapping[str, Any], namespace: str) -> dict[str, Any]:
    labels = {**MANAGED, f"{LABEL}name": one["cluster_network"]}
    return {
        "apiVersion": "k8s.cni.cncf.io/v1",
        "kind": "NetworkAttachmentDefinition",
        "metadata": {"name": one["name"], "namespace": namespace, "labels": labels},
        "spec": {"config": json.dumps(config(one, cluster), sort_keys=True)},
    }


def config(one: Mapping[str, Any], cluster: Mapping[str, Any]) -> dict[str, Any]:
    """The CNI configuration of one network."""
    tags: dict[str, Any] = {}
    if one.get("vlan"):
        tags = {"vlan": int(one["vlan"]), "preserveDefaultVlan": False}
    elif one.get("vlan_trunk"):
        pairs = vids.ranges(vids.expand(one["vlan_trunk"]))
        trunk = [{"id": low} if low == high else {"minID": low, "maxID": high} for low, high in pairs]
        tags = {"vlan": 0, "vlanTrunk": trunk, "preserveDefaultVlan": False}
    mtu = {"mtu": int(one["mtu"])} if one.get("mtu") else {}
    return {
        "cniVersion": "1.0.0",
        "name": one["name"],
        "type": "bridge",
        "bridge": cluster["bridge"],
        "ipam": one.get("ipam") or {},
        "macspoofchk": one.get("mac_spoof_check", True),
        **tags,
        **mtu,
    }


def labels(networks: Mapping[str, Any], verified: Mapping[str, Any]) -> dict[str, str | None]:
    """Labels of one node: `ready` where the network was verified there, None (remove) where it was not.

    verified: {bridge: [VIDs on its uplink] or null when the bridge does not filter}; missing bridges are absent.
    """
    found: dict[str, str | None] = {}
    for name, cluster in (networks.get("cluster_networks") or {}).items():
        members = [one for one in networks.get("vm_networks") or [] if one.get("cluster_network") == name]
        needed = {vid for one in members for vid in vids_of(one)}
        there = cluster["bridge"] in verified
        carried = verified.get(cluster["bridge"])
        whole = there and (carried is None or needed <= vids.expand(carried))
        found[f"{LABEL}{name}"] = "ready" if whole else None
    return found


def superfluous(
    networks: Mapping[str, Any], existing: Sequence[Mapping[str, Any]], users: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Definitions of ours that are no longer declared. InputErrors when one is still used by a VM or a pod."""
    wanted = {(one["metadata"]["namespace"], one["metadata"]["name"]) for one in definitions(networks)}
    gone = [
        one["metadata"] for one in existing if (one["metadata"]["namespace"], one["metadata"]["name"]) not in wanted
    ]
    used = [(meta, user) for user in users for meta in gone if _uses(user, meta)]
    refuse(
        Finding(
            f"VM network {meta['namespace']}/{meta['name']}",
            f"is used by {user['kind']} {user['metadata']['name']}",
            "detach it there before you remove the network",
        )
        for meta, user in used
    )
    return [{"name": meta["name"], "namespace": meta["namespace"]} for meta in gone]


def _uses(user: Mapping[str, Any], meta: Mapping[str, Any]) -> bool:
    namespace = user["metadata"].get("namespace", "default")
    template = ((user.get("spec") or {}).get("template") or {}).get("spec") or user.get("spec") or {}
    named = [(one.get("multus") or {}).get("networkName", "") for one in template.get("networks") or []]
    named += str((user["metadata"].get("annotations") or {}).get("k8s.v1.cni.cncf.io/networks", "")).split(",")
    full = [name.strip().partition("@")[0] for name in named if name]
    return any(
        meta["name"] == name.rpartition("/")[2] and meta["namespace"] == (name.rpartition("/")[0] or namespace)
        for name in full
    )
