"""Ways back, and what people do to a source between two runs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm import checkpoint
from tests.unit.plugins.module_utils._core.vm.moving import PowerCut
from tests.unit.plugins.module_utils._core.vm.one_move import MIB, WISH, Move


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    # Small disks have several chunks, too.
    monkeypatch.setattr(checkpoint, "LEAST", 2)


def test_rolling_back_stops_the_target_first_and_says_what_is_lost() -> None:
    move = Move()
    move.run()
    move.cluster.scribble()
    state = move.run(replace(WISH, state="rolled_back", shutdown_timeout=60))
    assert state.phase == "rolled_back" and "is not at the source" in state.note
    assert move.cluster.patience == 60, "its guest waits as long as is wished"
    assert move.source.state == "on" and not move.source.fenced_for and not move.cluster.running
    assert move.run(replace(WISH, state="rolled_back")).phase == "rolled_back"
    assert move.run().phase == "done" and move.equal(), "what the target wrote is not taken for the source's"


def test_rolling_back_that_was_interrupted_is_ended_before_anything_else() -> None:
    move = Move()
    move.run()
    move.world.breaks = {move.world.events + 5: "cut"}
    with pytest.raises(PowerCut):
        move.run(replace(WISH, state="rolled_back"))
    with pytest.raises(PlatformError, match="rolling back was interrupted"):
        move.run()
    state = move.run(replace(WISH, state="rolled_back"))
    assert state.phase == "rolled_back" and "is not at the source" in state.note and move.source.state == "on"


def test_rolling_back_before_the_start_loses_nothing() -> None:
    move = Move()
    move.run(replace(WISH, state="precopied"))
    state = move.run(replace(WISH, state="rolled_back"))
    assert (state.phase, state.note) == ("rolled_back", "") and move.source.state == "on"


def test_a_source_that_people_switched_off_is_not_started_by_rolling_back() -> None:
    move = Move()
    move.run(replace(WISH, state="precopied"))
    move.source.state = "off"
    assert move.run(replace(WISH, state="rolled_back")).phase == "rolled_back"
    assert move.source.state == "off" and "source power on" not in move.world.log


def test_a_source_that_ran_again_between_two_runs_is_looked_at_again() -> None:
    move = Move()
    cold = replace(WISH, method="cold")

    def refuse() -> None:
        if move.world.log[-1] == "define":
            raise PlatformError("no machine today")

    move.world.always.append(refuse)
    with pytest.raises(PlatformError, match="no machine today"):
        move.run(cold)
    move.world.always.remove(refuse)
    assert move.journal.load().phase == "verified" and move.source.state == "off"
    move.source.write("2000", 5 * MIB, b"written in between")
    assert move.run(cold).phase == "done" and move.equal()


def test_a_machine_that_is_defined_anew_was_not_down_since() -> None:
    move = Move()
    first = move.run().downtime
    again = move.run(request="r2")
    assert again.phase == "done" and [step.phase for step in again.timeline].count("started") == 2
    assert again.downtime == first
