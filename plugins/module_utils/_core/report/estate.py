# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the report of an estate tells, as data: assessment, plan and journals of imports brought together.

This module util is private to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.journals import identity_of, journals_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.naming import object_name

# What no text needs, and what makes a name look like another one.
_UNSEEN = re.compile("[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
SEVERITIES = ("critical", "warning", "info")
MIB = 1 << 20


@dataclass(frozen=True)
class Disk:
    """One disk that was copied; sizes in bytes."""

    volume: str
    capacity: int
    read: int
    wire: int
    seconds: float
    digest: str
    verified: bool


@dataclass(frozen=True)
class Machine:
    """One machine. wave -1: in none. Times in seconds.

    state: blocked, ready, planned, precopied, running, done, failed, rolled_back.

    counts: concerns by severity. steps: phases with what they took. downtime: as measured, -1 when not known.
    """

    name: str
    state: str
    reason: str = ""
    target: str = ""
    wave: int = -1
    method: str = ""
    mib: float = 0.0
    start: float = 0.0
    copy: float = 0.0
    planned_downtime: float = 0.0
    note: str = ""
    counts: tuple[int, int, int] = (0, 0, 0)
    phase: str = ""
    steps: tuple[tuple[str, float], ...] = ()
    disks: tuple[Disk, ...] = ()
    downtime: float = -1.0


@dataclass(frozen=True)
class Wave:
    """One wave as it is planned."""

    number: int
    window: str
    start: str
    duration: float
    precopy: float
    limiting: str
    machines: tuple[Machine, ...]


@dataclass(frozen=True)
class Rule:
    """A rule of the assessment that found something. machines: their names."""

    id: str
    severity: str
    way_out: str
    machines: tuple[str, ...]


@dataclass(frozen=True)
class Estate:
    """All of it. machines: by name."""

    title: str
    generated: str
    machines: tuple[Machine, ...]
    waves: tuple[Wave, ...]
    rules: tuple[Rule, ...]
    duration: float = 0.0
    lower_bound: float = 0.0

    def of(self, *states: str) -> tuple[Machine, ...]:
        return tuple(machine for machine in self.machines if machine.state in states)


def clean(text: object) -> str:
    """A text without what is not seen; markup is escaped where it is written."""
    return _UNSEEN.sub("\ufffd", str(text))


def estate_of(
    assessment: Mapping[str, Any],
    plan: Mapping[str, Any],
    imports: Iterable[Mapping[str, Any]],
    title: str,
    generated: str = "",
) -> Estate:
    """assessment: vms, concerns, ready, blocked. plan: waves, unplaced. imports: as vm_import_info returns them."""
    rows = {row["name"]: (wave, row) for wave in plan.get("waves") or () for row in wave["vms"]}
    reasons = {entry["name"]: entry["reason"] for entry in plan.get("unplaced") or ()}
    concerns: dict[str, list[Mapping[str, Any]]] = {}
    for concern in assessment.get("concerns") or ():
        concerns.setdefault(concern["vm"], []).append(concern)
    identities = {str(vm["name"]): identity_of(vm) for vm in assessment.get("vms") or ()}
    names = sorted({*identities, *rows, *reasons})
    targets = {name: str(row.get("target") or "") for name, (_wave, row) in rows.items()}
    journals = journals_of(imports, ((name, targets.get(name, ""), identities.get(name, "")) for name in names))
    machines = {
        name: _machine(name, rows.get(name), reasons.get(name, ""), concerns.get(name, ()), journals.get(name, {}))
        for name in names
    }
    return Estate(
        clean(title),
        generated,
        tuple(machines.values()),
        tuple(_wave(wave, machines) for wave in plan.get("waves") or ()),
        tuple(_rules(assessment.get("concerns") or ())),
        float(plan.get("duration_s") or 0),
        float(plan.get("lower_bound_s") or 0),
    )


def _machine(
    name: str,
    planned: tuple[Mapping[str, Any], Mapping[str, Any]] | None,
    reason: str,
    concerns: Sequence[Mapping[str, Any]],
    journal: Mapping[str, Any],
) -> Machine:
    wave, row = planned or ({}, {})
    target = str(journal.get("name") or row.get("target") or object_name(name))
    grave = "; ".join(str(one["found"]) for one in concerns if one["severity"] == "critical")
    state = _state(journal, bool(planned), bool(reason or grave))
    steps = tuple(
        (str(step["phase"]), float(step["ended"] - step["started"])) for step in journal.get("timeline") or ()
    )
    return Machine(
        clean(name),
        state,
        clean(journal.get("failure") or (journal.get("note") if state == "rolled_back" else "") or reason or grave),
        target,
        int(wave.get("number", -1)),
        str(journal.get("method") or row.get("method") or ""),
        float(row.get("mib") or 0),
        float(row.get("start_s") or 0),
        float(row.get("copy_s") or 0),
        float(row.get("downtime_s") or 0),
        clean(row.get("note") or ""),
        _counts(concerns),
        str(journal.get("phase") or ""),
        steps,
        tuple(_disk(disk) for disk in journal.get("disks") or ()),
        _downtime(journal) if state in ("done", "failed") else -1.0,
    )


def _counts(concerns: Sequence[Mapping[str, Any]]) -> tuple[int, int, int]:
    critical, warning, info = (sum(one["severity"] == severity for one in concerns) for severity in SEVERITIES)
    return critical, warning, info


def _state(journal: Mapping[str, Any], planned: bool, blocked: bool) -> str:
    phase = str(journal.get("phase") or "")
    if phase.startswith("failed"):
        return "failed"
    if phase:
        return phase if phase in ("done", "precopied", "rolled_back") else "running"
    return "planned" if planned else "blocked" if blocked else "ready"


def _downtime(journal: Mapping[str, Any]) -> float:
    """Measured: as the journal says, else from the stop of the source to the start of the target."""
    if journal.get("downtime_s"):
        return float(journal["downtime_s"])
    steps = {step["phase"]: step for step in journal.get("timeline") or ()}
    if "stopped" in steps and "started" in steps:
        return float(steps["started"]["ended"] - steps["stopped"]["started"])
    return -1.0


def _disk(disk: Mapping[str, Any]) -> Disk:
    return Disk(
        clean(disk.get("volume") or disk.get("key") or ""),
        int(disk.get("capacity") or 0),
        int(disk.get("bytes_read") or 0),
        int(disk.get("bytes_wire") or 0),
        float(disk.get("seconds") or 0),
        str(disk.get("sha256") or disk.get("digest") or ""),
        bool(disk.get("verified")),
    )


def _wave(wave: Mapping[str, Any], machines: Mapping[str, Machine]) -> Wave:
    return Wave(
        int(wave["number"]),
        clean(wave.get("window") or ""),
        clean(wave.get("start") or ""),
        float(wave["duration_s"]),
        float(wave.get("precopy_s") or 0),
        clean(wave.get("limiting") or ""),
        tuple(machines[row["name"]] for row in wave["vms"]),
    )


def _rules(concerns: Iterable[Mapping[str, Any]]) -> list[Rule]:
    """The critical ones first, then those that concern most machines."""
    found: dict[str, Rule] = {}
    names: dict[str, dict[str, None]] = {}
    for one in concerns:
        names.setdefault(one["id"], {})[clean(one["vm"])] = None
        found[one["id"]] = Rule(one["id"], one["severity"], clean(one["way_out"]), tuple(sorted(names[one["id"]])))
    return sorted(found.values(), key=lambda rule: (SEVERITIES.index(rule.severity), -len(rule.machines), rule.id))
