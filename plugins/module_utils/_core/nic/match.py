# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which real NIC is meant: by address, slot, driver, speed or neighbour, never by a name that moves.

This module util is private to the collection.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import Finding, refuse
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import Interface, Match, Port, State


@dataclass(frozen=True)
class Nic:
    """Facts of one real NIC. speed in Mbit/s, 0 when unknown."""

    name: str
    mac: str | None = None
    pci: str | None = None
    path: str | None = None
    driver: str | None = None
    device: str | None = None
    speed: int = 0
    port: int | None = None
    lldp_system: str | None = None
    lldp_port: str | None = None

    def told(self) -> str:
        """The NIC in an error's list of candidates."""
        pairs = (
            ("mac", self.mac),
            ("pci", self.pci),
            ("driver", self.driver),
            ("speed", self.speed or None),
            ("leaf", self.lldp_system),
        )
        facts = [f"{key} {value}" for key, value in pairs if value]
        return f"{self.name} ({', '.join(facts)})" if facts else self.name


def fits(nic: Nic, match: Match) -> bool:
    """True when every stated property holds."""
    exact = ("mac", "pci", "driver", "device", "port", "lldp_system", "lldp_port")
    if any(getattr(match, name) is not None and getattr(match, name) != getattr(nic, name) for name in exact):
        return False
    if match.path and not fnmatch.fnmatchcase(nic.path or "", match.path):
        return False
    return not match.min_speed or nic.speed >= match.min_speed


def choose(interface: Interface, nics: Sequence[Nic]) -> list[Nic]:
    """The NICs an ethernet interface stands for: by its match, else by its name."""
    if interface.match is None:
        return [nic for nic in nics if nic.name == interface.name]
    return [nic for nic in nics if fits(nic, interface.match)]


def resolve(state: State, nics: Sequence[Nic]) -> tuple[State, dict[str, list[dict[str, object]]]]:
    """The State with device names in place of logical ones, and why: {logical: [{device, mac, pci}]}."""
    chosen = {item.name: choose(item, nics) for item in state.interfaces if item.type == "ethernet"}
    refuse(_findings(state, chosen, nics))
    names = {logical: [nic.name for nic in found] for logical, found in chosen.items()}
    reasons: dict[str, list[dict[str, object]]] = {
        logical: [{"device": nic.name, "mac": nic.mac, "pci": nic.pci} for nic in found]
        for logical, found in chosen.items()
    }
    return _renamed(state, chosen, names), reasons


def _findings(state: State, chosen: Mapping[str, list[Nic]], nics: Sequence[Nic]) -> list[Finding]:
    found = []
    holders: dict[str, str] = {}
    for index, item in enumerate(state.interfaces):
        if item.type != "ethernet":
            continue
        have = chosen[item.name]
        if len(have) != item.expect:
            listed = ", ".join(nic.told() for nic in (have or nics)) or "none"
            what = f"matches {len(have)} NICs, expected {item.expect}"
            found.append(Finding(f"interfaces[{index}].match ({item.name})", what, f"found on this node: {listed}"))
        for nic in have:
            other = holders.setdefault(nic.name, item.name)
            if other != item.name:
                place = f"interfaces[{index}].match ({item.name})"
                found.append(Finding(place, f"{nic.told()} is already {other}", "make each match mean another NIC"))
    return found


def _renamed(state: State, chosen: Mapping[str, list[Nic]], names: Mapping[str, list[str]]) -> State:
    interfaces: list[Interface] = []
    for item in state.interfaces:
        if item.type != "ethernet":
            interfaces.append(replace(item, ports=_ports(item, names), parent=_one(item.parent, names)))
            continue
        for nic in chosen[item.name]:
            # With several NICs under one name only the device's own name tells them apart.
            label = item.name if item.expect == 1 else nic.name
            known = Match(mac=nic.mac) if item.match and nic.mac else None
            interfaces.append(replace(item, name=nic.name, label=label, match=known, expect=1))
    routes = tuple(replace(route, dev=str(_one(route.dev, names))) for route in state.routes)
    probes = tuple(
        replace(
            probe,
            targets=tuple(new for old in probe.targets for new in names.get(old, [old])),
            dev=_one(probe.dev, names),
        )
        for probe in state.probes
    )
    rules = tuple(replace(rule, iif=_one(rule.iif, names)) for rule in state.rules)
    dns = replace(state.dns, dev=_one(state.dns.dev, names))
    return State(tuple(interfaces), routes, rules, dns, probes)


def _ports(item: Interface, names: Mapping[str, list[str]]) -> tuple[Port, ...]:
    return tuple(replace(port, name=new) for port in item.ports for new in names.get(port.name, [port.name]))


def _one(name: str | None, names: Mapping[str, list[str]]) -> str | None:
    return names[name][0] if name and name in names else name
