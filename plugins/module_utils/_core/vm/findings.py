# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in the way of a mapping: everything at once, before any byte moves.

This module util is private to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..errors import Finding
from .hardware import memory_mib, size, topology
from .model import Disk, Nic, Vm
from .networking import rule_findings
from .settings import POD, SRIOV, Settings
from .sizes import NEAREST, SERIES

_MAC = re.compile(r"([0-9a-f]{2}:){5}[0-9a-f]{2}")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}")


# What a finding is about: no rule of the mapping fits, something is wrong, or the machine is (rules about it say so).
MISSING, INVALID, MACHINE = "missing", "invalid", "machine"
Refusal = tuple[str, Finding]


def mapping_findings(vm: Vm, settings: Settings) -> list[Finding]:
    """Findings about one machine and its settings."""
    return [finding for _kind, finding in refusals(vm, settings)]


def refusals(vm: Vm, settings: Settings) -> list[Refusal]:
    """The same, each with its kind: MISSING, INVALID or MACHINE."""
    found = [*_machine(vm, settings), *_rules(settings), *_evidence(vm, settings), *_overrides(vm, settings)]
    for nic in vm.nics:
        found.extend(_nic(vm, nic, settings))
    for disk in vm.disks:
        found.extend(_disk(vm, disk, settings))
    found.extend([*_duplicates(vm), *_pod_interfaces(vm, settings)])
    return found


def _machine(vm: Vm, settings: Settings) -> Iterator[Refusal]:
    place = f"source.{vm.name}"
    if not vm.disks:
        yield INVALID, Finding(f"{place}.disks", "the machine has no disk", "import machines with at least one disk")
    if memory_mib(vm, settings) <= 0:
        yield MACHINE, Finding(f"{place}.memory_mib", f"{vm.memory_mib} MiB of memory", "set overrides.memory_mib")
    if vm.cpu.count <= 0:
        yield MACHINE, Finding(f"{place}.cpu.count", f"{vm.cpu.count} processors", "correct the descriptor")


def _rules(settings: Settings) -> Iterator[Refusal]:
    for number, rule in enumerate(settings.networks):
        for finding in rule_findings(rule, f"mapping.networks[{number}]"):
            yield INVALID, finding


def _evidence(vm: Vm, settings: Settings) -> Iterator[Refusal]:
    """A fact of another guest would put this one on hardware it does not know."""
    told = set(settings.guest.get("interfaces") or {})
    own = {nic.mac for nic in vm.nics if nic.mac}
    if told and own and not told & own:
        found = f"it is the fact of the cards {', '.join(sorted(told))}; {vm.name} has {', '.join(sorted(own))}"
        yield INVALID, Finding("overrides.guest", found, "give the fact ironacre_prepared of this very guest")


def _overrides(vm: Vm, settings: Settings) -> Iterator[Refusal]:
    sockets = topology(vm.cpu)["sockets"]
    if settings.max_sockets and settings.max_sockets < sockets:
        found = f"{settings.max_sockets} sockets at most, and {vm.name} has {sockets}"
        yield INVALID, Finding("overrides.max_sockets", found, f"give {sockets} or more, or leave it out")
    if settings.timezone and not _ZONE.fullmatch(settings.timezone):
        way_out = "write it as in the time zone database: Europe/Berlin"
        yield INVALID, Finding("overrides.timezone", f"{settings.timezone!r} is no time zone", way_out)
    if settings.instancetype:
        yield from _instancetype(vm, settings)


def _instancetype(vm: Vm, settings: Settings) -> Iterator[Refusal]:
    for name in ("max_sockets", "cpu_model"):
        if getattr(settings, name):
            found = "an instance type says the same"
            yield INVALID, Finding(f"overrides.{name}", found, "leave one of the two out")
    if settings.offers.sizes is None or size(vm, settings):
        return
    known = ", ".join(sorted(one.name for one in settings.offers.sizes)) or "none"
    if settings.instancetype == NEAREST:
        memory = memory_mib(vm, settings)
        found = f"no instance type {SERIES}* holds {vm.cpu.count} processors and {memory} MiB (found: {known})"
    else:
        found = f"the cluster has no instance type {settings.instancetype} (found: {known})"
    yield INVALID, Finding("overrides.instancetype", found, "name one of them, or leave it out to keep the exact size")


def _nic(vm: Vm, nic: Nic, settings: Settings) -> Iterator[Refusal]:
    place = f"source.{vm.name}.nics[{nic.key}]"
    rule = settings.network(nic.network)
    if rule is None and settings.unmapped == "fail":
        known = ", ".join(rule.source for rule in settings.networks) or "none"
        yield (
            MISSING,
            Finding(
                place,
                f"its network {nic.network!r} has no mapping (mapped: {known})",
                "add it to mapping.networks, with target ignore to leave the interface out",
            ),
        )
    if rule and rule.binding == SRIOV and not nic.connected:
        way_out = "connect it at the source, or map its network with another binding or to ignore"
        yield INVALID, Finding(place, "is disconnected, and an SR-IOV interface cannot be", way_out)
    if nic.mac and not _MAC.fullmatch(nic.mac):
        yield INVALID, Finding(f"{place}.mac", f"{nic.mac!r} is no MAC address", "correct the descriptor")
    elif nic.mac and int(nic.mac[:2], 16) & 1:
        yield (
            INVALID,
            Finding(f"{place}.mac", f"{nic.mac} is a multicast address", "give the interface an address of its own"),
        )


def _disk(vm: Vm, disk: Disk, settings: Settings) -> Iterator[Refusal]:
    place = f"source.{vm.name}.disks[{disk.key}]"
    if settings.storage_for(disk.datastore, disk.file) is None:
        yield (
            MISSING,
            Finding(place, f"its place {disk.datastore or disk.file!r} has no mapping", "add it to mapping.storage"),
        )
    if disk.capacity <= 0:
        yield (
            MACHINE,
            Finding(f"{place}.capacity", f"{disk.capacity} bytes", "the source is damaged: export the machine again"),
        )
    if disk.rdm:
        yield (
            MACHINE,
            Finding(
                place, "is a raw device mapping, which no export carries", "convert it to a virtual disk at the source"
            ),
        )


def _duplicates(vm: Vm) -> Iterator[Refusal]:
    seen: dict[str, str] = {}
    for nic in vm.nics:
        if nic.mac and nic.mac in seen:
            yield (
                INVALID,
                Finding(
                    f"source.{vm.name}.nics[{nic.key}].mac",
                    f"{nic.mac} is also the address of {seen[nic.mac]}",
                    "give each interface an address of its own at the source",
                ),
            )
        seen[nic.mac] = nic.key


def _pod_interfaces(vm: Vm, settings: Settings) -> Iterator[Refusal]:
    rules = [(nic, settings.network(nic.network)) for nic in vm.nics]
    keys = [nic.key for nic, rule in rules if rule and rule.target == POD]
    if len(keys) > 1:
        yield (
            INVALID,
            Finding(
                f"source.{vm.name}.nics",
                f"interfaces {', '.join(keys)} would all be on the pod network, which takes one of a machine",
                "map the others to a network attachment, or to ignore",
            ),
        )
