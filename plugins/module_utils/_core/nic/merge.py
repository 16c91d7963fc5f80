# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Layers of a node's network merged to one, with the origin of every leaf.

Interfaces, probes, routes and rules are lists to the operator and keyed here: interfaces by name, the others by their
content. Dictionaries merge, null removes, scalars replace, and lists replace unless they are `{add: [], remove: []}`.
This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import Finding, refuse
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import vids

Layer = tuple[str, Mapping[str, Any]]
KEYED = ("interfaces",)


def merge(layers: Sequence[Layer]) -> tuple[dict[str, Any], dict[str, str]]:
    """[(origin, {interfaces, routes, rules, dns, probes})], weakest first -> (desired, {path: origin})."""
    merged: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for origin, layer in layers:
        refuse(_shape(origin, layer))
        _into(merged, {key: _keyed(key, value) for key, value in layer.items()}, origin, "", origins)
    desired = {key: list(value.values()) if key in KEYED else value for key, value in merged.items()}
    return desired, origins


def _shape(origin: str, layer: Mapping[str, Any]) -> list[Finding]:
    entries = layer.get("interfaces") or []
    if isinstance(entries, Mapping):
        return []
    names = [item.get("name") if isinstance(item, Mapping) else None for item in entries]
    nameless = [
        Finding(f"{origin}.interfaces[{index}]", "has no name", "name it; layers are merged by name")
        for index, name in enumerate(names)
        if not name
    ]
    twice = sorted({str(name) for name in names if name and names.count(name) > 1})
    return nameless + [
        Finding(f"{origin}.interfaces.{name}", f"is declared {names.count(name)} times", "give each its own name")
        for name in twice
    ]


def _keyed(key: str, value: Any) -> Any:
    """Interfaces as a dictionary by name; `{name: null}` in a dictionary removes one."""
    if key not in KEYED or value is None:
        return value
    if isinstance(value, Mapping):
        return {name: item and {"name": name, **item} for name, item in value.items()}
    return {item["name"]: item for item in value}


def _into(base: dict[str, Any], layer: Mapping[str, Any], origin: str, path: str, origins: dict[str, str]) -> None:
    for key, value in layer.items():
        place = f"{path}.{key}".lstrip(".")
        if value is None:
            base.pop(key, None)
            for known in [one for one in origins if one == place or one.startswith(f"{place}.")]:
                del origins[known]
        elif _is_edit(value):
            base[key] = _edited(base.get(key) or [], value)
            origins[place] = f"{origins.get(place, '')} + {origin}".removeprefix(" + ")
        elif isinstance(value, Mapping):
            below = base.get(key)
            base[key] = dict(below) if isinstance(below, Mapping) else {}
            _into(base[key], value, origin, place, origins)
        else:
            base[key] = list(value) if isinstance(value, (list, tuple)) else value
            origins[place] = origin


def _is_edit(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(value) and set(value) <= {"add", "remove"}


def _edited(have: Sequence[Any], edit: Mapping[str, Any]) -> list[Any]:
    """A list with items added and removed; VLAN lists by their ids, so that a part of a range can go."""
    add, remove = list(edit.get("add") or []), list(edit.get("remove") or [])
    try:
        return list(vids.compact((vids.expand(have) | vids.expand(add)) - vids.expand(remove)))
    except ValueError:
        kept = [item for item in have if item not in remove]
        return kept + [item for item in add if item not in kept]


def with_uplinks(desired: Mapping[str, Any], networks: Mapping[str, Any], node_class: str | None) -> dict[str, Any]:
    """The declared interfaces with, on each uplink, exactly the VLANs that the VM networks of this class use."""
    wanted = vids_of_class(networks, node_class)
    interfaces = [_with_vlans(item, wanted) for item in desired.get("interfaces") or []]
    return {**desired, "interfaces": interfaces}


def _with_vlans(item: Mapping[str, Any], wanted: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    network = wanted.get(str(item.get("name")))
    if not network or item.get("type") != "bridge" or not (item.get("bridge") or {}).get("vlan_filtering"):
        return dict(item)
    own = (item.get("bridge") or {}).get("self_vlans") or []
    ports = []
    for port in item.get("ports") or []:
        entry = dict(port) if isinstance(port, Mapping) else {"name": port}
        if entry["name"] == network["uplink"]:
            all_of_them = vids.expand(entry.get("vlans") or []) | vids.expand(own) | network["vids"]
            entry["vlans"] = vids.compact(all_of_them)
        ports.append(entry)
    return {**item, "ports": ports}


def vids_of_class(networks: Mapping[str, Any], node_class: str | None) -> dict[str, dict[str, Any]]:
    """{bridge: {uplink, vids}} of the cluster networks that a node class carries."""
    found = {}
    for name, cluster in (networks.get("cluster_networks") or {}).items():
        classes = cluster.get("classes")
        if classes and node_class not in classes:
            continue
        members = [one for one in networks.get("vm_networks") or [] if one.get("cluster_network") == name]
        union = frozenset(vid for one in members for vid in vids_of(one))
        found[cluster["bridge"]] = {"uplink": cluster.get("uplink"), "vids": union}
    return found


def vids_of(network: Mapping[str, Any]) -> frozenset[int]:
    """VLANs of one VM network."""
    return vids.expand([network["vlan"]] if network.get("vlan") else network.get("vlan_trunk") or [])
