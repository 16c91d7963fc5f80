# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A State as the network-scripts files of older Red Hat systems. Render-only: nothing here can run them.

Source: sysconfig.txt of initscripts. This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import Interface, State
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.render_networkd import HEAD
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.render_wicked import bond_words, shell

FOLDER = "/etc/sysconfig/network-scripts"
TYPES = {"ethernet": "Ethernet", "bond": "Bond", "bridge": "Bridge", "vlan": "Vlan"}


def render(state: State) -> dict[str, str]:
    """State -> {path: content}."""
    files = {f"{FOLDER}/ifcfg-{item.name}": shell(_pairs(item, state)) for item in state.interfaces}
    for item in state.interfaces:
        for family, name in ((4, "route"), (6, "route6")):
            lines = [
                f"{route.to}{f' via {route.via}' if route.via else ''} dev {route.dev}"
                for route in state.routes
                if route.dev == item.name and route.family == family
            ]
            if lines:
                files[f"{FOLDER}/{name}-{item.name}"] = HEAD + "\n".join(lines) + "\n"
    return files


def _pairs(item: Interface, state: State) -> Iterator[tuple[str, object]]:
    yield "DEVICE", item.name
    yield "TYPE", TYPES[item.type]
    yield "ONBOOT", "yes" if item.up else "no"
    yield "BOOTPROTO", "dhcp" if item.ipv4 and item.ipv4.method == "dhcp" else "none"
    if item.match and item.match.mac:
        yield "HWADDR", item.match.mac
    if item.mtu:
        yield "MTU", item.mtu
    yield from _addresses(item)
    owner = state.controller_of.get(item.name)
    if owner and owner.type == "bond":
        yield "MASTER", owner.name
        yield "SLAVE", "yes"
    if owner and owner.type == "bridge":
        yield "BRIDGE", owner.name
    if item.type == "bond":
        yield "BONDING_OPTS", bond_words(item)
    if item.type == "bridge":
        yield "STP", "on" if item.bridge.get("stp") else "off"
    if item.type == "vlan":
        yield "VLAN", "yes"
        yield "PHYSDEV", item.parent
        yield "VLAN_ID", item.id


def _addresses(item: Interface) -> Iterator[tuple[str, object]]:
    for number, address in enumerate(item.ipv4.addresses if item.ipv4 else ()):
        plain, _slash, prefix = address.partition("/")
        yield f"IPADDR{number}", plain
        yield f"PREFIX{number}", prefix
    if item.ipv6 and item.ipv6.addresses:
        yield "IPV6INIT", "yes"
        yield "IPV6ADDR", item.ipv6.addresses[0]
        if item.ipv6.addresses[1:]:
            yield "IPV6ADDR_SECONDARIES", " ".join(item.ipv6.addresses[1:])
