# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the kernel says of a node's network, from the JSON of iproute2.

This module util is private to the collection.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import hardware, options
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import Route, Rule

# Routes of other origins (kernel, DHCP, router advertisements, routing daemons) are never ours.
STATIC = (None, "3", "4", "boot", "static")
# Words or, with `-N`, numbers.
GLOBAL = ("global", "0", 0)
# Kinds that are gone with the link they stand on. (The `link` of a veth is its other end.)
SHARING = ("vlan", "macvlan", "macvtap", "ipvlan", "ipvtap", "macsec")
DEFAULT_METRIC = {4: 0, 6: 1024}


@dataclass(frozen=True)
class Link:
    """One device. kind: empty for a real NIC. vlans: VID -> flags, of P (PVID) and U (leaves untagged).

    tentative: those of the addresses that the kernel still asks the link for, whether somebody else has them.
    bare: those of the IPv4 addresses that have no broadcast address, though their prefix has one.
    lower: what a VLAN, or one of the links that share a NIC (macvlan and so on), stands on.
    """

    name: str
    kind: str = ""
    mtu: int = 1500
    mac: str = ""
    permanent: str | None = None
    up: bool = False
    carrier: bool = False
    master: str | None = None
    parent: str | None = None
    options: Mapping[str, object] = field(default_factory=dict)
    vlans: Mapping[int, str] = field(default_factory=dict)
    addresses: frozenset[str] = frozenset()
    dynamic: frozenset[str] = frozenset()
    tentative: frozenset[str] = frozenset()
    bare: frozenset[str] = frozenset()
    lower: str | None = None
    max_mtu: int = 0
    port: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Kernel:
    """All devices by name, static routes and all rules."""

    links: Mapping[str, Link] = field(default_factory=dict)
    routes: frozenset[Route] = frozenset()
    rules: frozenset[Rule] = frozenset()

    def ports(self, name: str) -> list[str]:
        """Names of the devices enslaved to this one."""
        return sorted(link.name for link in self.links.values() if link.master == name)

    def above(self, names: Iterable[str]) -> set[str]:
        """These devices and all that stand on them: masters, VLANs, bridges."""
        found = set(names)
        while True:
            more = {
                name
                for link in self.links.values()
                for name in ([link.master] if link.name in found else [link.name] if link.parent in found else [])
                if name and name not in found
            }
            if not more:
                return found
            found |= more


def read(raw: Mapping[str, Any]) -> Kernel:
    """`{link, addr, route, rule4, rule6, vlan, extra}`: JSON of `ip -d -j` and `bridge -j` -> Kernel."""
    addresses = {item["ifname"]: item.get("addr_info") or [] for item in raw.get("addr") or [] if item.get("ifname")}
    vlans = {item["ifname"]: _vlans(item.get("vlans") or []) for item in raw.get("vlan") or []}
    extra = raw.get("extra") or {}
    links = [
        _link(item, addresses.get(item["ifname"], []), vlans.get(item["ifname"], {}), extra.get(item["ifname"], {}))
        for item in raw.get("link") or []
        if item.get("ifname")
    ]
    routes = [_route(item, family_of(item)) for item in raw.get("route") or [] if _is_static(item)]
    rules = [_rule(item, family) for family in (4, 6) for item in raw.get(f"rule{family}") or []]
    return Kernel({link.name: link for link in links}, frozenset(routes), frozenset(rules))


