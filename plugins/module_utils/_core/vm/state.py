# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of one import: phases, disks, time line. Kept in the cluster after every step; plain JSON.

This module util is private to the collection.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ..errors import PlatformError

# In this order; a run that was interrupted goes on at the first that is missing. A source that cannot be asked to stop
# (an archive, image files) skips precopied, stopped and fenced.
PHASES = (
    "assessed", "allocated", "precopied", "stopped", "copied", "verified", "defined", "fenced", "started", "checked",
    "done",
)  # fmt: skip
ROLLING_BACK, ROLLED_BACK = "rolling_back", "rolled_back"
VERSION = 1


@dataclass(frozen=True)
class DiskState:
    """What is known about a disk in its volume. digest: block-map, sha256: whole (both may be empty).

    change_id: the source tells what changed since the volume equalled this point; stored after the data were flushed.
    """

    volume: str
    capacity: int
    digest: str = ""
    sha256: str = ""
    bytes_read: int = 0
    bytes_wire: int = 0
    seconds: float = 0.0
    engine: str = ""
    verified: bool = False
    change_id: str = ""

    @property
    def copied(self) -> bool:
        return bool(self.digest)


@dataclass(frozen=True)
class Step:
    """A phase with its times (seconds since the epoch)."""

    phase: str
    started: float
    ended: float


@dataclass(frozen=True)
class Round:
    """One pass over all disks. snapshot: the source ran meanwhile. compared: reasons why all was compared."""

    started: float
    ended: float
    bytes_read: int
    bytes_sent: int
    snapshot: bool = True
    compared: tuple[str, ...] = ()


@dataclass(frozen=True)
class State:
    """request: digest of what was asked for. source: identity of what was read. machine: as it was applied.

    power: that of the source when the import began; rolling back restores it. method: cold, warm, or empty.
    progress: disk key -> bytes done and to do, rate in bytes per second, seconds left.
    heard: what the guest answered to each check. stopping: the source was asked to stop, whether it did or not.
    """

    request: str = ""
    source: str = ""
    phase: str = ""
    disks: Mapping[str, DiskState] = field(default_factory=dict)
    timeline: tuple[Step, ...] = ()
    failure: str = ""
    failed_in: str = ""
    machine: Mapping[str, Any] = field(default_factory=dict)
    uid: str = ""
    method: str = ""
    power: str = ""
    rounds: tuple[Round, ...] = ()
    progress: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    note: str = ""
    heard: tuple[str, ...] = ()
    stopping: bool = False

    def reached(self, phase: str) -> bool:
        """True when the phase is behind."""
        if phase not in PHASES or self.phase not in PHASES:
            return self.phase == phase
        return PHASES.index(self.phase) >= PHASES.index(phase)

    def back_to(self, phase: str) -> State:
        """The state before everything that comes after the phase."""
        return replace(self, phase=phase) if self.reached(phase) else self

    def when(self, phase: str) -> Step | None:
        """The last time the phase was gone through."""
        return next((step for step in reversed(self.timeline) if step.phase == phase), None)

    @property
    def owes_power(self) -> bool:
        """True when the source ran and this import stopped it: giving it back means to start it."""
        return self.power == "on" and self.phase != ROLLED_BACK and (self.stopping or self.when("stopped") is not None)

    @property
    def downtime(self) -> float:
        """Seconds between the shutdown of the source and the start of the target; 0 before, or when it was off.

        A machine that is defined again later, by another wish, is started again and was not down since.
        """
        stopped = self.when("stopped")
        starts = [step for step in self.timeline if step.phase == "started"]
        if self.power == "off" or not stopped or not self.reached("started"):
            return 0.0
        first = next((step for step in starts if step.started >= stopped.ended), None)
        return round(first.ended - stopped.started, 3) if first else 0.0

    def advanced(self, phase: str, started: float, ended: float) -> State:
        """The state after a phase; a failure of before is over."""
        step = Step(phase, round(started, 3), round(ended, 3))
        return replace(self, phase=phase, timeline=(*self.timeline, step), failure="", failed_in="")

    def failed(self, phase: str, reason: str) -> State:
        """The state after a failure in a phase; what was reached stays reached."""
        return replace(self, failure=reason, failed_in=phase)

    def with_disk(self, key: str, disk: DiskState) -> State:
        """The state with a disk's news."""
        return replace(self, disks={**self.disks, key: disk})

    def progressed(self, key: str, done: int, total: int, seconds: float) -> State:
        """The state with how far the pass over a disk is: bytes, bytes per second, seconds left."""
        rate = done / seconds if seconds > 0 else 0.0
        left = (total - done) / rate if rate else 0.0
        told = {"done": float(done), "total": float(total), "rate": round(rate), "eta_s": round(left, 1)}
        return replace(self, progress={**self.progress, key: told})

    def to_json(self) -> str:
        """Stable JSON."""
        data = asdict(self)
        data["version"] = VERSION
        return json.dumps(data, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> State:
        """The inverse of to_json."""
        data = json.loads(text)
        if data.pop("version", None) != VERSION:
            raise PlatformError("the journal of this import was written by another version; remove its ConfigMap")
        data["disks"] = {key: DiskState(**disk) for key, disk in data["disks"].items()}
        data["timeline"] = tuple(Step(**step) for step in data["timeline"])
        data["heard"] = tuple(data.get("heard") or ())
        data["rounds"] = tuple(Round(**{**one, "compared": tuple(one["compared"])}) for one in data.get("rounds") or ())
        return cls(**data)

    def report(self) -> dict[str, Any]:
        """For people and modules."""
        return {
            "phase": f"failed:{self.failed_in}" if self.failure else self.phase or "new",
            "failure": self.failure,
            "source": self.source,
            "uid": self.uid,
            "disks": [{"key": key, **asdict(disk)} for key, disk in sorted(self.disks.items())],
            "timeline": [asdict(step) for step in self.timeline],
            "method": self.method,
            "rounds": [asdict(one) for one in self.rounds],
            "progress": {key: dict(found) for key, found in self.progress.items()},
            "downtime_s": self.downtime,
            "note": self.note,
            "heard": list(self.heard),
        }
