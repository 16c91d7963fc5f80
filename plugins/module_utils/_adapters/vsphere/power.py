# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The power of a machine at its source.

This module util is private to the collection.
"""

from __future__ import annotations

from typing import Any

from ..._core.errors import PlatformError
from .tasks import Tasks

STATES = {"poweredOn": "on", "poweredOff": "off", "suspended": "suspended"}
_PATHS = ("runtime.powerState", "guest.toolsRunningStatus")
_TASK_TIMEOUT = 120.0


class Power:
    """name: as messages call the machine."""

    def __init__(self, tasks: Tasks, machine: Any, name: str) -> None:
        self.tasks, self.machine, self.name = tasks, machine, name
        self.session = tasks.session

    def state(self) -> str:
        """on, off or suspended, asked now."""
        found = self.tasks.inventory.plain(self.machine, _PATHS[:1])
        return STATES.get(str(found.get("runtime.powerState")), "unknown")

    def shut_down(self, timeout: float, force: bool) -> None:
        """Ask the guest and wait. force: cut the power when it does not follow, or cannot be asked."""
        state = self.state()
        if state == "off":
            return
        if state != "on":
            raise self._stays(f"is {state}, so what it holds in memory is not on its disks", "resume it and run again")
        tools = str(self.tasks.inventory.plain(self.machine, _PATHS).get("guest.toolsRunningStatus"))
        asked = tools in ("guestToolsRunning", "guestToolsExecutingScripts")
        if asked:
            self.session.call(self.machine.ShutdownGuest, f"shut down {self.name}")
            if self.tasks.until(lambda: self.state() == "off", timeout):
                return
        if not force:
            found = (
                f"is still on {timeout:.0f} s after its guest was asked to shut down"
                if asked
                else (f"its tools are not running ({tools}), so its guest cannot be asked to shut down")
            )
            raise self._stays(found, "shut it down by hand, or allow power off")
        self._cut()

    def power_on(self) -> None:
        """Start the machine."""
        if self.state() != "on":
            self.tasks.run(self.machine.PowerOnVM_Task, f"power on {self.name}", _TASK_TIMEOUT)

    def _cut(self) -> None:
        try:
            self.tasks.run(self.machine.PowerOffVM_Task, f"power off {self.name}", _TASK_TIMEOUT)
        except PlatformError:
            # The guest may have ended by itself in the same moment.
            if self.state() != "off":
                raise

    def _stays(self, found: str, way_out: str) -> PlatformError:
        return PlatformError(f"{self.session.place}: {self.name}: {found}; {way_out}")
