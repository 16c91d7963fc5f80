# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Interfaces and VM networks: the rules of the part that configures them, told at the places of the inventory.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import Finding, InputErrors
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.model import Inventory, part
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import carriers, fleet, nads
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.merge import merge

# Told by uniqueness.py already, together with management addresses and boot MACs.
TOLD_ELSEWHERE = {"fleet-address", "fleet-mac"}
# Key of node_nic -> key of hci_node.
KEYS = {"interfaces": "nics", "routes": "routes", "rules": "rules", "dns": "dns", "probes": "probes"}


def contradictory_nics(inventory: Inventory) -> Iterator[Finding]:
    """Findings about the interfaces of all nodes and the networks for VMs."""
    declared: dict[str, dict[str, Any]] = {}
    for host, node in inventory.nodes():
        if readable(node):
            try:
                declared[host] = merged(node, inventory.hosts[host])
            except InputErrors as error:
                yield from (Finding(f"{host}.{one.place}", one.found, one.way_out) for one in error.findings)
    for breach in fleet.findings(declared):
        if breach.rule not in TOLD_ELSEWHERE:
            yield Finding(placed(breach.place, set(declared)), breach.found, breach.way_out)
    networks = inventory.shared.get("hci_networks")
    if isinstance(networks, dict):
        yield from (wrong := nads.check(networks))
        hosts = {
            host: (str(node.get("class") or ""), declared[host]) for host, node in inventory.nodes() if host in declared
        }
        for breach in [] if wrong else carriers.findings(networks, hosts):
            yield Finding(placed(breach.place, set(declared)), breach.found, breach.way_out)


def readable(node: dict[str, Any]) -> bool:
    """Whether there are interfaces, in a shape that is worth a closer look; the shape itself is told elsewhere."""
    nics = node.get("nics")
    return isinstance(nics, list) and bool(nics) and all(isinstance(nic, dict) for nic in nics)


def merged(node: dict[str, Any], variables: Mapping[str, Any]) -> dict[str, Any]:
    """What the module node_nic is given for the node, from its three layers. InputErrors for nameless entries."""
    class_name = str(node.get("class") or "")
    layers = {
        f"hci_nic_classes.{class_name}": part(variables, "hci_nic_classes", class_name),
        "hci_nic_group": part(variables, "hci_nic_group"),
        "hci_node": desired(node),
    }
    stated = [(origin, layer) for origin, layer in layers.items() if layer]
    return merge(stated)[0] if len(stated) > 1 else desired(node)


def desired(node: dict[str, Any]) -> dict[str, Any]:
    """The node's own layer."""
    return {key: node[ours] for key, ours in KEYS.items() if node.get(ours)}


def placed(place: str, hosts: set[str]) -> str:
    """n1.interfaces.br-vm.mtu is n1.hci_node.nics.br-vm.mtu for the one who wrote it; what concerns all hosts stays."""
    host = next((host for host in hosts if place.startswith(f"{host}.")), "")
    rest = place[len(host) + 1 :]
    if not host:
        return place
    key = next((key for key in KEYS if rest == key or rest.startswith((f"{key}.", f"{key}["))), "")
    return f"{host}.hci_node.{KEYS[key]}{rest[len(key) :]}" if key else f"{host}.hci_node.{rest}"
