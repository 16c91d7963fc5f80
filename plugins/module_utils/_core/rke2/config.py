# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One node's RKE2 configuration out of the cluster's and the node's declaration, and everything that is wrong with it.

This module util is private to the collection.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import Finding, refuse
from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2.keys import (
    AGENT_KEYS,
    CRITICAL_KEYS,
    FOREIGN_KEYS,
    IMMUTABLE_KEYS,
    PRIMARY_CNIS,
    PROFILES,
    SERVER_KEYS,
)

Config = dict[str, Any]


@dataclass(frozen=True)
class Node:
    """What of one node goes into its configuration. role: server or agent. config: extra keys for this node alone."""

    name: str
    role: str
    address: str
    labels: Mapping[str, str] = field(default_factory=dict)
    taints: tuple[str, ...] = ()
    config: Mapping[str, Any] = field(default_factory=dict)

    @property
    def known_keys(self) -> frozenset[str]:
        return SERVER_KEYS if self.role == "server" else AGENT_KEYS


def node_config(cluster: Mapping[str, Any], node: Node) -> Config:
    """The content of the node's config.yaml. Raises InputErrors with every fault of the declared keys.

    cluster: the inventory's `hci_cluster`. Layers, each winning over the one before: the collection's, `config` (keys
    of servers only are left out on agents), `server_config` or `agent_config`, the node's. `key+` adds to a list.
    """
    layers = _layers(cluster, node)
    merged: Config = _base(cluster, node)
    refuse([*_key_faults(layers, node), *_node_faults(node)])
    for _place, layer in layers:
        merged = merge(merged, {key: value for key, value in layer.items() if _key(key) in node.known_keys})
    refuse(_value_faults(merged, node))
    return merged


def join_config(cluster: Mapping[str, Any], node: Node, address: str) -> Config:
    """What RKE2 reads only when the node joins: written before that and never again, so that it restarts nothing.

    Labels and taints are kept right through the API later. address: where to join, empty for the first server.
    """
    config: Config = {
        "server": join_url(cluster, address) if address else None,
        "node-label": [f"{key}={value}" for key, value in sorted(node.labels.items())],
        "node-taint": sorted(node.taints),
    }
    return {key: value for key, value in config.items() if value}


def join_url(cluster: Mapping[str, Any], address: str) -> str:
    """The supervisor's address as RKE2 wants it."""
    host = f"[{address}]" if ":" in address else address
    return f"https://{host}:{(cluster.get('api') or {}).get('join_port', 9345)}"


def merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> Config:
    """Keys of above replace those of below; `key+` appends its list to what is there."""
    merged = dict(below)
    for key, value in above.items():
        if key.endswith("+"):
            merged[key[:-1]] = [*_as_list(merged.get(key[:-1])), *_as_list(value)]
        else:
            merged[key] = value
    return merged


def _layers(cluster: Mapping[str, Any], node: Node) -> list[tuple[str, Mapping[str, Any]]]:
    own = f"{node.role}_config"
    return [
        ("hci_cluster.config", cluster.get("config") or {}),
        (f"hci_cluster.{own}", cluster.get(own) or {}),
        (f"hosts.{node.name}.hci_node.rke2_config", node.config),
    ]


def _base(cluster: Mapping[str, Any], node: Node) -> Config:
    """What the collection sets by itself. nonroot-devices: CDI writes to raw block volumes as a user without rights."""
    config: Config = {
        "node-name": node.name,
        "node-ip": node.address,
        "nonroot-devices": True,
    }
    if node.role == "server":
        api = cluster.get("api") or {}
        config["write-kubeconfig-mode"] = "0600"
        config["tls-san"] = [api["address"], *api.get("extra_sans", [])] if api.get("address") else []
        for key in ("cni", "cluster_cidr", "service_cidr", "cluster_dns"):
            config[key.replace("_", "-")] = cluster.get(key)
    config["token"] = cluster.get("token")
    return {key: value for key, value in config.items() if value not in (None, [], "")}


def _key(key: str) -> str:
    return key[:-1] if key.endswith("+") else key


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [] if value is None else [value]


def _key_faults(layers: list[tuple[str, Mapping[str, Any]]], node: Node) -> Iterator[Finding]:
    for place, layer in layers:
        # What is said for all nodes may hold keys that only servers take.
        known = SERVER_KEYS if place == "hci_cluster.config" else node.known_keys
        for key in layer:
            if _key(key) not in known:
                yield Finding(f"{place}.{key}", "RKE2 would skip this key", _way_out(_key(key), known, node.role))


def _way_out(key: str, known: frozenset[str], role: str) -> str:
    if key in FOREIGN_KEYS:
        return FOREIGN_KEYS[key]
    if key in SERVER_KEYS and role == "agent":
        return "only servers take it; move it to server_config"
    near = difflib.get_close_matches(key, sorted(known), 1)
    return f"did you mean {near[0]}?" if near else "remove it"


def _node_faults(node: Node) -> Iterator[Finding]:
    for key in node.config:
        if node.role == "server" and _key(key) in CRITICAL_KEYS:
            place = f"hosts.{node.name}.hci_node.rke2_config.{key}"
            yield Finding(place, "must be the same on all servers", "move it to hci_cluster.server_config")


def _value_faults(config: Config, node: Node) -> Iterator[Finding]:
    place = f"hosts.{node.name} (config.yaml)"
    if not config.get("token") and not config.get("token-file"):
        yield Finding(f"{place}.token", "no token", "set hci_cluster.token, best from the vault")
    if config.get("profile") and config["profile"] not in PROFILES:
        yield Finding(f"{place}.profile", f"is {config['profile']!r}", f"use one of {', '.join(PROFILES)}")
    if node.role == "server":
        yield from _cni_faults(f"{place}.cni", config.get("cni"))


def _cni_faults(place: str, value: Any) -> Iterator[Finding]:
    names = [name for part in _as_list(value) for name in str(part).split(",")]
    primary = names[1:] if names[:1] == ["multus"] else names
    if len(primary) > 1:
        yield Finding(place, f"is {', '.join(names)}", "give one network, or multus and then one network")
    elif names and not primary:
        yield Finding(place, "is multus alone", f"add the network it wraps: one of {', '.join(PRIMARY_CNIS)}")
    elif primary and primary[0] not in PRIMARY_CNIS:
        near = difflib.get_close_matches(primary[0], PRIMARY_CNIS, 1)
        yield Finding(place, f"is {primary[0]!r}", f"did you mean {near[0]}?" if near else "use canal")


def immutable_faults(node: Node, current: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[Finding]:
    """What a member's configuration would change although a cluster keeps it for life. current: the node's own file."""
    for key in IMMUTABLE_KEYS:
        if key in current and key in wanted and _as_list(current[key]) != _as_list(wanted[key]):
            found = f"the cluster was created with {current[key]!r}, the inventory says {wanted[key]!r}"
            way_out = "put the old value back or build a new cluster"
            yield Finding(f"hosts.{node.name} (config.yaml).{key}", found, way_out)
