# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine to plan, and the choice between cold and warm.

Sizes in MiB, rates in MiB/s, times in seconds. This module util is private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass

from .flows import Bandwidth

# A warm machine converges when it dirties less than this part of what one stream carries.
CONVERGES = 0.3
CUTOVER_SECONDS = 60.0


@dataclass(frozen=True)
class Item:
    """A machine to plan.

    group: moves together with the others of the group. apart: never in one wave with another of the same mark.
    windows: names of those it may use, empty for any. capacity_mib: what it takes at the target, 0 for used_mib.
    downtime_limit: 0 for any. dirty_mib_s: negative when unknown. blocked: why it cannot move. target: its name there.
    identity: by which its journal is known, empty where only names tell. ahead: copied while it runs.
    """

    name: str
    used_mib: float
    host: str = ""
    datastore: str = ""
    network: str = ""
    family: str = ""
    group: str = ""
    apart: str = ""
    after: tuple[str, ...] = ()
    windows: tuple[str, ...] = ()
    capacity_mib: float = 0.0
    dirty_mib_s: float = -1.0
    downtime_limit: float = 0.0
    blocked: str = ""
    target: str = ""
    identity: str = ""
    ahead: bool = False

    @property
    def takes_mib(self) -> float:
        return self.capacity_mib or self.used_mib


def method_of(item: Item, copy: float, bandwidth: Bandwidth) -> tuple[str, str]:
    """cold when the downtime allows it, else warm; a note when warm does not converge."""
    if not item.ahead and (not item.downtime_limit or copy + CUTOVER_SECONDS <= item.downtime_limit):
        return "cold", ""
    if item.dirty_mib_s < 0:
        return "warm", "its rate of change is unknown: measure it before"
    if item.dirty_mib_s >= CONVERGES * bandwidth.stream:
        return "warm", "changes faster than it can be copied: replicate inside the guest"
    return "warm", ""


def in_window_mib(item: Item, bandwidth: Bandwidth) -> float:
    """What is copied inside a window: all of a cold machine, of a warm one what changes while it is copied once."""
    alone = item.used_mib / bandwidth.stream
    if method_of(item, alone, bandwidth)[0] == "cold":
        return item.used_mib
    return min(item.used_mib, max(item.dirty_mib_s, 0.0) * alone)
