# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A State as the files of systemd-networkd (244 and later; what an older one cannot say is told by `cannot`).

Sources: systemd.network(5), systemd.netdev(5), systemd.link(5). This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import hardware, options, vids
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import Interface, Port, Route, Rule, State

FOLDER = "/etc/systemd/network"
# Sorts before the files that distributions and installers drop, so that ours decide.
PREFIX = "05-ironacre-"
Pairs = list[tuple[str, str]]
Section = tuple[str, Pairs]
HEAD = "# Written by ironacre.hci.node_nic; changed through the inventory.\n"


def render(state: State) -> dict[str, str]:
    """State -> {path: content} of every file of ours. Devices still unknown are matched by MAC."""
    return {f"{FOLDER}/{PREFIX}{stem}.{kind}": text(parts) for (stem, kind), parts in sections(state).items()}


def sections(state: State) -> dict[tuple[str, str], list[Section]]:
    """{(interface, netdev | link | network): sections}."""
    files: dict[tuple[str, str], list[Section]] = {}
    for interface in state.interfaces:
        if interface.type != "ethernet":
            files[interface.stem, "netdev"] = _netdev(interface)
        if interface.match and interface.match.mac and (interface.rename or interface.ethtool or interface.sriov):
            files[interface.stem, "link"] = _link(interface)
        files[interface.stem, "network"] = _network(interface, state)
    return files


def cannot(state: State) -> list[tuple[str, str]]:
    """What networkd has no key for: (place, what)."""
    bonds = [
        (f"interfaces.{item.name}.bond.{name}", f"systemd-networkd has no key for the bond option {name}")
        for item in state.interfaces
        for name in item.bond
        if not options.BOND[name].networkd and name != "primary"
    ]
    return bonds + [told for item in state.interfaces for told in hardware.networkd_cannot(item)]


def text(sections: list[Section]) -> str:
    """Sections as the daemon reads them; empty ones are left out."""
    parts = ["\n".join([f"[{name}]", *(f"{key}={value}" for key, value in pairs)]) for name, pairs in sections if pairs]
    return HEAD + "\n\n".join(parts) + "\n"


def _matching(interface: Interface) -> list[tuple[str, str]]:
    if interface.match and interface.match.mac:
        # A VLAN on the NIC tells the NIC's address as its own permanent one.
        return [("Type", "ether"), ("PermanentMACAddress", interface.match.mac)]
    return [("Name", interface.name)]


def _link(interface: Interface) -> list[Section]:
    naming = [("Name", interface.stem)] if interface.rename else hardware.NAMING
    (_link_name, settings), *functions = hardware.link_sections(interface)
    return [("Match", _matching(interface)), ("Link", [*naming, *settings]), *functions]


def _netdev(interface: Interface) -> list[Section]:
    head = [("Name", interface.name), ("Kind", interface.type)]
    if interface.mtu:
        head.append(("MTUBytes", str(interface.mtu)))
    if interface.mac:
        head.append(("MACAddress", interface.mac))
    if interface.type == "vlan":
        pairs = [("Id", str(interface.id))] + (
            [("Protocol", interface.protocol)] if interface.protocol != "802.1q" else []
        )
        return [("NetDev", head), ("VLAN", pairs)]
    table = options.BOND if interface.type == "bond" else options.BRIDGE
    values = interface.bond if interface.type == "bond" else interface.bridge
    pairs = [
        (table[name].networkd, _value(table[name], values[name]))
        for name in table
        if name in values and table[name].networkd
    ]
    return [("NetDev", head), (interface.type.capitalize(), pairs)]


def _value(option: options.Option, value: object) -> str:
    if option.kind == "bool":
        return "yes" if value else "no"
    if option.name == "default_pvid" and value == 0:
        return "none"
    if isinstance(value, (list, tuple)):
        return " ".join(map(str, value))
    return f"{value}{'ms' if option.unit == 'ms' else ''}"


def _network(interface: Interface, state: State) -> list[Section]:
    port = state.ports.get(interface.name)
    routes = [route for route in state.routes if route.dev == interface.name]
    rules = state.rules if interface.name == rule_device(state) else ()
    return [
        ("Match", _matching(interface)),
        ("Link", list(_link_pairs(interface))),
        ("Network", list(_network_pairs(interface, state))),
        *(
            [("DHCPv4", [("ClientIdentifier", "mac"), *_metric(interface)])]
            if _dhcp(interface) in ("yes", "ipv4")
            else []
        ),
        *(("Route", list(_route_pairs(route))) for route in routes),
        *(("RoutingPolicyRule", list(_rule_pairs(rule))) for rule in rules),
        *_vlan_sections(interface, port, state),
    ]


