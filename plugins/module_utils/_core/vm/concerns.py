# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an import would stumble over: the catalogue's rules asked about a machine, or about a whole estate. Pure.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from ..errors import Finding, refuse
from .catalogue import CATALOGUE, CRITICAL, SEVERITIES, entry_of
from .concern_rules import Estate, Subject, Target
from .concern_target import label_of
from .findings import MACHINE, MISSING, refusals
from .naming import object_name

__all__ = ["CATALOGUE", "Concern", "Estate", "Subject", "Target", "assess", "estate_of", "report"]


@dataclass(frozen=True)
class Concern:
    """One finding of a rule."""

    vm: str
    id: str
    severity: str
    found: str
    way_out: str


def assess(subject: Subject, disabled: Collection[str] = ()) -> list[Concern]:
    """All concerns about a machine, the critical ones first. What has no mapping is critical."""
    name = subject.vm.name
    found = [
        Concern(name, entry.id, entry.severity, text, entry.way_out)
        for entry in CATALOGUE
        if entry.rule
        for text in entry.rule(subject)
    ]
    found += _mapping(subject)
    kept = [concern for concern in found if concern.id not in disabled]
    return sorted(kept, key=lambda concern: (SEVERITIES.index(concern.severity), concern.id, concern.found))


def _mapping(subject: Subject) -> Iterator[Concern]:
    """What the mapping refuses, unless a rule has said it: each fact is told once."""
    for kind, finding in refusals(subject.vm, subject.settings):
        if kind != MACHINE:
            entry = entry_of("mapping.missing" if kind == MISSING else "mapping.invalid")
            text = f"{finding.place}: {finding.found}"
            yield Concern(subject.vm.name, entry.id, entry.severity, text, finding.way_out)


def estate_of(subjects: Sequence[Subject], datastores: Mapping[str, str]) -> Estate:
    """What the machines are to each other. datastores: name -> type."""
    names: dict[str, tuple[str, ...]] = {}
    macs: dict[str, tuple[str, ...]] = {}
    for subject in subjects:
        label, name = label_of(subject.vm.name, subject.vm.id), object_name(subject.settings.name)
        names[name] = (*names.get(name, ()), label)
        for nic in subject.vm.nics:
            if nic.mac:
                macs[nic.mac] = (*macs.get(nic.mac, ()), label)
    return Estate(names, macs, datastores)


def report(
    subjects: Iterable[Subject], disabled: Collection[str] = (), datastores: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """concerns, ready, blocked and a count by severity, for an estate. Raises InputErrors for rules there are not."""
    refuse(_unknown(disabled))
    listed = list(subjects)
    estate = estate_of(listed, datastores or {})
    concerns: list[Concern] = []
    ready: list[str] = []
    blocked: list[str] = []
    for subject in listed:
        own = assess(replace(subject, estate=estate), disabled)
        concerns += own
        (blocked if any(concern.severity == CRITICAL for concern in own) else ready).append(subject.vm.name)
    count = {severity: sum(concern.severity == severity for concern in concerns) for severity in SEVERITIES}
    return {"concerns": [asdict(concern) for concern in concerns], "ready": ready, "blocked": blocked, "summary": count}


def _unknown(disabled: Collection[str]) -> Iterator[Finding]:
    known = {entry.id for entry in CATALOGUE}
    for name in disabled:
        if name not in known:
            yield Finding("rules_disabled", f"there is no rule {name}", "see docs/vm-import-rules.md")