def _link(item: Mapping[str, Any], info: list[Any], vlans: Mapping[int, str], extra: Mapping[str, Any]) -> Link:
    linkinfo = item.get("linkinfo") or {}
    data, port, flags = linkinfo.get("info_data") or {}, linkinfo.get("info_slave_data") or {}, item.get("flags") or []
    kind = linkinfo.get("info_kind") or ""
    return Link(
        name=item["ifname"],
        kind=kind,
        mtu=int(item.get("mtu") or 0),
        mac=(item.get("address") or "").lower(),
        permanent=extra.get("permanent") or item.get("permaddr") or port.get("perm_hwaddr"),
        up="UP" in flags,
        carrier="LOWER_UP" in flags,
        master=item.get("master"),
        parent=item.get("link") if kind == "vlan" else None,
        options={
            **_options(kind, data),
            **hardware.of_kernel(item.get("vfinfo_list") or []),
            **(extra.get("options") or {}),
        },
        vlans=vlans,
        addresses=frozenset(_address(one) for one in info if _is_ours(one)),
        dynamic=frozenset(_address(one) for one in info if one.get("dynamic") and one.get("scope") in GLOBAL),
        lower=item.get("link") if kind in SHARING else None,
        tentative=frozenset(_address(one) for one in info if one.get("tentative") and _is_ours(one)),
        bare=frozenset(_address(one) for one in info if _is_bare(one) and _is_ours(one)),
        max_mtu=int(item.get("max_mtu") or 0),
        port={**port, "kind": linkinfo.get("info_slave_kind")},
        data=data,
    )


def _options(kind: str, data: Mapping[str, Any]) -> dict[str, object]:
    if kind == "vlan":
        return {"id": data.get("id"), "protocol": options.protocol(data.get("protocol"))}
    table = {"bond": options.BOND, "bridge": options.BRIDGE}.get(kind, {})
    return {
        option.name: options.of_kernel(option, data.get(option.json_key))
        for option in table.values()
        if option.json_key in data or option.name == "arp_ip_target"
    }


def _vlans(entries: list[Mapping[str, Any]]) -> dict[int, str]:
    found = {}
    for entry in entries:
        flags = entry.get("flags") or []
        mark = ("P" if "PVID" in flags else "") + ("U" if "Egress Untagged" in flags else "")
        for vid in range(int(entry["vlan"]), int(entry.get("vlanEnd", entry["vlan"])) + 1):
            found[vid] = mark
    return found


def family_of(route: Mapping[str, Any]) -> int:
    """4 or 6: only IPv6 routes have a preference, also where all their addresses are left out."""
    return 6 if "pref" in route or ":" in f"{route.get('dst')}{route.get('gateway')}" else 4


def _is_ours(info: Mapping[str, Any]) -> bool:
    """A static address of the outside world: not learned, not made by the kernel."""
    return not info.get("dynamic") and info.get("scope") in GLOBAL


def _is_bare(info: Mapping[str, Any]) -> bool:
    return ":" not in info["local"] and int(info["prefixlen"]) < 31 and not info.get("broadcast")


def _address(info: Mapping[str, Any]) -> str:
    return str(ipaddress.ip_interface(f"{info['local']}/{info['prefixlen']}"))


def _is_static(item: Mapping[str, Any]) -> bool:
    return item.get("type") in (None, "1", "unicast") and item.get("protocol") in STATIC and bool(item.get("dev"))


def _route(item: Mapping[str, Any], family: int) -> Route:
    to = item["dst"] if "/" in item["dst"] or item["dst"] == "default" else str(ipaddress.ip_network(item["dst"]))
    return Route(
        to=to,
        dev=item["dev"],
        via=item.get("gateway"),
        metric=int(item.get("metric") or DEFAULT_METRIC[family]),
        table=int(item.get("table") or 254),
        family=family,
        onlink="onlink" in (item.get("flags") or []),
    )


def _rule(item: Mapping[str, Any], family: int) -> Rule:
    def side(name: str) -> str | None:
        value = item.get(name)
        full = 128 if family == 6 else 32
        return None if value in (None, "all") else str(ipaddress.ip_network(f"{value}/{item.get(f'{name}len', full)}"))

    table = item.get("table") or 0
    return Rule(
        int(table), int(item["priority"]), side("src"), side("dst"), item.get("iif"), item.get("fwmark"), family
    )