def rule_device(state: State) -> str | None:
    """The link whose file carries the node's routing rules: the first that has an address."""
    return next((item.name for item in state.interfaces if item.addresses), None)


def _metric(interface: Interface) -> list[tuple[str, str]]:
    metric = interface.ipv4.metric if interface.ipv4 else None
    return [("RouteMetric", str(metric))] if metric is not None else []


def _link_pairs(interface: Interface) -> Iterator[tuple[str, str]]:
    if interface.mtu:
        yield "MTUBytes", str(interface.mtu)
    if interface.mac and interface.type == "ethernet":
        yield "MACAddress", interface.mac
    if not interface.up:
        yield "ActivationPolicy", "down"
    if not uses_ip(interface):
        # Nobody waits for a port or a bare bridge at boot.
        yield "RequiredForOnline", "no"


def uses_ip(interface: Interface) -> bool:
    """True when the node itself talks through this link."""
    methods = [ip.method for ip in (interface.ipv4, interface.ipv6) if ip]
    return bool(interface.addresses) or any(method != "none" for method in methods)


def _dhcp(interface: Interface) -> str:
    four, six = (bool(ip and ip.method == "dhcp") for ip in (interface.ipv4, interface.ipv6))
    return {(True, True): "yes", (True, False): "ipv4", (False, True): "ipv6"}.get((four, six), "no")


def _network_pairs(interface: Interface, state: State) -> Iterator[tuple[str, str]]:
    owner = state.controller_of.get(interface.name)
    if owner:
        yield owner.type.capitalize(), owner.name
        if owner.type == "bond" and owner.bond.get("primary") == interface.name:
            yield "PrimarySlave", "yes"
    for vlan in state.interfaces:
        if vlan.type == "vlan" and vlan.parent == interface.name:
            yield "VLAN", vlan.name
    method = interface.ipv6.method if interface.ipv6 else "none"
    wants_local = method != "none" or any(":" in address for address in interface.addresses)
    yield "LinkLocalAddressing", "ipv6" if wants_local else "no"
    yield "IPv6AcceptRA", "yes" if method in ("slaac", "dhcp") else "no"
    if _dhcp(interface) != "no":
        yield "DHCP", _dhcp(interface)
    for address in interface.addresses:
        yield "Address", address
    if interface.name == state.dns_device:
        yield from (("DNS", server) for server in state.dns.servers)
        if state.dns.search:
            yield "Domains", " ".join(state.dns.search)
    yield "ConfigureWithoutCarrier", "yes"
    # Without it a restart of networkd drops addresses others put on the link, such as the API's virtual address.
    yield "KeepConfiguration", "static"


def _route_pairs(route: Route) -> Iterator[tuple[str, str]]:
    yield "Destination", ("::/0" if route.family == 6 else "0.0.0.0/0") if route.to == "default" else route.to
    optional: Mapping[str, object] = {"Gateway": route.via, "Metric": route.metric}
    yield from ((key, str(value)) for key, value in optional.items() if value is not None)
    if route.table != 254:
        yield "Table", str(route.table)
    if route.onlink:
        yield "GatewayOnLink", "yes"


def _rule_pairs(rule: Rule) -> Iterator[tuple[str, str]]:
    pairs: Mapping[str, object] = {
        "From": rule.source,
        "To": rule.to,
        "IncomingInterface": rule.iif,
        "FirewallMark": rule.fwmark,
        "Table": rule.table,
        "Priority": rule.priority,
    }
    yield from ((key, str(value)) for key, value in pairs.items() if value is not None)
    if rule.family == 6:
        yield "Family", "ipv6"


def _vlan_sections(interface: Interface, port: Port | None, state: State) -> Iterator[Section]:
    owner = state.controller_of.get(interface.name)
    if interface.vlan_aware:
        yield from _vlans(interface.self_vlans)
    if port and owner and owner.type == "bridge":
        if port.pvid:
            yield "BridgeVLAN", [("PVID", str(port.pvid)), ("EgressUntagged", str(port.pvid))]
        yield from _vlans((port.vlans or frozenset()) - {port.pvid})


def _vlans(ids: frozenset[int] | None) -> Iterator[Section]:
    for written in vids.compact(ids or ()):
        yield "BridgeVLAN", [("VLAN", written)]
