# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Interfaces and VM networks: the rules of the part that configures them, told at the places of the inventory.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import Finding
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.model import Inventory
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import fleet, nads

# Told by uniqueness.py already, together with management addresses and boot MACs.
TOLD_ELSEWHERE = {"fleet-address", "fleet-mac"}
# Key of node_nic -> key of hci_node.
KEYS = {"interfaces": "nics", "routes": "routes", "rules": "rules", "dns": "dns", "probes": "probes"}


def contradictory_nics(inventory: Inventory) -> Iterator[Finding]:
    """Findings about the interfaces of all nodes and the networks for VMs."""
    declared = {host: desired(node) for host, node in inventory.nodes() if readable(node)}
    for breach in fleet.findings(declared):
        if breach.rule not in TOLD_ELSEWHERE:
            yield Finding(placed(breach.place, set(declared)), breach.found, breach.way_out)
    networks = inventory.shared.get("hci_networks")
    if isinstance(networks, dict):
        yield from nads.check(networks)


def readable(node: dict[str, Any]) -> bool:
    """Whether there are interfaces, in a shape that is worth a closer look; the shape itself is told elsewhere."""
    nics = node.get("nics")
    return isinstance(nics, list) and bool(nics) and all(isinstance(nic, dict) for nic in nics)


def desired(node: dict[str, Any]) -> dict[str, Any]:
    """What the module node_nic is given for the node."""
    return {key: node[ours] for key, ours in KEYS.items() if node.get(ours)}


def placed(place: str, hosts: set[str]) -> str:
    """n1.interfaces.br-vm.mtu is n1.hci_node.nics.br-vm.mtu for the one who wrote it; what concerns all hosts stays."""
    host = next((host for host in hosts if place.startswith(f"{host}.")), "")
    rest = place[len(host) + 1 :]
    if not host:
        return place
    key = next((key for key in KEYS if rest == key or rest.startswith((f"{key}.", f"{key}["))), "")
    return f"{host}.hci_node.{KEYS[key]}{rest[len(key) :]}" if key else f"{host}.hci_node.{rest}"
