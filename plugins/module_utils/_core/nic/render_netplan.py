# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A State as one netplan file, with systemd-networkd drop-ins for what netplan has no key for.

netplan cannot say a VLAN-aware bridge; its generated files take drop-ins, which survive `netplan apply`.
Source: netplan's YAML reference. This module util is private to the collection.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import options
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import render_networkd as networkd
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import Interface, Route, Rule, State

FILE = "/etc/netplan/05-ironacre.yaml"
DROP_IN = "50-ironacre.conf"
GROUPS = {"ethernet": "ethernets", "bond": "bonds", "bridge": "bridges", "vlan": "vlans"}


def render(state: State) -> dict[str, str]:
    """State -> {path: content}."""
    return {FILE: networkd.HEAD + _yaml(document(state), 0), **_drop_ins(state), **_cards(state)}


def _cards(state: State) -> dict[str, str]:
    """Settings of the cards themselves: netplan has keys for a few of them only."""
    own = {item.stem for item in state.interfaces if item.ethtool or item.sriov}
    files = networkd.render(state)
    paths = {f"{networkd.FOLDER}/{networkd.PREFIX}{stem}.link" for stem in own}
    return {path: text for path, text in files.items() if path in paths}


def cannot(state: State) -> list[tuple[str, str]]:
    """What neither netplan nor the networkd under it has a key for: (place, what)."""
    return networkd.cannot(state)


def document(state: State) -> dict[str, object]:
    """The netplan document as data."""
    groups: dict[str, dict[str, object]] = {}
    for item in state.interfaces:
        groups.setdefault(GROUPS[item.type], {})[item.stem] = dict(_definition(item, state))
    return {"network": {"version": 2, "renderer": "networkd", **groups}}


def _definition(item: Interface, state: State) -> Iterator[tuple[str, object]]:
    if item.match and item.match.mac:
        yield "match", {"macaddress": item.match.mac}
        if item.rename:
            yield "set-name", item.stem
    if item.ports:
        yield "interfaces", [_stem(port.name, state) for port in item.ports]
    if item.type == "vlan":
        yield "id", item.id
        yield "link", _stem(str(item.parent), state)
    plain: Mapping[str, object] = {"mtu": item.mtu, "macaddress": item.mac}
    yield from ((key, value) for key, value in plain.items() if value)
    parameters = dict(_parameters(item))
    if parameters:
        yield "parameters", parameters
    yield from _addresses(item, state)


def _stem(name: str, state: State) -> str:
    item = state.by_name.get(name)
    return item.stem if item else name


def _parameters(item: Interface) -> Iterator[tuple[str, object]]:
    table = options.BOND if item.type == "bond" else options.BRIDGE
    values = item.bond if item.type == "bond" else {"stp": False, **item.bridge} if item.type == "bridge" else {}
    for name, value in values.items():
        if table[name].netplan:
            yield table[name].netplan, list(value) if isinstance(value, tuple) else value


def _addresses(item: Interface, state: State) -> Iterator[tuple[str, object]]:
    methods = [ip.method if ip else "none" for ip in (item.ipv4, item.ipv6)]
    yield from ((key, True) for key, method in (("dhcp4", methods[0]), ("dhcp6", methods[1])) if method == "dhcp")
    yield "accept-ra", methods[1] in ("slaac", "dhcp")
    wants_local = methods[1] != "none" or any(":" in address for address in item.addresses)
    yield "link-local", ["ipv6"] if wants_local else []
    if item.addresses:
        yield "addresses", list(item.addresses)
    routes = [_route(route) for route in state.routes if route.dev == item.name]
    if routes:
        yield "routes", routes
    if item.name == networkd.rule_device(state) and state.rules:
        yield "routing-policy", [_rule(rule) for rule in state.rules]
    if item.name == state.dns_device and state.dns.servers:
        yield "nameservers", {"addresses": list(state.dns.servers), "search": list(state.dns.search)}
    if not networkd.uses_ip(item):
        yield "optional", True


def _route(route: Route) -> dict[str, object]:
    to = {4: "0.0.0.0/0", 6: "::/0"}[route.family] if route.to == "default" else route.to
    keys = {"to": to, "via": route.via, "metric": route.metric}
    extra = {"table": route.table} if route.table != 254 else {}
    return {key: value for key, value in {**keys, **extra}.items() if value is not None}


def _rule(rule: Rule) -> dict[str, object]:
    keys = {"from": rule.source, "to": rule.to, "table": rule.table, "priority": rule.priority}
    return {key: value for key, value in keys.items() if value is not None}


def _drop_ins(state: State) -> dict[str, str]:
    """The sections of networkd's own files that netplan does not make."""
    whole = networkd.sections(state)
    found = {}
    for (stem, kind), parts in whole.items():
        kept = [(name, [pair for pair in pairs if _is_missing(kind, name, pair[0])]) for name, pairs in parts]
        text = networkd.text(kept)
        if any(pairs for _name, pairs in kept):
            found[f"{networkd.FOLDER}/10-netplan-{stem}.{kind}.d/{DROP_IN}"] = text
    return found


def _is_missing(kind: str, section: str, key: str) -> bool:
    if kind == "network":
        return section == "BridgeVLAN" or key in ("ConfigureWithoutCarrier", "KeepConfiguration", "ActivationPolicy")
    said = {option.networkd for table in (options.BOND, options.BRIDGE) for option in table.values() if option.netplan}
    return (section in ("Bond", "Bridge") and key not in said) or (section == "VLAN" and key == "Protocol")


def _yaml(value: object, depth: int) -> str:
    """Dictionaries in block form, everything else in flow form, which is JSON."""
    if not isinstance(value, dict) or not value:
        return json.dumps(value)
    lines = []
    for key, item in value.items():
        deeper = isinstance(item, dict) and item
        text = ("\n" if deeper else " ") + _yaml(item, depth + 1)
        lines.append(f"{'  ' * depth}{json.dumps(key) if not str(key)[0].isalpha() else key}:{text.rstrip()}")
    return "\n".join(lines) + "\n"
