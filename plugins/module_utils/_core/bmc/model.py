# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a BMC is asked for and what it said, and the steps between the two.

This module util is private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

TARGETS = ("pxe", "http", "disk", "cdrom", "setup", "none")
MODES = ("uefi", "bios")


@dataclass(frozen=True)
class Override:
    """The boot override of a machine. target: one of TARGETS, None = the BMC does not tell. mode: None = not told."""

    target: str | None
    mode: str | None = None
    once: bool = True

    def as_dict(self) -> dict[str, object]:
        return {"target": self.target, "mode": self.mode, "once": self.once}


@dataclass(frozen=True)
class State:
    """One reading of a BMC. power: `on` or `off`. mode_needed: every write must name a boot mode, as with IPMI."""

    power: str
    override: Override
    mode_needed: bool = False

    def as_dict(self) -> dict[str, object]:
        return {"power": self.power, "boot": self.override.as_dict()}


@dataclass(frozen=True)
class Wish:
    """power: on, off, cycle, keep. target: one of TARGETS or keep. mode: uefi, bios, keep."""

    power: str = "keep"
    target: str = "keep"
    mode: str = "keep"
    once: bool = True


@dataclass(frozen=True)
class Plan:
    """override: what to write, None = nothing. power: the commands to send, in order, each `on` or `off`."""

    override: Override | None
    power: tuple[str, ...]

    @property
    def changes(self) -> bool:
        return self.override is not None or bool(self.power)


class ModeUnknown(ValueError):
    """The boot mode shall be kept, must be written, and the BMC does not tell it."""


def plan_boot(state: State, wish: Wish) -> Plan:
    """The least that makes `state` what `wish` says. Raises ModeUnknown rather than guess a boot mode."""
    return Plan(_plan_override(state, wish), _plan_power(state.power, wish.power))


def after(state: State, plan: Plan) -> State:
    """The state a finished plan leaves, for the diff of a check run."""
    power = plan.power[-1] if plan.power else state.power
    return replace(state, power=power, override=plan.override or state.override)


def _plan_override(state: State, wish: Wish) -> Override | None:
    if wish.target == "keep":
        return None
    wanted = Override(wish.target, _mode_to_write(state, wish), wish.once)
    return None if is_satisfied(state.override, wanted) else wanted


def _mode_to_write(state: State, wish: Wish) -> str | None:
    if wish.mode != "keep":
        return wish.mode
    if not state.mode_needed:
        return None
    if state.override.mode is None and wish.target != "none":
        raise ModeUnknown
    return state.override.mode


def is_satisfied(current: Override, wanted: Override) -> bool:
    """Whether `current` fulfils `wanted`. `once` is not compared: several BMCs report it wrongly and honour it."""
    return current.target == wanted.target and wanted.mode in (None, current.mode)


def _plan_power(current: str, wish: str) -> tuple[str, ...]:
    if wish == "cycle":  # off and on rather than reset: a repeated datagram cannot do harm, and 'off' is observable
        return ("off", "on") if current == "on" else ("on",)
    if wish in ("keep", current):
        return ()
    return (wish,)
