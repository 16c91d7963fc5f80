# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The errors of the collection. Deep code raises them; one place (_ansible/module.py) turns them into a failed task.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass


class PlatformError(Exception):
    """A fault an operator can act on. `facts` goes into the task's result beside `msg`: JSON types, no secrets."""

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.facts: dict[str, object] = dict(facts)


@dataclass(frozen=True, order=True)
class Finding:
    """One contradiction in what the operator wrote.

    place: path of the value, e.g. `hosts.n3.hci_node.nics[1].mtu`. found: what is there. way_out: what to do.
    """

    place: str
    found: str
    way_out: str

    def __str__(self) -> str:
        return f"{self.place}: {self.found}; {self.way_out}"


class InputErrors(PlatformError):
    """All findings of one input at once, one per line, in the order they were given."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(map(str, self.findings)), findings=[asdict(finding) for finding in self.findings])


def refuse(findings: Iterable[Finding]) -> None:
    """Raise InputErrors when there is anything to tell; else do nothing."""
    found = tuple(findings)
    if found:
        raise InputErrors(found)
