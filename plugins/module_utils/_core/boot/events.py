# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal of a machine's installation: what happened, how far it is, what it waits for.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Event = Mapping[str, Any]

# In the order of an installation. `boot`: the BMC was told. `done`: the receipt was read over SSH.
STAGES = (
    "armed",
    "boot",
    "script",
    "kernel",
    "agent",
    "approved",
    "downloading",
    "verified",
    "writing",
    "written",
    "configured",
    "finished",
    "done",
)
FAULTS = ("failed", "held")
# Longer ago, somebody may have put data onto a disk that an installation had begun to write.
CLAIM_SECONDS = 86400.0
AGENT_STAGES = frozenset(STAGES[STAGES.index("downloading") : STAGES.index("done")]) | {"failed"}
# Seconds without any event after which the installation counts as stalled, by the stage that was reached.
DEADLINES: Mapping[str, int] = {
    "armed": 60,
    "boot": 480,
    "script": 180,
    "kernel": 300,
    "agent": 60,
    "approved": 120,
    "downloading": 120,
    "verified": 120,
    "writing": 120,
    "written": 300,
    "configured": 120,
    "finished": 600,
    "done": 60,
}


@dataclass(frozen=True)
class Progress:
    """stage: the furthest one of the current boot, empty before the first ticket. fault: why it ended early.

    claims: disks that the guard passed and no run has seen finished since, with the time: they hold our own half image.
    """

    stage: str = ""
    detail: str = ""
    since: float = 0.0
    fault: str = ""
    boots: int = 0
    claims: tuple[tuple[str, float], ...] = ()

    def has_claimed(self, disk: str, at: float) -> bool:
        """Whether an installation that was begun shortly before `at` left its unfinished image on the disk."""
        return any(disk == claimed and at - begun < CLAIM_SECONDS for claimed, begun in self.claims)

    def has_reached(self, stage: str) -> bool:
        return bool(self.stage) and STAGES.index(self.stage) >= STAGES.index(stage)

    @property
    def is_under_way(self) -> bool:
        return not self.fault and self.has_reached("boot") and not self.has_reached("finished")


def progress_of(events: Iterable[Event]) -> Progress:
    """Fold a journal. A new ticket or boot starts over, but keeps the claims."""
    stage, detail, since, fault, boots = "", "", 0.0, "", 0
    claims: dict[str, float] = {}
    for event in events:
        name, detail, since = str(event["stage"]), str(event.get("detail", "")), float(event["time"])
        if name in FAULTS:
            fault = f"{name}: {detail}"
        elif name in ("armed", "boot"):
            stage, fault, boots = name, "", boots + 1 if name == "boot" else 0
        elif not stage or STAGES.index(name) >= STAGES.index(stage):
            stage = name
        if name == "approved":
            claims[detail] = since
        elif name == "done":
            claims.clear()
    return Progress(stage, detail, since, fault, boots, tuple(sorted(claims.items())))


def event_line(stage: str, detail: str, now: float) -> dict[str, Any]:
    """One event as it is stored. Only printable text of a bounded length is taken from outside."""
    text = "".join(char if char.isprintable() else " " for char in detail)[:500]
    return {"time": round(now, 3), "stage": stage, "detail": text.strip()}
