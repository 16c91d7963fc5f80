# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules a State must keep before a node is asked, each with an id. All findings at once.

A rule is a generator of (place, found, way_out). Errors refuse, warnings are told. This module util is private to the
collection.
"""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import Finding
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import options
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import Interface, State

Told = Iterator["tuple[str, str, str]"]
RULES: dict[str, tuple[str, Callable[[State], Told]]] = {}
HARDWARE_VLANS = 512


@dataclass(frozen=True, order=True)
class Breach(Finding):
    """A finding with the id of its rule."""

    rule: str = ""

    def __str__(self) -> str:
        return f"{super().__str__()} [{self.rule}]"


def rule(name: str, level: str = "error") -> Callable[[Callable[[State], Told]], Callable[[State], Told]]:
    """Register a rule under its id."""

    def register(function: Callable[[State], Told]) -> Callable[[State], Told]:
        RULES[name] = (level, function)
        return function

    return register


def validate(state: State) -> tuple[list[Breach], list[Breach]]:
    """-> (errors, warnings) of all rules."""
    told: dict[str, list[Breach]] = {"error": [], "warning": []}
    for name, (level, function) in RULES.items():
        told[level].extend(Breach(*finding, rule=name) for finding in function(state))
    return told["error"], told["warning"]


def place_of(item: Interface) -> str:
    """An interface in a finding, by the name the operator gave it."""
    return f"interfaces.{item.stem}"


@rule("name-length")
def name_length(state: State) -> Told:
    """The kernel takes 15 bytes."""
    for item in state.interfaces:
        if len(item.name.encode()) > 15 and (item.type != "ethernet" or item.rename or not item.match):
            yield f"{place_of(item)}.name", f"{len(item.name.encode())} bytes", "shorten it to 15"


@rule("name-unique")
def name_unique(state: State) -> Told:
    """Two interfaces of one name."""
    for name, count in Counter(item.name for item in state.interfaces).items():
        if count > 1:
            yield f"interfaces.{name}", f"is declared {count} times", "give each its own name"


@rule("mac-unique")
def mac_unique(state: State) -> Told:
    """Two NICs matched by one MAC, or two devices given one; what stands on a device may have its MAC."""
    holders: dict[str, list[Interface]] = {}
    for item in state.interfaces:
        for mac in dict.fromkeys((item.match.mac if item.match else None, item.mac)):
            if mac:
                holders.setdefault(mac, []).append(item)
    for mac, items in holders.items():
        clashing = [one for one in items if not any(_carries(state, one, other) for other in items)]
        if len(clashing) > 1:
            names = ", ".join(item.stem for item in clashing)
            yield f"interfaces ({names})", f"MAC {mac} stands {len(clashing)} times", "give each its own"


def _carries(state: State, lower: Interface, upper: Interface) -> bool:
    """True when the upper interface stands on the lower one, through ports and parents."""
    seen: set[str] = set()
    todo = [upper.name]
    while todo:
        current = state.by_name.get(todo.pop())
        below = [*(port.name for port in current.ports), current.parent or ""] if current else []
        todo += [name for name in below if name not in seen]
        seen.update(below)
    return lower.name in seen


@rule("address-unique")
def address_unique(state: State) -> Told:
    """One address on two links."""
    holders = [(str(ipaddress.ip_interface(one).ip), item.stem) for item in state.interfaces for one in item.addresses]
    for address, count in Counter(address for address, _name in holders).items():
        if count > 1:
            names = ", ".join(name for one, name in holders if one == address)
            yield f"interfaces ({names})", f"address {address} stands {count} times", "keep it on one"


@rule("port-known")
def port_known(state: State) -> Told:
    """A port that is declared nowhere."""
    for item in state.interfaces:
        for port in item.ports:
            if port.name not in state.by_name:
                yield f"{place_of(item)}.ports", f"{port.name!r} is not declared", "add it to interfaces"


@rule("port-owner")
def port_owner(state: State) -> Told:
    """A port of two masters."""
    counted = Counter(port.name for item in state.interfaces for port in item.ports)
    for name, count in counted.items():
        if count > 1:
            owners = ", ".join(item.stem for item in state.interfaces if name in [port.name for port in item.ports])
            yield f"interfaces.{name}", f"is a port of {owners}", "leave it to one of them"


@rule("port-address")
def port_address(state: State) -> Told:
    """A port does not carry addresses; its master does."""
    for item in state.interfaces:
        owner = state.controller_of.get(item.name)
        if owner and item.addresses:
            yield f"{place_of(item)}.ipv4", f"is a port of {owner.stem} and has addresses", f"move them to {owner.stem}"


@rule("type-keys")
def type_keys(state: State) -> Told:
    """Keys that mean nothing for the type."""
    for item in state.interfaces:
        stated = {
            "bond": item.bond,
            "bridge": item.bridge or item.self_vlans,
            "id": item.id,
            "parent": item.parent,
            "match": item.match,
            "ports": item.ports,
            "sriov": item.sriov,
            "ethtool": item.ethtool,
        }
        fits = {
            "ethernet": {"match", "sriov", "ethtool"},
            "bond": {"bond", "ports"},
            "bridge": {"bridge", "ports"},
            "vlan": {"id", "parent"},
        }[item.type]
        for key in sorted(key for key, value in stated.items() if value and key not in fits):
            yield f"{place_of(item)}.{key}", f"has no meaning for type {item.type}", "remove it"


@rule("vlan-complete")
def vlan_complete(state: State) -> Told:
    """A VLAN needs its parent and id."""
    for item in state.interfaces:
        if item.type == "vlan":
            for key in ("parent", "id"):
                if not getattr(item, key):
                    yield f"{place_of(item)}.{key}", "is missing", "state it"
            if item.parent and item.parent not in state.by_name:
                yield f"{place_of(item)}.parent", f"{item.parent!r} is not declared", "add it to interfaces"


@rule("vlan-twice")
def vlan_twice(state: State) -> Told:
    """One VLAN of one parent in two devices."""
    keys = Counter((item.parent, item.id, item.protocol) for item in state.interfaces if item.type == "vlan")
    for (parent, vid, _protocol), count in keys.items():
        if count > 1:
            yield f"interfaces.{parent}", f"VLAN {vid} is declared {count} times on it", "keep one device"


@rule("loop")
def loop(state: State) -> Told:
    """An interface that stands on itself."""
    for item in state.interfaces:
        seen, todo = set(), [item.name]
        while todo:
            current = state.by_name.get(todo.pop())
            below = (
                [*(port.name for port in current.ports), *([current.parent] if current.parent else [])]
                if current
                else []
            )
            if item.name in below:
                yield place_of(item), "stands on itself through its ports and parents", "break the circle"
                break
            todo += [name for name in below if name not in seen]
            seen.update(below)


@rule("bond-mode")
def bond_mode(state: State) -> Told:
    """Options the kernel rejects in the bond's mode."""
    for item in state.interfaces:
        mode = item.bond.get("mode", "balance-rr")
        for name in item.bond:
            if item.type == "bond" and mode not in options.BOND[name].modes:
                allowed = ", ".join(options.BOND[name].modes)
                yield (
                    f"{place_of(item)}.bond.{name}",
                    f"the kernel rejects it in mode {mode}",
                    f"remove it, or use {allowed}",
                )


@rule("bond-monitor")
def bond_monitor(state: State) -> Told:
    """Two link monitors at once."""
    for item in state.interfaces:
        if item.bond.get("miimon") and item.bond.get("arp_interval"):
            yield f"{place_of(item)}.bond", "has miimon and arp_interval", "keep one of them"


@rule("bond-primary")
def bond_primary(state: State) -> Told:
    """A primary that is no port."""
    for item in state.interfaces:
        primary = item.bond.get("primary")
        if primary and primary not in [port.name for port in item.ports]:
            yield f"{place_of(item)}.bond.primary", f"{primary!r} is not one of its ports", "name a port"


@rule("bond-min-links")
def bond_min_links(state: State) -> Told:
    """More links demanded than there are."""
    for item in state.interfaces:
        least = int(str(item.bond.get("min_links") or 0))
        count = sum(state.by_name[port.name].expect if port.name in state.by_name else 1 for port in item.ports)
        if item.type == "bond" and least > count:
            yield f"{place_of(item)}.bond.min_links", f"{least} of {count} ports", "lower it or add ports"
