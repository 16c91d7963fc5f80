# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What pnputil tells about the driver store, read by its values: its labels are in the guest's language. Pure.

This module util is private to the collection.
"""

from __future__ import annotations

import re

_NAME = re.compile(r"([\w.+-]+\.inf)\s*$", re.IGNORECASE)
_VERSION = re.compile(r"(?<![\d.])(\d+\.\d+\.\d+\.\d+)\s*$")
_GAP = re.compile(r"\r?\n[ \t]*\r?\n")


def packages_of(output: str) -> dict[str, tuple[str, ...]]:
    """Output of `pnputil /enum-drivers` -> versions in the store by the INF's original name, in lower case.

    A block tells the name that Windows gave (oem7.inf), the original one, and a date with the version.
    """
    found: dict[str, tuple[str, ...]] = {}
    for block in _GAP.split(output):
        lines = block.splitlines()
        names = [match.group(1).lower() for match in map(_NAME.search, lines) if match]
        versions = [match.group(1) for match in map(_VERSION.search, lines) if match]
        if len(names) > 1 and versions:
            found[names[1]] = (*found.get(names[1], ()), versions[0])
    return found


def ordered(version: str) -> tuple[int, ...]:
    """A version to compare."""
    return tuple(int(part) for part in version.split("."))
