# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stages of a run: what they are, how long they took, what they changed.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

# Tag of the plays -> what the stage does, in the order of the chain.
STAGES = {
    "check": "Check the inventory",
    "provision": "Provision the nodes",
    "configure": "Configure the nodes",
    "cluster": "Deploy the cluster",
    "stack": "Deploy the stack",
    "import": "Import the VMs",
    "migrate": "Migrate the VMs",
    "report": "Write the report",
}


@dataclass
class Stage:
    """One stage of one run. seconds: wall clock. changed, failed: tasks on hosts; unreachable counts as failed."""

    name: str
    seconds: float = 0.0
    tasks: int = 0
    changed: int = 0
    failed: int = 0

    @property
    def title(self) -> str:
        return STAGES.get(self.name, self.name)


def stage_of(tags: Iterable[str]) -> str | None:
    """The stage a play belongs to, by its tags."""
    tagged = set(tags)
    return next((name for name in STAGES if name in tagged), None)


def duration(seconds: float) -> str:
    """41.2 -> '41.2 s', 125 -> '2 min 05 s', 3700 -> '1 h 01 min'."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"


def table(stages: Iterable[Stage]) -> str:
    """The stages as a table for a terminal, with their sum; empty text without a stage."""
    rows = [(stage.title, duration(stage.seconds), stage.changed, stage.failed) for stage in stages]
    if not rows:
        return ""
    total = sum(stage.seconds for stage in stages)
    rows.append(("together", duration(total), sum(row[2] for row in rows), sum(row[3] for row in rows)))
    width = max(len(row[0]) for row in rows)
    lines = [f"{'stage':{width}}  {'took':>12}  {'changed':>7}  {'failed':>6}"]
    lines += [f"{title:{width}}  {took:>12}  {changed:>7}  {failed:>6}" for title, took, changed, failed in rows]
    return "\n".join((lines[0], "-" * len(lines[0]), *lines[1:]))


def with_run(history: Any, started: str, stages: Iterable[Stage]) -> dict[str, Any]:
    """The history with the stages of one run in it.

    Shape: {stages: {name: {working: {started, stage...}, repeated: {...}}}}. Of each stage the last run that changed
    something (or failed) and the last one that changed nothing are kept: looking often does not push out the real run.
    """
    known = dict(history.get("stages") or {}) if isinstance(history, Mapping) else {}
    for stage in stages:
        kind = "working" if stage.changed or stage.failed else "repeated"
        known[stage.name] = {**known.get(stage.name, {}), kind: {"started": started, **asdict(stage)}}
    return {"stages": known}


@dataclass(frozen=True)
class Pace:
    """How long a stage took when it last changed something, and when it last changed nothing."""

    name: str
    working: Stage | None
    repeated: Stage | None


def paces(history: Any) -> list[Pace]:
    """Both paces of each stage of the chain that a history knows of."""
    known = history.get("stages") or {} if isinstance(history, Mapping) else {}
    return [
        Pace(name, stage_in(known[name].get("working")), stage_in(known[name].get("repeated")))
        for name in STAGES
        if name in known
    ]


def stage_in(entry: Mapping[str, Any] | None) -> Stage | None:
    """A stage as it was kept."""
    return Stage(**{key: value for key, value in entry.items() if key != "started"}) if entry else None
