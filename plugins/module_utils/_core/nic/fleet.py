# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Contradictions between hosts, found before any of them is touched. This module util is private to the collection."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import InputErrors
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import preflight
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import State
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.parse import parse
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.validate import Breach, validate

Fleet = Mapping[str, State]
Told = Iterator["tuple[str, str, str]"]
RULES: dict[str, Callable[[Fleet], Told]] = {}


def rule(name: str) -> Callable[[Callable[[Fleet], Told]], Callable[[Fleet], Told]]:
    """Register a rule of the fleet under its id."""

    def register(function: Callable[[Fleet], Told]) -> Callable[[Fleet], Told]:
        RULES[name] = function
        return function

    return register


def findings(declared: Mapping[str, Mapping[str, Any]]) -> list[Breach]:
    """{host: desired} -> findings of every host alone and of all together."""
    found: list[Breach] = []
    states: dict[str, State] = {}
    for host, desired in declared.items():
        try:
            states[host] = parse(desired)
        except InputErrors as error:
            found += [Breach(f"{host}.{one.place}", one.found, one.way_out, "shape") for one in error.findings]
            continue
        errors, _warnings = validate(states[host])
        found += [Breach(f"{host}.{one.place}", one.found, one.way_out, one.rule) for one in errors]
    together = [Breach(*told, rule=name) for name, function in RULES.items() for told in function(states)]
    return found + together


def _shared(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    holders: dict[str, list[str]] = {}
    for value, host in pairs:
        holders.setdefault(value, []).append(host)
    return {value: hosts for value, hosts in holders.items() if len(set(hosts)) > 1}


@rule("fleet-address")
def fleet_address(fleet: Fleet) -> Told:
    """One address on two hosts."""
    pairs = (
        (str(ipaddress.ip_interface(one).ip), host)
        for host, state in fleet.items()
        for item in state.interfaces
        for one in item.addresses
    )
    for address, hosts in _shared(pairs).items():
        yield f"hosts ({', '.join(hosts)})", f"share the address {address}", "give each its own"


@rule("fleet-mac")
def fleet_mac(fleet: Fleet) -> Told:
    """One MAC on two hosts."""
    pairs = (
        (mac, host)
        for host, state in fleet.items()
        for item in state.interfaces
        for mac in dict.fromkeys((item.mac, item.match.mac if item.match else None))
        if mac
    )
    for mac, hosts in _shared(pairs).items():
        yield f"hosts ({', '.join(hosts)})", f"share the MAC {mac}", "give each its own"


@rule("fleet-mtu")
def fleet_mtu(fleet: Fleet) -> Told:
    """Hosts with one subnet and different MTUs: small packets pass, large ones do not."""
    seen: dict[str, dict[int, list[str]]] = {}
    for host, state in fleet.items():
        for item in state.interfaces:
            for address in item.addresses:
                net = str(ipaddress.ip_interface(address).network)
                seen.setdefault(net, {}).setdefault(item.mtu or 1500, []).append(host)
    for net, mtus in seen.items():
        if len(mtus) > 1:
            told = "; ".join(f"{mtu} on {', '.join(sorted(set(hosts)))}" for mtu, hosts in sorted(mtus.items()))
            yield f"subnet {net}", f"has different MTUs: {told}", "use one"


# Importing the static rules registers them for validate().
STATIC = preflight.RULES
