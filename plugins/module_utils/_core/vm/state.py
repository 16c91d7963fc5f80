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

# In this order; a run that was interrupted goes on at the first that is missing.
PHASES = ("assessed", "allocated", "copied", "verified", "defined", "started", "checked", "done")
VERSION = 1


@dataclass(frozen=True)
class DiskState:
    """What is known about a disk that lies complete in its volume. digest: block-map, sha256: whole (may be empty)."""

    volume: str
    capacity: int
    digest: str = ""
    sha256: str = ""
    bytes_read: int = 0
    bytes_wire: int = 0
    seconds: float = 0.0
    engine: str = ""
    verified: bool = False

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
class State:
    """request: digest of what was asked for. source: identity of what was read. machine: as it was applied."""

    request: str = ""
    source: str = ""
    phase: str = ""
    disks: Mapping[str, DiskState] = field(default_factory=dict)
    timeline: tuple[Step, ...] = ()
    failure: str = ""
    failed_in: str = ""
    machine: Mapping[str, Any] = field(default_factory=dict)
    uid: str = ""

    def reached(self, phase: str) -> bool:
        """True when the phase is behind."""
        return bool(self.phase) and PHASES.index(self.phase) >= PHASES.index(phase)

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
        }
