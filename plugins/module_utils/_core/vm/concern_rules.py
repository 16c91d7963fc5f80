# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules about machines, each one a pure function that yields what it found. The catalogue is in concerns.py.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .model import Vm
from .naming import object_name
from .settings import Settings

Rule = Callable[["Subject"], Iterable[str]]


@dataclass(frozen=True)
class Target:
    """What is known of the cluster. None or 0: not known, so rules about it are silent."""

    node_cpus: int = 0
    node_memory_mib: int = 0
    free_bytes: int = 0
    names: Collection[str] = ()
    macs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Subject:
    """A machine, what is wished for it, and where it goes."""

    vm: Vm
    settings: Settings
    target: Target


def extra(subject: Subject, key: str) -> Any:
    return subject.vm.extra.get(key)


def is_true(key: str, text: str) -> Rule:
    return lambda subject: [text] if extra(subject, key) else []


def no_hardware(subject: Subject) -> Iterator[str]:
    if subject.vm.cpu.count <= 0 or subject.vm.memory_mib <= 0:
        yield f"{subject.vm.cpu.count} processors and {subject.vm.memory_mib} MiB of memory"


def too_large_for_a_node(subject: Subject) -> Iterator[str]:
    vm, target = subject.vm, subject.target
    if target.node_cpus and vm.cpu.count > target.node_cpus:
        yield f"{vm.cpu.count} processors, the largest node has {target.node_cpus}"
    if target.node_memory_mib and vm.memory_mib > target.node_memory_mib:
        yield f"{vm.memory_mib} MiB of memory, the largest node has {target.node_memory_mib}"


def no_room(subject: Subject) -> Iterator[str]:
    size = sum(disk.capacity for disk in subject.vm.disks)
    if subject.target.free_bytes and size > subject.target.free_bytes:
        yield f"{size} bytes of disks, {subject.target.free_bytes} are free"


def address_taken(subject: Subject) -> Iterator[str]:
    for nic in subject.vm.nics:
        if nic.mac in subject.target.macs:
            yield f"{nic.mac} is the address of {subject.target.macs[nic.mac]}"


def name_taken(subject: Subject) -> Iterator[str]:
    if object_name(subject.settings.name) in subject.target.names:
        yield f"the cluster has a machine {object_name(subject.settings.name)}"


def other_name(subject: Subject) -> Iterator[str]:
    if object_name(subject.vm.name) != subject.vm.name:
        yield f"{subject.vm.name!r} becomes {object_name(subject.vm.name)}"


def disks(test: Callable[[Any], bool], text: str) -> Rule:
    return lambda subject: [f"disk {disk.key}: {text}" for disk in subject.vm.disks if test(disk)]


def devices(attribute: str, text: str) -> Rule:
    return lambda subject: [f"{text}: {name}" for name in getattr(subject.vm, attribute)]


def tools(subject: Subject) -> Iterator[str]:
    if subject.vm.power == "on" and subject.vm.tools in ("notrunning", "notinstalled"):
        yield f"the tools are {subject.vm.tools}, so the guest cannot be asked to shut down"


def unknown_guest(subject: Subject) -> Iterator[str]:
    if subject.vm.guest.family == "other":
        yield f"the system {subject.vm.guest.id or 'without a name'} is not known"


def windows_drivers(subject: Subject) -> Iterator[str]:
    if subject.vm.guest.family == "windows" and not subject.settings.prepared:
        yield "Windows has no virtio drivers of its own"


def hostname(subject: Subject) -> Iterator[str]:
    name = extra(subject, "hostname")
    if name is not None and name in ("", "localhost", "localhost.localdomain"):
        yield f"the host name is {name!r}"


def no_addresses(subject: Subject) -> Iterator[str]:
    if subject.vm.power == "on" and subject.vm.nics and not any(nic.ips for nic in subject.vm.nics):
        yield "the addresses of the guest are not known"


def full_file_system(subject: Subject) -> Iterator[str]:
    for entry in extra(subject, "file_systems") or ():
        if int(entry.get("free", 1 << 40)) < 100 << 20:
            yield f"{entry.get('path')} has {int(entry['free']) >> 20} MiB left"


def odd_topology(subject: Subject) -> Iterator[str]:
    cpu = subject.vm.cpu
    if cpu.cores_per_socket and cpu.count % cpu.cores_per_socket:
        yield f"{cpu.cores_per_socket} cores per socket do not divide {cpu.count} processors"


def long_serial(subject: Subject) -> Iterator[str]:
    if extra(subject, "disk_enable_uuid"):
        yield "the guest sees serial numbers of disks; a virtio disk keeps 20 characters of them"
