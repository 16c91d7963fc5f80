# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a machine's inspection said. The agent posts lines of four fields, separated by tabs: kind, subject, key, value.

Kinds: system (subject `-`), nic, disk (subject: kernel name). A key may repeat (`signature`).
This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

FIELDS = 4
Facts = Mapping[str, str]


@dataclass(frozen=True)
class Disk:
    """One disk. signatures: what the agent found on it and on its partitions, as `type@device`."""

    name: str
    size: int
    facts: Facts
    signatures: tuple[str, ...] = ()

    @property
    def identity(self) -> str:
        """What stays over reboots: World Wide Name or serial with the size, the path where there is neither."""
        who = self.facts.get("wwn") or self.facts.get("serial") or self.facts.get("by_path") or self.name
        return f"{who}/{self.size}"


@dataclass(frozen=True)
class Inspection:
    system: Facts
    disks: tuple[Disk, ...]
    nics: Mapping[str, Facts]


def parse_inspection(text: str) -> Inspection:
    """Lines that are not of the format are left out: a machine's firmware may put anything into its tables."""
    system: dict[str, str] = {}
    nics: dict[str, dict[str, str]] = {}
    disks: dict[str, dict[str, str]] = {}
    signatures: dict[str, list[str]] = {}
    for line in text.splitlines():
        fields = line.split("\t", FIELDS - 1)
        if len(fields) != FIELDS:
            continue
        kind, subject, key, value = (field.strip() for field in fields)
        if kind == "system":
            system[key] = value
        elif kind == "nic":
            nics.setdefault(subject, {})[key] = value
        elif kind == "disk" and key == "signature":
            signatures.setdefault(subject, []).append(value)
        elif kind == "disk":
            disks.setdefault(subject, {})[key] = value
    found = tuple(_disk(name, facts, signatures.get(name, [])) for name, facts in sorted(disks.items()))
    return Inspection(system, found, nics)


def _disk(name: str, facts: dict[str, str], signatures: list[str]) -> Disk:
    size = facts.get("size", "")
    filled = {key: value for key, value in facts.items() if value}
    return Disk(name, int(size) if size.isdigit() else 0, filled, tuple(signatures))
