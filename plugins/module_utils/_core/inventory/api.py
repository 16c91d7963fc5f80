# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The address of the Kubernetes API, which no machine and no pool may have.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import Finding
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.model import (
    Inventory,
    address_of,
    entries,
    part,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.places import cidrs, nic_networks

PLACE = "hci_cluster.api.address"


def api_address(inventory: Inventory) -> Iterator[Finding]:
    """The API's virtual address is nobody's own, lies in no pool and where the servers are."""
    api = part(inventory.cluster(), "api")
    address = address_of(api.get("address"))
    yield from incomplete(api, address)
    if address is not None and part(api, "vip").get("type", "none") != "none":
        yield from taken(inventory, address)
        yield from beside_servers(inventory, address)


def incomplete(api: dict[str, Any], address: Any) -> Iterator[Finding]:
    """What the API's address needs to work at all."""
    kind = part(api, "vip").get("type", "none")
    if kind == "kube_vip" and not part(api, "vip").get("interface"):
        yield Finding(
            "hci_cluster.api.vip.interface", "is missing", "name the servers' interface that carries the address"
        )
    if kind == "kube_vip" and address is None and isinstance(api.get("address"), str):
        yield Finding(PLACE, f"'{api['address']}' is no IP address", "give the address that kube-vip shall carry")
    if api.get("port", 6443) == api.get("join_port", 9345):
        yield Finding("hci_cluster.api.join_port", f"equals port {api.get('port', 6443)}", "use two ports")


def taken(inventory: Inventory, address: Any) -> Iterator[Finding]:
    """A virtual address belongs to nobody else."""
    for owner, own in own_addresses(inventory):
        if address == own:
            yield Finding(PLACE, f"{address} is also {owner}", "choose an address that no machine has")
    for owner, pool in pools(inventory):
        if address in pool:
            yield Finding(
                PLACE, f"{address} lies in the pool {owner} ({pool})", "choose an address outside of it, or shrink it"
            )
    for key, network in cidrs(inventory).items():
        if address in network:
            yield Finding(
                PLACE, f"{address} lies in hci_cluster.{key} {network}", "choose an address of the servers' network"
            )


def own_addresses(inventory: Inventory) -> Iterator[tuple[str, Any]]:
    """Addresses that machines have: nodes and their BMCs."""
    for host, node in inventory.nodes():
        for keys in (("address",), ("bmc", "address")):
            found = address_of(part(node, *keys[:-1]).get(keys[-1]))
            if found is not None:
                yield f"{host}.hci_node.{'.'.join(keys)}", found


class Range:
    """Addresses from first to last, both included."""

    def __init__(self, first: Any, last: Any) -> None:
        self.first, self.last = first, last

    def __contains__(self, address: Any) -> bool:
        return bool(self.first.version == address.version and self.first <= address <= self.last)

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"


def pools(inventory: Inventory) -> Iterator[tuple[str, Range]]:
    """Ranges from which addresses are given away: `range: {start:, end:}` or `pool: first-last` of VM networks."""
    networks = inventory.shared.get("hci_networks")
    for index, network in entries(networks, "vm_networks"):
        ranged = part(network, "range") or part(network, "ipam", "range") or part(network, "pool")
        first, last = address_of(ranged.get("start")), address_of(ranged.get("end"))
        if first is not None and last is not None:
            yield f"hci_networks.vm_networks[{index}]", Range(first, last)


def beside_servers(inventory: Inventory, address: Any) -> Iterator[Finding]:
    """A virtual address is answered by ARP: it must lie in a network of every server that states its networks."""
    for host, node in inventory.nodes():
        networks = [network for network in nic_networks(node) if network.version == address.version]
        if host in inventory.members("hci_servers") and networks and not any(address in one for one in networks):
            found = f"{address} lies in none of the networks of {host} ({', '.join(map(str, networks))})"
            yield Finding(PLACE, found, "choose an address of the servers' network")
