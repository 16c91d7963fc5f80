# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A State as NetworkManager keyfiles (1.22 and later).

Source: nm-settings-keyfile(5). This module util is private to the collection.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import hardware, options, vids
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import Interface, Ip, State
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.render_networkd import (
    HEAD,
    Pairs,
    Section,
    rule_device,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.target import metric_of

FOLDER = "/etc/NetworkManager/system-connections"
PREFIX = "ironacre-"
SPACE = uuid.UUID("6f1f4c5e-5c0b-5d1f-9a57-1a0c6d1e7a11")


def render(state: State) -> dict[str, str]:
    """State -> {path: content}: one profile an interface, named `ironacre-<interface>`."""
    return {
        f"{FOLDER}/{PREFIX}{item.stem}.nmconnection": _text(list(_sections(item, state))) for item in state.interfaces
    }


def profile_of(path: str) -> str:
    """The interface whose profile the file holds."""
    return path.rpartition("/")[2].removeprefix(PREFIX).removesuffix(".nmconnection")


def cannot(state: State) -> list[tuple[str, str]]:
    """What NetworkManager has no key for: (place, what)."""
    return [
        (f"interfaces.{item.name}.bond.{name}", f"NetworkManager knows no bond option {name}")
        for item in state.interfaces
        for name in item.bond
        if not options.BOND[name].nm
    ]


def _text(sections: list[Section]) -> str:
    parts = ["\n".join([f"[{name}]", *(f"{key}={value}" for key, value in pairs)]) for name, pairs in sections if pairs]
    return HEAD + "\n\n".join(parts) + "\n"


def _sections(item: Interface, state: State) -> Iterator[Section]:
    yield "connection", _connection(item, state)
    yield "ethernet", _ethernet(item)
    if item.type == "bond":
        yield "bond", [(name, _bond_value(name, value)) for name, value in item.bond.items()]
    if item.type == "bridge":
        yield "bridge", list(_bridge(item))
    if item.type == "vlan":
        protocol = [("protocol", "802.1ad")] if item.protocol == "802.1ad" else []
        yield "vlan", [("flags", "1"), ("id", str(item.id)), ("parent", str(item.parent)), *protocol]
    yield "bridge-port", list(_port(item, state))
    yield from hardware.nm_sections(item)
    owner = state.controller_of.get(item.name)
    if not owner:
        yield "ipv4", _ip(item, state, 4)
        yield "ipv6", _ip(item, state, 6)


def _connection(item: Interface, state: State) -> Pairs:
    owner = state.controller_of.get(item.name)
    pairs = [
        ("id", PREFIX + item.stem),
        ("uuid", str(uuid.uuid5(SPACE, item.stem))),
        ("type", item.type),
        ("autoconnect", "true" if item.up else "false"),
    ]
    if not (item.match and item.match.mac):
        pairs.append(("interface-name", item.name))
    if item.ports:
        pairs.append(("autoconnect-slaves", "1"))
    return pairs + ([("master", owner.name), ("slave-type", owner.type)] if owner else [])


def _ethernet(item: Interface) -> Pairs:
    pairs = [("mac-address", item.match.mac.upper())] if item.match and item.match.mac else []
    pairs += [("cloned-mac-address", item.mac.upper())] if item.mac else []
    return pairs + ([("mtu", str(item.mtu))] if item.mtu else [])


def _bond_value(name: str, value: object) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _bridge(item: Interface) -> Iterator[tuple[str, str]]:
    # NetworkManager's own defaults differ from the kernel's: state STP always.
    for name, value in {"stp": False, **item.bridge}.items():
        written = ("true" if value else "false") if isinstance(value, bool) else str(value)
        yield options.NM_BRIDGE.get(name, name), written
    if item.vlan_aware and item.self_vlans:
        yield "vlans", ",".join(vids.compact(item.self_vlans))


def _port(item: Interface, state: State) -> Iterator[tuple[str, str]]:
    owner, port = state.controller_of.get(item.name), state.ports.get(item.name)
    if owner and port and owner.type == "bridge" and (port.vlans or port.pvid):
        own = [f"{port.pvid} pvid untagged"] if port.pvid else []
        yield "vlans", ",".join([*own, *vids.compact((port.vlans or frozenset()) - {port.pvid})])


def _ip(item: Interface, state: State, family: int) -> Pairs:
    ip = item.ipv4 if family == 4 else item.ipv6
    pairs = [("method", _method(ip, family))]
    pairs += [(f"address{number}", address) for number, address in enumerate(ip.addresses if ip else (), 1)]
    if family == 6 and pairs[0][1] in ("auto", "manual", "link-local", "dhcp"):
        pairs.append(("addr-gen-mode", "0"))
    if ip and ip.metric is not None:
        pairs.append(("route-metric", str(ip.metric)))
    return [*pairs, *_routes(item, state, family), *_rules(item, state, family), *_dns(item, state, family)]


def _method(ip: Ip | None, family: int) -> str:
    method = ip.method if ip else "none"
    return {"none": "disabled", "static": "manual", "dhcp": "dhcp" if family == 6 else "auto", "slaac": "auto"}.get(
        method, method
    )


def _routes(item: Interface, state: State, family: int) -> Iterator[tuple[str, str]]:
    routes = [route for route in state.routes if route.dev == item.name and route.family == family]
    for number, route in enumerate(routes, 1):
        to = {4: "0.0.0.0/0", 6: "::/0"}[family] if route.to == "default" else route.to
        # The metric is always stated: NetworkManager's default is not the kernel's.
        yield f"route{number}", ",".join([to, route.via or {4: "0.0.0.0", 6: "::"}[family], str(metric_of(route))])
        extra = ([f"table={route.table}"] if route.table != 254 else []) + (["onlink=true"] if route.onlink else [])
        if extra:
            yield f"route{number}_options", ",".join(extra)


def _rules(item: Interface, state: State, family: int) -> Iterator[tuple[str, str]]:
    rules = [rule for rule in state.rules if rule.family == family] if item.name == rule_device(state) else []
    for number, rule in enumerate(rules, 1):
        words = [f"priority {rule.priority}"]
        for name, value in (("from", rule.source), ("to", rule.to), ("iif", rule.iif), ("fwmark", rule.fwmark)):
            words += [f"{name} {value}"] if value else []
        yield f"routing-rule{number}", " ".join([*words, f"table {rule.table}"])


def _dns(item: Interface, state: State, family: int) -> Iterator[tuple[str, str]]:
    servers = [one for one in state.dns.servers if (":" in one) == (family == 6)]
    if item.name == state.dns_device and servers:
        yield "dns", ";".join(servers) + ";"
        if state.dns.search:
            yield "dns-search", ";".join(state.dns.search) + ";"
