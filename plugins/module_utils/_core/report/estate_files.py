# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of an estate for programs: CSV and JSON.

This module util is private to the collection.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict

from ansible_collections.ironacre.hci.plugins.module_utils._core.report.estate import Estate, Machine

# A cell that begins with one of these is a formula to a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = (
    "machine",
    "target",
    "state",
    "wave",
    "method",
    "mib",
    "start_s",
    "copy_s",
    "planned_downtime_s",
    "downtime_s",
    "bytes_read",
    "bytes_wire",
    "critical",
    "warning",
    "info",
    "verified",
    "digests",
    "remark",
)


def estate_csv(estate: Estate) -> str:
    """One line per machine."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for machine in estate.machines:
        writer.writerow([cell(value) for value in line(machine)])
    return out.getvalue()


def line(machine: Machine) -> list[object]:
    disks = machine.disks
    return [
        machine.name,
        machine.target,
        machine.state,
        machine.wave if machine.wave >= 0 else "",
        machine.method,
        machine.mib,
        machine.start,
        machine.copy,
        machine.planned_downtime,
        machine.downtime if machine.downtime >= 0 else "",
        sum(disk.read for disk in disks),
        sum(disk.wire for disk in disks),
        *machine.counts,
        all(disk.verified for disk in disks) if disks else "",
        " ".join(f"{disk.volume}={disk.digest}" for disk in disks),
        machine.reason or machine.note,
    ]


def cell(value: object) -> object:
    """A text that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def estate_json(estate: Estate) -> str:
    """All of it, with stable keys."""
    return json.dumps(asdict(estate), indent=2, sort_keys=True) + "\n"
