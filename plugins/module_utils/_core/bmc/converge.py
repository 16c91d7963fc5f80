# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring one machine to a wished power state and boot override through its BMC, and prove it by reading back.

The BMC and the clock come from the caller: the sequence runs against real protocol peers and in unit tests alike.
This module util is private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.errors import BmcError
from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.model import (
    ModeUnknown,
    Override,
    Plan,
    State,
    Wish,
    after,
    is_satisfied,
    plan_boot,
)


class Bmc(Protocol):
    """One session with one BMC. Every call raises BmcError."""

    driver: str
    address: str

    def read(self) -> State: ...

    def set_override(self, override: Override) -> None: ...

    def set_power(self, power: str) -> None: ...


class Clock(Protocol):
    def now(self) -> float: ...

    def sleep(self, seconds: float) -> None: ...


@dataclass(frozen=True)
class Limits:
    """attempts: writes of the override until it must read back. power_timeout, poll: seconds."""

    attempts: int = 3
    power_timeout: float = 120.0
    poll: float = 1.0


@dataclass
class Journal:
    """What happened, for the operator: seconds since the start and a sentence."""

    clock: Clock
    started: float = 0.0
    lines: list[dict[str, object]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    writes: int = 0

    def __post_init__(self) -> None:
        self.started = self.clock.now()

    def add(self, what: str) -> None:
        self.lines.append({"seconds": round(self.clock.now() - self.started, 2), "what": what})


@dataclass(frozen=True)
class Outcome:
    before: State
    after: State
    plan: Plan


def plan_for(bmc: Bmc, state: State, wish: Wish) -> Plan:
    """`plan_boot` with the fault told in the operator's words."""
    try:
        return plan_boot(state, wish)
    except ModeUnknown:
        detail = "the boot mode shall be kept, but the BMC does not tell it; set boot.mode to uefi or bios"
        raise BmcError("unsupported", bmc.address, bmc.driver, detail) from None


def converge(bmc: Bmc, wish: Wish, limits: Limits, journal: Journal, check_mode: bool = False) -> Outcome:
    """Read, set the override, prove it, switch the power, prove it. In check mode only read."""
    before = bmc.read()
    plan = plan_for(bmc, before, wish)
    journal.add(f"power {before.power}, boot override {before.override.target}, mode {before.override.mode}")
    if check_mode or not plan.changes:
        return Outcome(before, after(before, plan), plan)
    if plan.override:
        _set_override(bmc, plan.override, limits, journal)
    for power in plan.power:
        _reach_power(bmc, power, limits, journal)
        if power == "off" and plan.override:
            _keep_override(bmc, plan.override, limits, journal)
    return Outcome(before, bmc.read(), plan)


def _set_override(bmc: Bmc, override: Override, limits: Limits, journal: Journal) -> None:
    for attempt in range(1, limits.attempts + 1):
        bmc.set_override(override)
        journal.writes += 1
        journal.add(f"boot override {override.target} written (attempt {attempt})")
        current = bmc.read().override
        if current.target is None:
            journal.warnings.append(f"BMC {bmc.address} does not show its boot override; it could not be verified")
            return
        if is_satisfied(current, override):
            return
        journal.add(f"boot override reads back as {current.target}, mode {current.mode}")
        journal.clock.sleep(limits.poll)
    detail = f"boot override {override.target} was written {limits.attempts} times and never read back"
    raise BmcError("ignored", bmc.address, bmc.driver, detail)


def _keep_override(bmc: Bmc, override: Override, limits: Limits, journal: Journal) -> None:
    """Some BMCs drop the override at power off; look before the machine starts."""
    current = bmc.read().override
    if current.target is not None and not is_satisfied(current, override):
        journal.add("boot override was lost at power off")
        _set_override(bmc, override, limits, journal)


def _reach_power(bmc: Bmc, power: str, limits: Limits, journal: Journal) -> None:
    """Send the command once; the state counts when it was read twice in a row, because BMCs flicker and lag."""
    bmc.set_power(power)
    journal.add(f"power {power} sent")
    deadline, hits = journal.clock.now() + limits.power_timeout, 0
    while hits < 2:
        hits = hits + 1 if bmc.read().power == power else 0
        if hits < 2 and journal.clock.now() >= deadline:
            detail = f"power is not {power} {limits.power_timeout:.0f} s after the command"
            raise BmcError("timeout", bmc.address, bmc.driver, detail)
        if hits < 2:
            journal.clock.sleep(limits.poll if not hits else min(limits.poll, 0.3))
    journal.add(f"power is {power}")
