# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may stand only once in a rack: addresses, MACs, BMCs, serial numbers, names of imported VMs.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import Finding
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.model import (
    Inventory,
    address_of,
    entries,
    part,
)


@dataclass(frozen=True)
class Claim:
    """A value that a place claims for itself. subject: what it is, for the message."""

    subject: str
    value: str
    place: str


def twice(claims: Iterator[Claim]) -> Iterator[Finding]:
    """One finding for each place that claims what an earlier one has."""
    first: dict[tuple[str, str], str] = {}
    for claim in claims:
        owner = first.setdefault((claim.subject, claim.value), claim.place)
        if owner != claim.place:
            yield Finding(
                claim.place,
                f"{claim.subject} {claim.value} is also that of {owner}",
                f"give each its own {claim.subject}",
            )


def of_nodes(inventory: Inventory) -> Iterator[Claim]:
    """What the nodes of the rack claim."""
    for host, node in inventory.nodes():
        for subject, keys, plain in PLAIN:
            value = part(node, *keys[:-1]).get(keys[-1])
            if isinstance(value, str) and value:
                yield Claim(subject, plain(value), f"{host}.hci_node.{'.'.join(keys)}")
        yield from of_bmc(host, part(node, "bmc"))
        yield from of_nics(host, node)


def normal_address(value: str) -> str:
    """The short form of an address, so that two spellings of an IPv6 address are one."""
    return str(address_of(value) or value)


def normal_mac(value: str) -> str:
    return value.lower().replace("-", ":")


PLAIN: tuple[tuple[str, tuple[str, ...], Callable[[str], str]], ...] = (
    ("address", ("address",), normal_address),
    ("MAC address", ("boot", "mac"), normal_mac),
    ("serial number", ("identity", "serial"), str),
    ("UUID", ("identity", "uuid"), str.lower),
    ("disk serial number", ("root_device", "serial"), str),
    ("WWN", ("root_device", "wwn"), str.lower),
)


def of_bmc(host: str, bmc: dict[str, Any]) -> Iterator[Claim]:
    """Address, port and system of a BMC: several nodes of a chassis may share a BMC, each with its own system."""
    if isinstance(bmc.get("address"), str):
        parts = [normal_address(bmc["address"]), *(str(bmc[key]) for key in ("port", "system_id") if bmc.get(key))]
        yield Claim("BMC", " ".join(parts), f"{host}.hci_node.bmc.address")


def of_nics(host: str, node: dict[str, Any]) -> Iterator[Claim]:
    """Addresses and MACs of a node's interfaces. The management address and the boot MAC stand here a second time."""
    own = {normal_address(str(node.get("address"))), normal_mac(str(part(node, "boot").get("mac")))}
    for index, nic in entries(node, "nics"):
        place = f"{host}.hci_node.nics[{index}]"
        for mac in filter(None, (nic.get("mac"), part(nic, "match").get("mac"))):
            yield Claim(
                "MAC address",
                normal_mac(str(mac)),
                f"{host}.hci_node.boot.mac" if normal_mac(str(mac)) in own else place,
            )
        for family in ("ipv4", "ipv6"):
            for address in part(nic, family).get("addresses") or []:
                plain = normal_address(str(address).split("/", maxsplit=1)[0])
                yield Claim(
                    "address", plain, f"{host}.hci_node.address" if plain in own else f"{place}.{family}.addresses"
                )


def of_imports(inventory: Inventory) -> Iterator[Claim]:
    """Names of the VMs to import, by namespace."""
    for index, entry in entries(inventory.shared, "hci_imports"):
        namespace = part(entry, "target").get("namespace", "")
        yield Claim("VM", f"{namespace}/{entry.get('name')}", f"hci_imports[{index}].name")


def duplicates(inventory: Inventory) -> Iterator[Finding]:
    """Everything that stands twice and may not."""
    yield from twice(of_nodes(inventory))
    yield from twice(of_imports(inventory))
