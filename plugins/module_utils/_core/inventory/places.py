# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses against networks: pods, services, nodes.

This module util is private to the collection.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import Finding
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.model import (
    Inventory,
    address_of,
    entries,
    network_of,
    part,
)

CLUSTER_NETWORKS = {"cluster_cidr": "10.42.0.0/16", "service_cidr": "10.43.0.0/16"}


def misplaced(inventory: Inventory) -> Iterator[Finding]:
    """Findings about addresses in or out of networks."""
    yield from cluster_networks(inventory)
    yield from cluster_dns(inventory.cluster())
    for host, node in inventory.nodes():
        yield from node_address(host, node)
        yield from gateways(host, node)


def cidrs(inventory: Inventory) -> dict[str, Any]:
    """Networks of pods and services that can be read; dual stack is a list with commas."""
    cluster = inventory.cluster()
    stated = {key: str(cluster.get(key) or default) for key, default in CLUSTER_NETWORKS.items()}
    named = {key: network_of(text.split(",", maxsplit=1)[0]) for key, text in stated.items()}
    return {key: network for key, network in named.items() if network is not None}


def cluster_networks(inventory: Inventory) -> Iterator[Finding]:
    """Networks of pods, services and nodes do not overlap."""
    networks = cidrs(inventory)
    for (one, first), (other, second) in combinations(networks.items(), 2):
        if first.version == second.version and first.overlaps(second):
            yield Finding(
                f"hci_cluster.{other}", f"{second} overlaps {one} {first}", "choose networks that do not overlap"
            )
    for host, node in inventory.nodes():
        address = address_of(node.get("address"))
        for key, network in networks.items():
            if address is not None and address in network:
                way_out = f"choose another {key}: pods and services would hide the node"
                yield Finding(f"{host}.hci_node.address", f"{address} lies in hci_cluster.{key} {network}", way_out)


def nics_of(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [nic for index, nic in entries(node, "nics")]


def nic_networks(node: dict[str, Any]) -> list[Any]:
    """Networks of a node's static addresses."""
    listed = [part(nic, family).get("addresses") or [] for nic in nics_of(node) for family in ("ipv4", "ipv6")]
    return [network for texts in listed for text in texts if (network := network_of(text)) is not None]


def cluster_dns(cluster: dict[str, Any]) -> Iterator[Finding]:
    """The DNS service's address is one of the services', and not the first, which the API itself has."""
    address, network = address_of(cluster.get("cluster_dns")), network_of(cluster.get("service_cidr", "10.43.0.0/16"))
    if address is None or network is None:
        return
    if address not in network:
        yield Finding(
            "hci_cluster.cluster_dns", f"{address} lies outside of service_cidr {network}", "choose one inside"
        )
    elif address == network.network_address + 1:
        yield Finding("hci_cluster.cluster_dns", f"{address} is the API's own service address", "choose another one")


def node_address(host: str, node: dict[str, Any]) -> Iterator[Finding]:
    """The management address is one of the node's own, when its static addresses are stated."""
    address = address_of(node.get("address"))
    stated = [
        ipaddress.ip_interface(text).ip
        for nic in nics_of(node)
        for family in ("ipv4", "ipv6")
        for text in part(nic, family).get("addresses") or []
        if network_of(text) is not None
    ]
    dynamic = any(part(nic, "ipv4").get("method") == "dhcp" for nic in nics_of(node))
    networks = nic_networks(node)
    if address is None or not networks or dynamic or address in stated:
        return
    way_out = "give the address to an interface in nics, or correct it"
    yield Finding(f"{host}.hci_node.address", f"{address} is not an address of the node's interfaces", way_out)


def gateways(host: str, node: dict[str, Any]) -> Iterator[Finding]:
    """A gateway lies in a network of the node."""
    networks = nic_networks(node)
    for index, route in entries(node, "routes"):
        via = address_of(route.get("via"))
        same = [network for network in networks if via is not None and network.version == via.version]
        if same and not any(via in network for network in same):
            place = f"{host}.hci_node.routes[{index}].via"
            yield Finding(place, f"{via} lies in none of the node's networks", "use a gateway on a network of the node")
