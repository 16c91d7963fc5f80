# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogue of concerns, as a table. docs/vm-import-rules.md is written from it.

This module util is private to the collection.
"""

from __future__ import annotations

from . import concern_rules as rules
from . import concern_target as target
from .catalogue_guest import DISKS_AND_GUESTS
from .concern_rules import CRITICAL, INFO, SEVERITIES, WARNING, Entry, Subject

CATALOGUE: tuple[Entry, ...] = (
    *DISKS_AND_GUESTS,
    Entry(
        "snapshot.present",
        WARNING,
        "a snapshot",
        "remove it before the import",
        rules.devices("snapshots", "has a snapshot"),
    ),
    Entry(
        "snapshot.consolidate",
        CRITICAL,
        "disks that need consolidation",
        "consolidate them",
        rules.is_true("consolidation_needed", "disks need consolidation"),
    ),
    Entry(
        "device.passthrough",
        CRITICAL,
        "a passed-through device",
        "remove it",
        rules.devices("pci", "has a passed-through device"),
    ),
    Entry("device.usb", INFO, "a USB device", "it is not carried over", rules.devices("usb", "has a USB device")),
    Entry(
        "device.cdrom",
        INFO,
        "a CD-ROM drive",
        "it is not carried over",
        rules.devices("cdroms", "has a CD-ROM drive"),
    ),
    Entry(
        "machine.template",
        WARNING,
        "a template",
        "import it as an image",
        lambda subject: ["is a template"] if subject.vm.template else [],
    ),
    Entry(
        "machine.suspended",
        CRITICAL,
        "a suspended machine",
        "resume or stop it",
        lambda subject: ["is suspended"] if subject.vm.power == "suspended" else [],
    ),
    Entry(
        "machine.unreachable",
        CRITICAL,
        "a machine whose host or files cannot be reached",
        "bring its host or datastore back",
        rules.unreachable,
    ),
    Entry(
        "machine.encrypted",
        CRITICAL,
        "an encrypted machine",
        "decrypt it at the source",
        rules.is_true("encrypted", "is encrypted"),
    ),
    Entry(
        "machine.linked_clone",
        WARNING,
        "a linked clone",
        "the copy is complete and larger",
        rules.is_true("linked_clone", "is a linked clone"),
    ),
    Entry(
        "machine.fault_tolerance",
        WARNING,
        "fault tolerance",
        "switch that off first",
        rules.is_true("fault_tolerance", "is fault tolerant"),
    ),
    Entry(
        "machine.tpm",
        WARNING,
        "a TPM, and another system than Windows",
        "its contents are not moved: suspend disk encryption or keep the recovery key",
        rules.tpm,
    ),
    Entry(
        "machine.nested",
        WARNING,
        "hypervisors in the guest",
        "choose a cpu_model that nests, on nodes that allow it",
        rules.is_true("nested", "runs machines of its own"),
    ),
    Entry(
        "machine.sriov",
        WARNING,
        "an SR-IOV interface",
        "it becomes a bridged one",
        rules.is_true("sriov", "has an SR-IOV interface"),
    ),
    Entry("host.rules", INFO, "rules that bind it to hosts", "write affinity of the target", rules.bound_to_hosts),
    Entry(
        "host.power",
        INFO,
        "a source cluster that moves machines or stops hosts by itself",
        "make DRS and DPM manual while machines are copied",
        rules.is_true("drs", "the source cluster moves machines by itself"),
    ),
    Entry(
        "cpu.affinity", INFO, "bound to processors", "bind it anew", rules.is_true("affinity", "is bound to processors")
    ),
    Entry(
        "cpu.numa",
        INFO,
        "bound to NUMA nodes",
        "bind it anew",
        rules.is_true("numa_affinity", "is bound to NUMA nodes"),
    ),
    Entry(
        "cpu.topology",
        WARNING,
        "cores per socket that do not divide the processors",
        "each processor becomes a socket",
        rules.odd_topology,
    ),
    Entry(
        "cpu.hotadd",
        INFO,
        "processors can be added while it runs",
        "set maxSockets on the target",
        lambda subject: ["processors can be added while it runs"] if subject.vm.cpu.hotadd else [],
    ),
    Entry(
        "memory.hotadd",
        INFO,
        "memory can be added while it runs",
        "set maxGuest on the target",
        rules.is_true("memory_hotadd", "memory can be added while it runs"),
    ),
    Entry(
        "cbt.off",
        INFO,
        "changed blocks are not tracked",
        "switch it on for a warm import",
        lambda subject: ["changed blocks are not tracked"] if rules.extra(subject, "cbt") is False else [],
    ),
    Entry("name.changed", INFO, "a name that the cluster cannot have", "or set target.name", rules.other_name),
    Entry(
        "network.addresses",
        WARNING,
        "addresses that the pod network does not keep",
        "map the network to a network attachment",
        rules.lost_addresses,
    ),
    Entry("mapping.missing", CRITICAL, "a network or datastore without a mapping", "add it to the mapping"),
    Entry("mapping.invalid", CRITICAL, "anything else that the mapping refuses", "see the finding"),
    Entry("target.name", CRITICAL, "a name that the cluster has already", "set target.name", target.name_taken),
    Entry(
        "target.mac",
        CRITICAL,
        "an address that a machine of the cluster has",
        "remove the other machine or its interface",
        target.address_taken,
    ),
    Entry(
        "target.node",
        CRITICAL,
        "more processors or memory than the largest node",
        "make it smaller or add a larger node",
        target.too_large_for_a_node,
    ),
    Entry("target.imported", INFO, "a machine that was imported before", "it is left as it is", target.imported),
    Entry("target.space", CRITICAL, "disks larger than what is free", "add storage", target.no_room),
    Entry("target.class", CRITICAL, "a storage class that is not there", "correct mapping.storage", target.no_class),
    Entry("target.network", CRITICAL, "a network that is not there", "create it or correct it", target.no_network),
    Entry(
        "target.binding",
        CRITICAL,
        "a network binding that KubeVirt does not know",
        "correct it, or register the plugin in hci_stack.kubevirt.configuration",
        target.no_binding,
    ),
    Entry("estate.name", CRITICAL, "two machines with one name at the target", "set target.name", target.same_name),
    Entry(
        "estate.mac",
        CRITICAL,
        "two machines with one address",
        "give each interface an address of its own",
        target.same_address,
    ),
)


def table() -> str:
    """Markdown: one row per rule, the critical ones first."""
    rows = sorted(CATALOGUE, key=lambda entry: SEVERITIES.index(entry.severity))
    lines = [f"| `{entry.id}` | {entry.severity} | {entry.about} | {entry.way_out} |" for entry in rows]
    return "\n".join(("| rule | severity | what it finds | way out |", "|---|---|---|---|", *lines))


def entry_of(identifier: str) -> Entry:
    return next(entry for entry in CATALOGUE if entry.id == identifier)


__all__ = ["CATALOGUE", "CRITICAL", "INFO", "SEVERITIES", "WARNING", "Entry", "Subject", "entry_of", "table"]
