# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waits for what vSphere does, with deadlines, by leaf paths.

This module util is private to the collection.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from ..._core.errors import PlatformError
from .inventory import Inventory

LONGEST_PAUSE = 2.0
_TASK = ("info.state", "info.progress", "info.error", "info.result")
Progress = Callable[[int], None]


class Tasks:
    """Starts tasks and waits for them. clock: seconds that only grow."""

    def __init__(self, inventory: Inventory, clock: Callable[[], float] = time.monotonic) -> None:
        self.inventory, self.session, self.clock = inventory, inventory.session, clock

    def run(self, start: Callable[[], Any], what: str, timeout: float, progress: Progress | None = None) -> Any:
        """Start a task, wait for its end, give its result. A task that fails, or takes too long, is a PlatformError."""
        task = self.session.call(start, what)
        state: dict[str, Any] = {}

        def ended() -> bool:
            state.update(self.inventory.raw(task, _TASK))
            if progress and state.get("info.progress") is not None:
                progress(int(state["info.progress"]))
            return str(state["info.state"]) in ("success", "error")

        if not self.until(ended, timeout):
            done = state.get("info.progress")
            found = f"the task is {state['info.state']} ({done or 0} %) after {timeout:.0f} s"
            raise PlatformError(
                f"{self.session.place}: {what}: {found}; look at the recent tasks of the source, then run again"
            )
        if str(state["info.state"]) == "error":
            raise self.session.translated(state["info.error"], what)
        return state.get("info.result")

    def until(self, reached: Callable[[], bool], timeout: float) -> bool:
        """Ask until it is reached or the time is over; whether it was."""
        end, pause = self.clock() + timeout, 0.1
        while not reached():
            if self.clock() >= end:
                return False
            self.session.sleep(min(pause, max(0.0, end - self.clock())))
            pause = min(pause * 1.5, LONGEST_PAUSE)
        return True
