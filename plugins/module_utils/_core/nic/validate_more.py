# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""More rules: VLANs on bridges, MTU, addresses and routes. See validate.py for the form.

This module util is private to the collection.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from itertools import combinations

from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import State
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.validate import (
    HARDWARE_VLANS,
    Told,
    place_of,
    rule,
)


@rule("bond-lacp-alone", "warning")
def bond_lacp_alone(state: State) -> Told:
    """LACP with one port."""
    for item in state.interfaces:
        count = sum(state.by_name[port.name].expect if port.name in state.by_name else 1 for port in item.ports)
        if item.bond.get("mode") == "802.3ad" and count < 2:
            yield f"{place_of(item)}.ports", "LACP over one port", "add the second, or accept that nothing is redundant"


@rule("bond-unmonitored", "warning")
def bond_unmonitored(state: State) -> Told:
    """Without a link monitor a dead port keeps getting traffic."""
    for item in state.interfaces:
        if item.type == "bond" and not (item.bond.get("miimon") or item.bond.get("arp_interval")):
            yield f"{place_of(item)}.bond", "has no link monitor", "state miimon: 100"


@rule("bridge-filtering")
def bridge_filtering(state: State) -> Told:
    """VLANs listed on a bridge that does not filter."""
    for item in state.interfaces:
        listed = item.self_vlans or any(port.vlans or port.pvid for port in item.ports)
        if item.type == "bridge" and listed and not item.vlan_aware:
            yield (
                f"{place_of(item)}.bridge.vlan_filtering",
                "is off and VLANs are listed",
                "set it to true or remove the VLANs",
            )


@rule("bridge-vlan-device")
def bridge_vlan_device(state: State) -> Told:
    """A VLAN device on a filtering bridge hears nothing unless the bridge itself is a member."""
    for item in state.interfaces:
        parent = state.by_name.get(item.parent or "")
        if item.type == "vlan" and parent and parent.vlan_aware and item.id not in (parent.self_vlans or ()):
            yield f"{place_of(parent)}.bridge.self_vlans", f"lacks VLAN {item.id} of {item.stem}", f"add {item.id}"


@rule("bridge-uplink-vlan", "warning")
def bridge_uplink_vlan(state: State) -> Told:
    """A VLAN of the bridge itself that no uplink carries."""
    for item in state.interfaces:
        carried = {vid for port in item.ports for vid in [*(port.vlans or ()), port.pvid]}
        for vid in sorted((item.self_vlans or frozenset()) - carried if item.ports else ()):
            yield f"{place_of(item)}.ports", f"no port carries VLAN {vid} of self_vlans", "add it to a port"


@rule("bridge-many-vlans", "warning")
def bridge_many_vlans(state: State) -> Told:
    """Many NICs filter 512 VLANs in hardware and flood the rest."""
    for item in state.interfaces:
        for port in item.ports:
            if len(port.vlans or ()) > HARDWARE_VLANS:
                yield (
                    f"{place_of(item)}.ports",
                    f"{len(port.vlans or ())} VLANs on {port.name}",
                    "list only the wanted ones",
                )


@rule("mtu-chain")
def mtu_chain(state: State) -> Told:
    """Nothing carries more than what is below it."""
    for item in state.interfaces:
        for name in (*(port.name for port in item.ports), item.parent):
            below = state.by_name.get(name or "")
            if item.mtu and below and item.mtu > (below.mtu or 1500):
                yield (
                    f"{place_of(item)}.mtu",
                    f"{item.mtu} over the {below.mtu or 1500} of {below.stem}",
                    f"set mtu on {below.stem}",
                )


@rule("mtu-ipv6")
def mtu_ipv6(state: State) -> Told:
    """IPv6 needs 1280."""
    for item in state.interfaces:
        if item.mtu and item.mtu < 1280 and any(":" in address for address in item.addresses):
            yield f"{place_of(item)}.mtu", f"{item.mtu} with IPv6 addresses", "set at least 1280"


@rule("address-family")
def address_family(state: State) -> Told:
    """An address under the key of the other family, or static without any."""
    for item in state.interfaces:
        for key, ip, version in (("ipv4", item.ipv4, 4), ("ipv6", item.ipv6, 6)):
            if ip and ip.method == "static" and not ip.addresses:
                yield f"{place_of(item)}.{key}", "is static without addresses", "state addresses"
            for address in ip.addresses if ip else ():
                if ipaddress.ip_interface(address).version != version:
                    yield f"{place_of(item)}.{key}.addresses", f"{address} is of the other family", "move it"


@rule("subnet-overlap")
def subnet_overlap(state: State) -> Told:
    """Overlapping subnets on two links: the kernel answers on the wrong one."""
    nets = [(ipaddress.ip_interface(one).network, item.stem) for item in state.interfaces for one in item.addresses]
    for (one, name), (other, second) in combinations(
        [net for net in nets if net[0].prefixlen < net[0].max_prefixlen], 2
    ):
        if name != second and one.version == other.version and one.overlaps(other):
            yield f"interfaces ({name}, {second})", f"{one} overlaps {other}", "use disjoint subnets"


@rule("route-device")
def route_device(state: State) -> Told:
    """A route over a link that is not declared, or over none."""
    for index, route in enumerate(state.routes):
        if not route.dev:
            yield f"routes[{index}].dev", f"no declared subnet holds {route.via}", "state dev"
        elif route.dev not in state.by_name:
            yield f"routes[{index}].dev", f"{route.dev!r} is not declared", "add it to interfaces"


@rule("route-gateway")
def route_gateway(state: State) -> Told:
    """A gateway outside of the link's subnets."""
    for index, route in enumerate(state.routes):
        item = state.by_name.get(route.dev)
        nets = [ipaddress.ip_interface(one).network for one in (item.addresses if item else ())]
        dynamic = bool(item and {ip.method for ip in (item.ipv4, item.ipv6) if ip} & {"dhcp", "slaac"})
        inside = not route.via or any(ipaddress.ip_address(route.via) in net for net in nets)
        local = bool(route.via and ipaddress.ip_address(route.via).is_link_local)
        if item and not (inside or dynamic or local or route.onlink):
            yield f"routes[{index}].via", f"{route.via} is not on {route.dev}", "correct it, or state onlink: true"


@rule("route-default")
def route_default(state: State) -> Told:
    """Two default routes of one table and metric."""
    defaults = [(route.family, route.table, route.metric) for route in state.routes if route.to == "default"]
    for (family, table, metric), count in Counter(defaults).items():
        if count > 1:
            yield (
                "routes",
                f"{count} IPv{family} default routes in table {table} with metric {metric}",
                "give them metrics",
            )


@rule("probe-device")
def probe_device(state: State) -> Told:
    """A probe of a link that is not declared."""
    for index, probe in enumerate(state.probes):
        names = [*(probe.targets if probe.kind in ("carrier", "lacp") else ()), *([probe.dev] if probe.dev else [])]
        for name in names:
            if name not in state.by_name:
                yield f"probes[{index}]", f"{name!r} is not declared", "name a declared interface"
