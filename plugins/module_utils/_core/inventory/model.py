# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole inventory as data, and the words for a place in it.

This module util is private to the collection.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Union

Address = Union[ipaddress.IPv4Address, ipaddress.IPv6Address]


@dataclass(frozen=True)
class Inventory:
    """groups: hci_boot, hci_servers, hci_agents -> host names. hosts: host name -> its variables that start with hci_.

    shared: the values all hosts must agree about (hci_cluster, hci_stack, hci_networks, hci_imports).
    """

    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hosts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    shared: Mapping[str, Any] = field(default_factory=dict)

    def members(self, group: str) -> tuple[str, ...]:
        return tuple(self.groups.get(group, ()))

    def node_names(self) -> tuple[str, ...]:
        """Servers and agents, each once, in the order of the inventory."""
        return tuple(dict.fromkeys((*self.members("hci_servers"), *self.members("hci_agents"))))

    def nodes(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Name and `hci_node` of each node that has a readable one."""
        for name in self.node_names():
            node = self.hosts.get(name, {}).get("hci_node")
            if isinstance(node, dict):
                yield name, node

    def cluster(self) -> dict[str, Any]:
        return part(self.shared, "hci_cluster")


def part(value: Any, *keys: str) -> dict[str, Any]:
    """The mapping below the keys; an empty one where something else is: its shape is told elsewhere."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return dict(value) if isinstance(value, Mapping) else {}


def entries(value: Any, key: str) -> list[tuple[int, dict[str, Any]]]:
    """The mappings in the list below a key, with their index."""
    listed = value.get(key) if isinstance(value, Mapping) else None
    return (
        [(index, entry) for index, entry in enumerate(listed or []) if isinstance(entry, dict)]
        if isinstance(listed, list)
        else []
    )


def address_of(value: object) -> Address | None:
    """An address, or None: that it is no address is told elsewhere."""
    try:
        return ipaddress.ip_address(value) if isinstance(value, str) else None
    except ValueError:
        return None


def network_of(value: object) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """A network, host bits allowed, or None."""
    try:
        return ipaddress.ip_network(value, strict=False) if isinstance(value, str) else None
    except ValueError:
        return None
