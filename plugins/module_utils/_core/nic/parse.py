# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the operator's lists and dictionaries to a State; all contradictions of shape at once.

This module util is private to the collection.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import refuse
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import options, vids
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import (
    Dns,
    Interface,
    Ip,
    Match,
    Port,
    Probe,
    Route,
    Rule,
    Sriov,
    State,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.shape import PROBES, TABLES, check


def parse(raw: Mapping[str, Any]) -> State:
    """Return the State, or raise InputErrors with all findings."""
    refuse(check(raw))
    interfaces = tuple(_interface(item) for item in raw.get("interfaces") or ())
    dns = raw.get("dns") or {}
    return State(
        interfaces=interfaces,
        routes=tuple(_route(item, interfaces) for item in raw.get("routes") or ()),
        rules=tuple(_rule(item) for item in raw.get("rules") or ()),
        dns=Dns(tuple(dns.get("servers") or ()), tuple(dns.get("search") or ()), dns.get("dev")),
        probes=tuple(_probe(item) for item in raw.get("probes") or ()),
    )


def _interface(raw: Mapping[str, Any]) -> Interface:
    bridge = dict(raw.get("bridge") or {})
    self_vlans = bridge.pop("self_vlans", None)
    return Interface(
        name=raw["name"],
        type=raw["type"],
        match=_match(raw.get("match")),
        expect=int(raw.get("expect") or 1),
        rename=bool(raw.get("rename")),
        up=raw.get("state", "up") != "down",
        mtu=_number(raw.get("mtu")),
        mac=_lower(raw.get("mac")),
        ports=tuple(_port(item) for item in raw.get("ports") or ()),
        bond=_values(raw.get("bond"), options.BOND),
        bridge=_values(bridge, options.BRIDGE),
        self_vlans=None if self_vlans is None else vids.expand(self_vlans),
        parent=raw.get("parent"),
        id=_number(raw.get("id")),
        protocol=raw.get("protocol") or "802.1q",
        ipv4=_ip(raw.get("ipv4")),
        ipv6=_ip(raw.get("ipv6")),
        ethtool=dict(raw.get("ethtool") or {}),
        sriov=_sriov(raw.get("sriov")),
    )


def _values(raw: Mapping[str, Any] | None, table: Mapping[str, options.Option]) -> dict[str, object]:
    """Options with the types of the table; null means: not stated."""
    stated = {name: value for name, value in (raw or {}).items() if value is not None}
    return {name: _typed(table[name], value) for name, value in stated.items()}


def _typed(option: options.Option, value: Any) -> object:
    if option.kind == "int":
        return int(value)
    if option.kind == "list":
        return tuple(str(item) for item in value)
    return value.lower() if option.name == "ad_actor_system" else value


def _match(raw: Mapping[str, Any] | None) -> Match | None:
    if not raw:
        return None
    lldp = raw.get("lldp") or {}
    return Match(
        _lower(raw.get("mac")),
        _lower(raw.get("pci")),
        raw.get("path"),
        raw.get("driver"),
        _lower(raw.get("device")),
        _number(raw.get("min_speed")),
        _number(raw.get("port")),
        lldp.get("system"),
        lldp.get("port"),
    )


def _port(raw: object) -> Port:
    if not isinstance(raw, Mapping):
        return Port(str(raw))
    vlans = raw.get("vlans")
    return Port(raw["name"], None if vlans is None else vids.expand(vlans), _number(raw.get("pvid")))


def _ip(raw: Mapping[str, Any] | None) -> Ip | None:
    if raw is None:
        return None
    addresses = tuple(str(ipaddress.ip_interface(item)) for item in raw.get("addresses") or ())
    return Ip(raw.get("method") or ("static" if addresses else "none"), addresses, _number(raw.get("metric")))


def _sriov(raw: Mapping[str, Any] | None) -> Sriov | None:
    if not raw:
        return None
    per = {int(index): dict(item) for index, item in (raw.get("per_vf") or {}).items()}
    return Sriov(int(raw["vfs"]), dict(raw.get("vf_defaults") or {}), per)


def _route(raw: Mapping[str, Any], interfaces: Sequence[Interface]) -> Route:
    via = raw.get("via")
    family = ipaddress.ip_address(via).version if via else (6 if ":" in str(raw["to"]) else 4)
    to = "default" if raw["to"] in ("default", "0.0.0.0/0", "::/0") else str(ipaddress.ip_network(raw["to"]))
    dev = raw.get("dev") or carrier_of(via, interfaces) or ""
    return Route(
        to,
        dev,
        via and str(ipaddress.ip_address(via)),
        _number(raw.get("metric")),
        _table(raw.get("table", 254)),
        family,
        bool(raw.get("onlink")),
    )


def carrier_of(via: str | None, interfaces: Sequence[Interface]) -> str | None:
    """The interface whose subnet holds the gateway; None when none or several do."""
    if not via:
        return None
    gateway = ipaddress.ip_address(via)
    names = {
        item.name
        for item in interfaces
        for address in item.addresses
        if gateway in ipaddress.ip_interface(address).network
    }
    return names.pop() if len(names) == 1 else None


def _rule(raw: Mapping[str, Any]) -> Rule:
    family = 6 if ":" in f"{raw.get('from')}{raw.get('to')}" else 4
    source, to = (None if raw.get(key) in (None, "default") else str(raw[key]) for key in ("from", "to"))
    return Rule(_table(raw["table"]), int(raw["priority"]), source, to, raw.get("iif"), raw.get("fwmark"), family)


def _probe(raw: Mapping[str, Any]) -> Probe:
    kind = next(name for name in PROBES if name in raw)
    targets = raw[kind]
    return Probe(
        kind,
        (targets,) if isinstance(targets, str) else tuple(str(item) for item in targets),
        _number(raw.get("size")),
        raw.get("dev"),
        _number(raw.get("min_ports")),
        raw.get("from") or "node",
    )


def _table(value: object) -> int:
    return TABLES.get(str(value)) or int(str(value))


def _number(value: object) -> int | None:
    return None if value is None else int(str(value))


def _lower(value: str | None) -> str | None:
    return value.lower() if value else None
