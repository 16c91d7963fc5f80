# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a place may be written to, and what of the journal beside it may be believed. Pure.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import PlatformError

# Empty what is there; write what the journal lacks; read first what is there.
FRESH, TRUSTED, DOUBTFUL = "fresh", "trusted", "doubtful"


@dataclass(frozen=True)
class Stamp:
    """How a target looks. identity: of the file or device, empty when there is none. blank: it holds no data.

    touched: when it was written last, in nanoseconds; 0 where nothing tells it, as for devices.
    """

    identity: str = ""
    touched: int = 0
    blank: bool = True


@dataclass(frozen=True)
class Errand:
    """What is to be copied. overwrite: what others have written may be lost."""

    path: str
    source: str
    capacity: int
    overwrite: bool = False


def trust(errand: Errand, journal: Mapping[str, Any], now: Stamp) -> str:
    """FRESH, TRUSTED or DOUBTFUL. Raises PlatformError before anything is lost that this copy did not write."""
    ours = journal.get("capacity") == errand.capacity and journal.get("identity") == now.identity
    if not now.identity or not ours:
        _keep(errand, now.blank, "holds data that this copy did not write")
        return FRESH
    if journal.get("done") and journal.get("touched") != now.touched:
        _keep(errand, False, "was written to after it had been copied")
        return DOUBTFUL
    same = journal.get("source") == errand.source
    if journal.get("done"):
        # Nothing tells who wrote to a device meanwhile.
        return TRUSTED if same or now.touched else DOUBTFUL
    # An interrupted pass may have written more than its journal says.
    untouched = now.touched and journal.get("touched") == now.touched
    return TRUSTED if same and untouched else DOUBTFUL


def _keep(errand: Errand, harmless: bool, found: str) -> None:
    if not harmless and not errand.overwrite:
        raise PlatformError(f"{errand.path}: {found}; name another dest, or lose it with overwrite: true")
