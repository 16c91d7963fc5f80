# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules about where a machine goes, and about machines that stand in each other's way.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from .concern_rules import Subject
from .naming import object_name
from .settings import IGNORE, POD


def too_large_for_a_node(subject: Subject) -> Iterator[str]:
    vm, target = subject.vm, subject.target
    memory = subject.settings.memory_mib or vm.memory_mib
    if target.node_cpus and vm.cpu.count > target.node_cpus:
        yield f"{vm.cpu.count} processors, the largest node has {target.node_cpus}"
    if target.node_memory_mib and memory > target.node_memory_mib:
        yield f"{memory} MiB of memory, the largest node has {target.node_memory_mib}"


def no_room(subject: Subject) -> Iterator[str]:
    """Of one machine. That all of them fit together is the planner's matter."""
    wanted: dict[str, int] = {}
    for disk in subject.vm.disks:
        rule = subject.settings.storage_for(disk.datastore, disk.file)
        name = rule.storage_class if rule and rule.storage_class in subject.target.free_bytes else ""
        wanted[name] = wanted.get(name, 0) + disk.capacity
    for name, size in sorted(wanted.items()):
        free = subject.target.free_bytes.get(name)
        if free is not None and size > free:
            yield f"{size} bytes of disks, {free} are free" + (f" in {name}" if name else "")


def address_taken(subject: Subject) -> Iterator[str]:
    for nic in subject.vm.nics:
        if nic.mac in subject.target.macs and subject.target.macs[nic.mac] != imported_as(subject):
            yield f"{nic.mac} is the address of {subject.target.macs[nic.mac]}"


def name_taken(subject: Subject) -> Iterator[str]:
    name = object_name(subject.settings.name)
    if name in subject.target.names and f"{subject.settings.namespace}/{name}" != imported_as(subject):
        yield f"the cluster has a machine {name}"


def imported_as(subject: Subject) -> str:
    """The machine of the cluster that came from this one; empty when there is none."""
    return subject.target.imported.get(subject.vm.identity, "")


def imported(subject: Subject) -> Iterator[str]:
    if imported_as(subject):
        yield f"is there as {imported_as(subject)}"


def no_class(subject: Subject) -> Iterator[str]:
    known = subject.target.storage_classes
    if known is not None:
        used = [subject.settings.storage_for(disk.datastore, disk.file) for disk in subject.vm.disks]
        for name in sorted({rule.storage_class for rule in used if rule and rule.storage_class} - set(known)):
            yield f"the cluster has no storage class {name} (found: {_listed(known)})"


def no_network(subject: Subject) -> Iterator[str]:
    known = subject.target.networks
    if known is not None:
        used = [subject.settings.network(nic.network) for nic in subject.vm.nics]
        for name in sorted({rule.target for rule in used if rule} - {POD, IGNORE} - set(known)):
            yield f"the cluster has no network {name} (found: {_listed(known)})"


def no_binding(subject: Subject) -> Iterator[str]:
    known = subject.target.bindings
    if known is not None:
        used = [subject.settings.network(nic.network) for nic in subject.vm.nics]
        for name in sorted({rule.plugin for rule in used if rule and rule.plugin} - set(known)):
            yield f"KubeVirt knows no network binding {name} (found: {_listed(known)})"


def same_name(subject: Subject) -> Iterator[str]:
    name = object_name(subject.settings.name)
    others = [other for other in subject.estate.names.get(name, ()) if other != _self(subject)]
    if others:
        yield f"{', '.join(others)} would be called {name}, too"


def same_address(subject: Subject) -> Iterator[str]:
    for nic in subject.vm.nics:
        others = sorted({other for other in subject.estate.macs.get(nic.mac, ()) if other != _self(subject)})
        if others:
            yield f"{nic.mac} is also an address of {', '.join(others)}"


def _self(subject: Subject) -> str:
    return label_of(subject.vm.name, subject.vm.id)


def label_of(name: str, identifier: str) -> str:
    """How a machine is told among others, which may have its name."""
    return f"{name} ({identifier})" if identifier and identifier != name else name


def _listed(known: Collection[str]) -> str:
    return ", ".join(sorted(known)) or "none"
