# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator wants of a move, when a cut-over may be, and how long it will take.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import PlatformError
from .downtime import CUTOVER_SECONDS
from .flows import Bandwidth
from .state import Round

MIB = 1 << 20
# A rate nobody measured yet. It is the planner's, as is what a cut-over takes besides its copy: a downtime that a plan
# promises must not be refused when the time has come.
ASSUMED_RATE = Bandwidth().stream * MIB
# A round that moves nearly as much as the one before will not end by going on.
SHRINKS = 0.8


@dataclass(frozen=True)
class Wish:
    """state: precopied, present, cutover or rolled_back. method: auto, cold or warm. threshold in bytes.

    max_downtime: seconds, 0 for no limit. not_before, not_after: seconds since the epoch, 0 for no limit.
    force: power off when the guest does not shut down in time. compare_all: believe no change tracking in the end.
    """

    state: str = "present"
    method: str = "auto"
    shutdown_timeout: float = 600
    force: bool = False
    quiesce: bool = True
    fence: bool = True
    threshold: int = 256 * MIB
    max_rounds: int = 8
    max_downtime: float = 0
    not_before: float = 0
    not_after: float = 0
    compare_all: bool = False


def goes_on(rounds: Sequence[Round], wish: Wish) -> bool:
    """True when one more round brings the cut-over nearer. rounds: those of this run."""
    if not rounds:
        return True
    last = rounds[-1].bytes_sent
    if last <= wish.threshold or len(rounds) >= wish.max_rounds:
        return False
    # The first round is the whole disk and says nothing about how much changes.
    return len(rounds) < 3 or last < SHRINKS * rounds[-2].bytes_sent


def rate_of(rounds: Sequence[Round]) -> float:
    """Bytes per second of the round that moved the most; an assumed rate before there is one."""
    moved = [one for one in rounds if one.bytes_sent >= MIB and one.ended > one.started]
    if not moved:
        return ASSUMED_RATE
    largest = max(moved, key=lambda one: one.bytes_sent)
    return largest.bytes_sent / (largest.ended - largest.started)


def downtime_estimate(rounds: Sequence[Round], used: int) -> float:
    """Seconds that the machine will be down. used: bytes to copy when nothing was copied yet (cold)."""
    if not rounds:
        return CUTOVER_SECONDS + used / ASSUMED_RATE
    last = rounds[-1]
    return CUTOVER_SECONDS + last.bytes_sent / rate_of(rounds)


def wait_reason(wish: Wish, now: float) -> str:
    """Why there is no cut-over now, although that is no fault: the window has not begun."""
    if wish.not_before and now < wish.not_before:
        return f"the cut-over may begin in {int(wish.not_before - now)} s"
    return ""


def refuse_cutover(name: str, wish: Wish, now: float, estimate: float) -> None:
    """Raise PlatformError when the window is over, or the machine would be down for longer than allowed."""
    if wish.not_after and now + estimate > wish.not_after:
        raise PlatformError(
            f"{name}: the cut-over takes about {int(estimate)} s and would not end before cutover_not_after; "
            "nothing was stopped: set the next window, then run again"
        )
    if wish.max_downtime and estimate > wish.max_downtime:
        raise PlatformError(
            f"{name}: the cut-over would take about {int(estimate)} s, max_downtime is {int(wish.max_downtime)} s; "
            "nothing was stopped: take a quieter hour, a lower delta_threshold_mib or a longer max_downtime"
        )
