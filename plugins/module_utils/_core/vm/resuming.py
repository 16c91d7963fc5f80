# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a run goes on, by what the journal says and what is wished now.

This module util is private to the collection.
"""

from __future__ import annotations

from dataclasses import replace

from ..errors import PlatformError
from .engine import Plan
from .state import ROLLED_BACK, ROLLING_BACK, State


def resumed(state: State, plan: Plan, back: bool) -> State:
    """The state to go on from. back: the wish is to roll back. Raises PlatformError when the journal is another's."""
    if state.source and state.source != plan.source:
        if plan.files and not state.reached("copied"):
            # A file that was mended: what agrees with it stays in the volumes, whatever it was taken from.
            return State(request=plan.request, source=plan.source)
        raise PlatformError(
            f"{plan.name}: is the import of {state.source}, not of {plan.source}; "
            "cancel that one first (state: absent), or give this one another target name"
        )
    if state.phase == ROLLED_BACK and not back:
        # The target wrote to the volumes: what still agrees with its checkpoint is kept, the rest is copied again.
        state = replace(state, phase="", power="", note="", rounds=(), timeline=(), stopping=False)
    if back:
        return state
    if state.phase == ROLLING_BACK:
        raise PlatformError(f"{plan.name}: rolling back was interrupted; run state rolled_back first")
    if state.reached("defined") and state.request != plan.request:
        # Past the fence the machine may run: it is defined again as it is, its disks are not touched.
        state = state.back_to("fenced") if state.reached("fenced") else state.back_to("verified")
    if state.reached("stopped") and not state.reached("fenced"):
        # The source was out of sight: somebody may have run it. A last look costs reading; trust costs data.
        state = state.back_to("stopped")
    return replace(state, request=plan.request, source=plan.source)
