# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The moments of a move at which two copies of a machine could run, all in one place.

The target is started only after the source was seen off and fenced; the source only after the target was seen off.
Nothing is believed from memory: every step asks again. This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ..errors import PlatformError
from .cutover import Wish
from .engine import Plan
from .source import Machine


class MoveTarget(Protocol):
    """The cluster. allocate: the volume is there and ours. stop: the machine is halted and its instance gone.

    patience: seconds the guest may take to shut down, within the limit that the machine itself has.
    """

    def settle(self, machine: str, volumes: list[str]) -> None: ...
    def allocate(self, volume: Mapping[str, Any]) -> None: ...
    def define(self, machine: Mapping[str, Any]) -> dict[str, Any]: ...
    def wait_running(self, name: str) -> None: ...
    def check(self, name: str) -> list[str]: ...
    def is_running(self, name: str) -> bool: ...
    def stop(self, name: str, patience: float) -> None: ...


class SourceRuns(PlatformError):
    """The source runs although it was stopped: what was copied since is not its last state."""


class Handover:
    """One machine, its place in the cluster, and what is wished."""

    def __init__(self, machine: Machine, target: MoveTarget, plan: Plan, wish: Wish) -> None:
        self.machine, self.target, self.plan, self.wish = machine, target, plan, wish

    def method(self, power: str) -> str:
        """warm when the source runs and can track its changes, else cold; a wish that cannot be met is an error."""
        if power == "off" and self.wish.state == "precopied":
            raise PlatformError(
                f"{self.plan.name}: the source is off, there is nothing to copy ahead; run state present, or start it"
            )
        if self.wish.method == "cold" or power == "off":
            return "cold"
        try:
            self.machine.enable_tracking()
        except PlatformError:
            if self.wish.method == "warm" or self.wish.state == "precopied":
                raise
            return "cold"
        return "warm"

    def refuse_running_target(self) -> None:
        """Before the first write: a machine that runs would be overwritten while it runs."""
        if self.target.is_running(self.plan.name):
            raise PlatformError(f"{self.plan.name}: runs in the cluster already; stop it there, then run again")

    def stop_source(self) -> None:
        if self.machine.power() != "off":
            self.machine.shut_down(self.wish.shutdown_timeout, self.wish.force)
        self.see_source_off()

    def see_source_off(self) -> None:
        power = self.machine.power()
        if power != "off":
            raise SourceRuns(
                f"{self.plan.name}: the source is {power} and should be off; nothing was started in the cluster: "
                "find out who started it, then run again"
            )

    def fence_source(self) -> None:
        self.see_source_off()
        if self.wish.fence:
            self.machine.fence(self.plan.name)
            if not self.machine.is_fenced():
                raise PlatformError(f"{self.plan.name}: the source could not be fenced; nothing was started, run again")

    def define(self, running: bool) -> dict[str, Any]:
        """Apply the machine. running: only when the source cannot come in between."""
        if running:
            self.see_source_off()
            if self.wish.fence and not self.machine.is_fenced():
                raise PlatformError(
                    f"{self.plan.name}: the source is not fenced any more; nothing was started in the cluster: "
                    "find out who changed it, then run again, or roll back"
                )
        return self.target.define(self.plan.machine(running))

    def give_back(self, defined: bool, start: bool) -> None:
        """Stop the target, then let the source be what it was. start: it ran, and the import stopped it."""
        if defined:
            self.target.stop(self.plan.name, self.wish.shutdown_timeout)
        if self.target.is_running(self.plan.name):
            raise PlatformError(f"{self.plan.name}: still runs in the cluster; the source stays off, run again")
        self.machine.unfence()
        if start and self.machine.power() == "off":
            self.machine.power_on()
