# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A State as the ifcfg files that wicked reads (SUSE). Render-only: nothing here can run wicked.

Source: ifcfg(5), ifcfg-bonding(5), ifcfg-bridge(5), ifcfg-vlan(5), ifroute(5).
This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import options
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import Interface, State
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.render_networkd import HEAD

FOLDER = "/etc/sysconfig/network"


def render(state: State) -> dict[str, str]:
    """State -> {path: content}."""
    files = {f"{FOLDER}/ifcfg-{item.name}": shell(_pairs(item, state)) for item in state.interfaces}
    for item in state.interfaces:
        lines = [
            f"{route.to} {route.via or '-'} - {route.dev}" + (f" metric {route.metric}" if route.metric else "")
            for route in state.routes
            if route.dev == item.name
        ]
        if lines:
            files[f"{FOLDER}/ifroute-{item.name}"] = HEAD + "\n".join(lines) + "\n"
    return files


def shell(pairs: Iterator[tuple[str, object]]) -> str:
    """`KEY='value'` lines."""
    return HEAD + "".join(f"{key}='{value}'\n" for key, value in pairs)


def bond_words(item: Interface) -> str:
    """Bond options as the module's words."""
    return " ".join(f"{name}={options.to_ip(options.BOND[name], value)}" for name, value in item.bond.items())


def _pairs(item: Interface, state: State) -> Iterator[tuple[str, object]]:
    four, six = (bool(ip and ip.method == "dhcp") for ip in (item.ipv4, item.ipv6))
    yield "STARTMODE", "auto" if item.up else "off"
    yield "BOOTPROTO", {(True, True): "dhcp", (True, False): "dhcp4", (False, True): "dhcp6"}.get((four, six), "static")
    if item.match and item.match.mac:
        yield "LLADDR", item.match.mac
    if item.mtu:
        yield "MTU", item.mtu
    for number, address in enumerate(item.addresses):
        yield f"IPADDR_{number}", address
    if item.type == "bond":
        yield "BONDING_MASTER", "yes"
        yield "BONDING_MODULE_OPTS", bond_words(item)
        yield from ((f"BONDING_SLAVE_{number}", port.name) for number, port in enumerate(item.ports))
    if item.type == "bridge":
        yield "BRIDGE", "yes"
        yield "BRIDGE_STP", "on" if item.bridge.get("stp") else "off"
        yield "BRIDGE_PORTS", " ".join(port.name for port in item.ports)
        if item.vlan_aware:
            yield "BRIDGE_VLANAWARE", "yes"
    if item.type == "vlan":
        yield "ETHERDEVICE", item.parent
        yield "VLAN_ID", item.id
