# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Interfaces of a node against each other: names, ports, parents, MTU.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import Finding
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.kinds import KINDS
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.model import Inventory, entries

NAME = KINDS["interface"]
MTU = KINDS["mtu"]


def contradictory_nics(inventory: Inventory) -> Iterator[Finding]:
    """Findings about the interfaces of all nodes."""
    for host, node in inventory.nodes():
        place = f"{host}.hci_node.nics"
        nics = entries(node, "nics")
        yield from names(place, nics)
        yield from ports(place, nics)
        yield from mtus(place, nics)


def names(place: str, nics: list[tuple[int, dict[str, Any]]]) -> Iterator[Finding]:
    """Each interface has a name of its own."""
    seen: dict[str, int] = {}
    for index, nic in nics:
        name = nic.get("name")
        if not NAME.holds(name):
            yield Finding(f"{place}[{index}].name", f"must be {NAME.wanted}, found {name!r}", "correct the name")
        elif seen.setdefault(str(name), index) != index:
            yield Finding(f"{place}[{index}].name", f"'{name}' is also nics[{seen[str(name)]}]", "use each name once")


def port_names(nic: dict[str, Any]) -> list[str]:
    """Names of the ports of a bond or bridge; a port is a name or a map with one."""
    listed = nic.get("ports")
    named = (
        [port.get("name") if isinstance(port, dict) else port for port in listed] if isinstance(listed, list) else []
    )
    return [name for name in named if isinstance(name, str)]


def ports(place: str, nics: list[tuple[int, dict[str, Any]]]) -> Iterator[Finding]:
    """A port belongs to one bond or bridge."""
    owners: dict[str, str] = {}
    for index, nic in nics:
        for name in port_names(nic):
            owner = owners.setdefault(name, str(nic.get("name")))
            if owner != nic.get("name"):
                yield Finding(
                    f"{place}[{index}].ports", f"'{name}' is already a port of '{owner}'", "give it to one of them"
                )


def lower(nic: dict[str, Any]) -> list[str]:
    """Interfaces that carry this one."""
    parent = [nic["parent"]] if isinstance(nic.get("parent"), str) else []
    return parent + (port_names(nic) if nic.get("type") == "bridge" else [])


def mtus(place: str, nics: list[tuple[int, dict[str, Any]]]) -> Iterator[Finding]:
    """Nothing carries packets bigger than what is below it. Ports of a bond take the bond's MTU."""
    stated = {
        nic["name"]: nic["mtu"] for _, nic in nics if isinstance(nic.get("name"), str) and MTU.holds(nic.get("mtu"))
    }
    for index, nic in nics:
        mtu = nic.get("mtu")
        if mtu is not None and not MTU.holds(mtu):
            yield Finding(f"{place}[{index}].mtu", f"must be {MTU.wanted}, found {mtu!r}", "correct the value")
            continue
        for name in lower(nic) if mtu is not None else []:
            if mtu > stated.get(name, 1500):
                found = f"{mtu} is larger than that of '{name}' ({stated.get(name, 1500)})"
                yield Finding(f"{place}[{index}].mtu", found, f"set mtu on '{name}' first, or lower this one")
