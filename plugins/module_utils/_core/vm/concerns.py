# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogue of concerns: rules that look at a machine and say what an import would stumble over.

Each rule has an id, a severity and a way out; all of them are pure. This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from . import concern_rules as rules
from .concern_rules import Rule, Subject, Target
from .findings import mapping_findings

__all__ = ["CATALOGUE", "Concern", "Subject", "Target", "assess", "report"]
CRITICAL, WARNING, INFO = "critical", "warning", "info"
SEVERITIES = (CRITICAL, WARNING, INFO)


@dataclass(frozen=True)
class Concern:
    """One finding of a rule."""

    vm: str
    id: str
    severity: str
    found: str
    way_out: str


# id, severity, rule, way out
CATALOGUE: tuple[tuple[str, str, Rule, str], ...] = (
    ("hardware.missing", CRITICAL, rules.no_hardware, "correct the source or set overrides"),
    (
        "disk.rdm",
        CRITICAL,
        rules.disks(lambda disk: disk.rdm, "is a raw device mapping"),
        "convert it to a virtual disk",
    ),
    ("disk.capacity", CRITICAL, rules.disks(lambda disk: disk.capacity <= 0, "has no size"), "repair it at the source"),
    (
        "disk.sharing",
        CRITICAL,
        rules.disks(lambda disk: disk.sharing not in ("", "none"), "is shared"),
        "move it by hand",
    ),
    (
        "disk.independent",
        WARNING,
        rules.disks(lambda disk: disk.mode.startswith("independent"), "is independent: snapshots leave it out"),
        "import cold",
    ),
    ("disk.serial", INFO, rules.long_serial, "mount by file system identifier in the guest"),
    ("guest.space", CRITICAL, rules.full_file_system, "free at least 100 MiB before the conversion"),
    (
        "guest.unknown",
        WARNING,
        rules.unknown_guest,
        "set overrides.disk_bus and overrides.nic_model after a test import",
    ),
    ("guest.drivers", WARNING, rules.windows_drivers, "run role vm_guest_prepare on it, or let it start from sata"),
    ("guest.hostname", INFO, rules.hostname, "give the guest a name"),
    ("guest.addresses", WARNING, rules.no_addresses, "start the tools or write down the addresses"),
    ("guest.tools", WARNING, rules.tools, "start the tools, or allow power off"),
    ("snapshot.present", WARNING, rules.devices("snapshots", "has a snapshot"), "remove it before the import"),
    (
        "snapshot.consolidate",
        CRITICAL,
        rules.is_true("consolidation_needed", "disks need consolidation"),
        "consolidate them",
    ),
    ("device.passthrough", CRITICAL, rules.devices("pci", "has a passed-through device"), "remove it"),
    ("device.usb", INFO, rules.devices("usb", "has a USB device"), "it is not carried over"),
    ("device.cdrom", INFO, rules.devices("cdroms", "has a CD-ROM drive"), "it is not carried over"),
    (
        "machine.template",
        WARNING,
        lambda subject: ["is a template"] if subject.vm.template else [],
        "import it as an image",
    ),
    (
        "machine.suspended",
        CRITICAL,
        lambda subject: ["is suspended"] if subject.vm.power == "suspended" else [],
        "resume or stop it",
    ),
    ("machine.encrypted", CRITICAL, rules.is_true("encrypted", "is encrypted"), "decrypt it at the source"),
    (
        "machine.linked_clone",
        WARNING,
        rules.is_true("linked_clone", "is a linked clone"),
        "the copy is complete and larger",
    ),
    (
        "machine.fault_tolerance",
        WARNING,
        rules.is_true("fault_tolerance", "is fault tolerant"),
        "switch that off first",
    ),
    (
        "machine.tpm",
        WARNING,
        lambda subject: ["has a TPM, whose contents are not moved"] if subject.vm.tpm else [],
        "suspend disk encryption or keep the recovery key",
    ),
    ("machine.affinity", INFO, rules.is_true("affinity", "is bound to processors or hosts"), "bind it anew"),
    ("machine.sriov", WARNING, rules.is_true("sriov", "has an SR-IOV interface"), "it becomes a bridged one"),
    ("cpu.topology", WARNING, rules.odd_topology, "each processor becomes a socket"),
    (
        "cpu.hotadd",
        INFO,
        lambda subject: ["processors can be added while it runs"] if subject.vm.cpu.hotadd else [],
        "set maxSockets on the target",
    ),
    (
        "cbt.off",
        INFO,
        lambda subject: ["changed blocks are not tracked"] if rules.extra(subject, "cbt") is False else [],
        "switch it on for a warm import",
    ),
    ("name.changed", INFO, rules.other_name, "or set target.name"),
    ("target.name", CRITICAL, rules.name_taken, "set target.name"),
    ("target.mac", CRITICAL, rules.address_taken, "remove the other machine or its interface"),
    ("target.node", CRITICAL, rules.too_large_for_a_node, "make it smaller or add a larger node"),
    ("target.space", CRITICAL, rules.no_room, "add storage"),
)


def assess(subject: Subject, disabled: Collection[str] = ()) -> list[Concern]:
    """All concerns about a machine, the critical ones first. What has no mapping is critical."""
    name = subject.vm.name
    found = [
        Concern(name, identifier, severity, text, way_out)
        for identifier, severity, rule, way_out in CATALOGUE
        if identifier not in disabled
        for text in rule(subject)
    ]
    covered = {"disk.rdm", "disk.capacity", "hardware.missing"}
    for finding in mapping_findings(subject.vm, subject.settings):
        if "mapping" in finding.place + finding.found + finding.way_out and "raw device" not in finding.found:
            found.append(
                Concern(name, "mapping.missing", CRITICAL, f"{finding.place}: {finding.found}", finding.way_out)
            )
        elif not covered & {concern.id for concern in found} and "mapping.invalid" not in disabled:
            found.append(
                Concern(name, "mapping.invalid", CRITICAL, f"{finding.place}: {finding.found}", finding.way_out)
            )
    return sorted(found, key=lambda concern: (SEVERITIES.index(concern.severity), concern.id, concern.found))


def report(subjects: Iterable[Subject], disabled: Collection[str] = ()) -> dict[str, Any]:
    """concerns, ready, blocked and a count by severity, for an estate."""
    concerns: list[Concern] = []
    ready: list[str] = []
    blocked: list[str] = []
    for subject in subjects:
        own = assess(subject, disabled)
        concerns += own
        (blocked if any(concern.severity == CRITICAL for concern in own) else ready).append(subject.vm.name)
    count = {severity: sum(concern.severity == severity for concern in concerns) for severity in SEVERITIES}
    return {"concerns": [asdict(concern) for concern in concerns], "ready": ready, "blocked": blocked, "summary": count}
