# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules about machines, each one a pure function that yields what it found. The catalogue is in concerns.py.

This module util is private to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .model import Vm
from .naming import object_name
from .settings import POD, Settings

# Systems whose makers gave them up before virtio and UEFI became common.
_OLD = re.compile(
    r"win(xp|net|2000|nt|vista|longhorn|98|95|me)|rhel[2-5](_|guest)|centos[45]?(_|guest)|sles(9|10)?(_|guest)"
)
# One bus of a machine holds so many disks without more controllers than the firmware looks at.
MOST_DISKS = 25
# Below this a conversion cannot unpack drivers into a file system.
LEAST_FREE = 100 << 20
Rule = Callable[["Subject"], Iterable[str]]
CRITICAL, WARNING, INFO = "critical", "warning", "info"
SEVERITIES = (CRITICAL, WARNING, INFO)


@dataclass(frozen=True)
class Target:
    """What is known of the cluster. None or 0: not known, so rules about it are silent.

    names: of the namespace. macs: address -> machine. free_bytes: by storage class, `` for the default one.
    imported: identity at the source -> namespace/name of a machine that came from there. bindings: plugins of KubeVirt.
    """

    node_cpus: int = 0
    node_memory_mib: int = 0
    free_bytes: Mapping[str, int] = field(default_factory=dict)
    names: Collection[str] = ()
    macs: Mapping[str, str] = field(default_factory=dict)
    imported: Mapping[str, str] = field(default_factory=dict)
    storage_classes: Collection[str] | None = None
    networks: Collection[str] | None = None
    bindings: Collection[str] | None = None


@dataclass(frozen=True)
class Estate:
    """What is known of the other machines and of the source.

    names: name at the target -> machines that shall have it. macs: address -> machines. datastores: name -> type.
    """

    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    macs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    datastores: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Subject:
    """A machine, what is wished for it, where it goes, and what surrounds it."""

    vm: Vm
    settings: Settings
    target: Target
    estate: Estate = field(default_factory=Estate)


@dataclass(frozen=True)
class Entry:
    """One rule. about: what it looks for. way_out: what to do. rule None: found by the mapping itself."""

    id: str
    severity: str
    about: str
    way_out: str
    rule: Rule | None = None


def extra(subject: Subject, key: str) -> Any:
    return subject.vm.extra.get(key)


def is_true(key: str, text: str) -> Rule:
    return lambda subject: [text] if extra(subject, key) else []


def no_hardware(subject: Subject) -> Iterator[str]:
    memory = subject.settings.memory_mib or subject.vm.memory_mib
    if subject.vm.cpu.count <= 0 or memory <= 0:
        yield f"{subject.vm.cpu.count} processors and {memory} MiB of memory"


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


def old_guest(subject: Subject) -> Iterator[str]:
    if _OLD.match(subject.vm.guest.id.lower()):
        yield f"{subject.vm.guest.id} is older than the drivers and devices of today"


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
        if int(entry.get("free", LEAST_FREE)) < LEAST_FREE:
            yield f"{entry.get('path')} has {int(entry['free']) >> 20} MiB left"


def odd_topology(subject: Subject) -> Iterator[str]:
    cpu = subject.vm.cpu
    if cpu.cores_per_socket and cpu.count % cpu.cores_per_socket:
        yield f"{cpu.cores_per_socket} cores per socket do not divide {cpu.count} processors"


def long_serial(subject: Subject) -> Iterator[str]:
    if extra(subject, "disk_enable_uuid"):
        yield "the guest sees serial numbers of disks; a virtio disk keeps 20 characters of them"


def same_key(subject: Subject) -> Iterator[str]:
    keys = [disk.key for disk in subject.vm.disks]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield f"{keys.count(key)} disks have the key {key}"


def tpm(subject: Subject) -> Iterator[str]:
    if subject.vm.tpm and subject.vm.guest.family != "windows":
        yield "has a TPM, whose contents are not moved"


def many_disks(subject: Subject) -> Iterator[str]:
    if len(subject.vm.disks) > MOST_DISKS:
        yield f"{len(subject.vm.disks)} disks"


def nowhere(subject: Subject) -> Iterator[str]:
    if subject.vm.source.get("type") in ("vcenter", "esxi"):
        yield from (f"disk {disk.key}: lies on no datastore" for disk in subject.vm.disks if not disk.datastore)


def no_files(subject: Subject) -> Iterator[str]:
    for disk in subject.vm.disks:
        kind = subject.estate.datastores.get(disk.datastore, "")
        if kind.lower() in ("vsan", "vvol"):
            yield f"disk {disk.key}: {disk.datastore} is a {kind}, which serves no files"


def untracked(subject: Subject) -> Iterator[str]:
    if extra(subject, "cbt"):
        yield from (
            f"disk {disk.key}: its changes are not tracked"
            for disk in subject.vm.disks
            if not disk.tracking and not disk.mode.startswith("independent") and not disk.rdm
        )


def bitlocker(subject: Subject) -> Iterator[str]:
    if subject.vm.tpm and subject.vm.guest.family == "windows":
        yield "Windows with a TPM: BitLocker may hold its key there"


def unreachable(subject: Subject) -> Iterator[str]:
    if extra(subject, "reachable") is False:
        yield "its host or its files cannot be reached"


def bound_to_hosts(subject: Subject) -> Iterator[str]:
    for name in extra(subject, "host_rules") or ():
        yield f"rule {name} binds it to hosts or keeps it from others"


def lost_addresses(subject: Subject) -> Iterator[str]:
    for nic in subject.vm.nics:
        rule = subject.settings.network(nic.network)
        if rule and rule.target == POD and nic.ips:
            yield f"interface {nic.key} moves to the pod network and loses {', '.join(nic.ips)}"
