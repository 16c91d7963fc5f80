"""Moves in a world in memory: chance decides what fails and when the importer dies; the rules hold at every step."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm import checkpoint
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.cutover import Wish
from tests.unit.plugins.module_utils._core.vm.moving import PowerCut
from tests.unit.plugins.module_utils._core.vm.one_move import MIB, WISH, Move


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    # Small disks have several chunks, too.
    monkeypatch.setattr(checkpoint, "LEAST", 2)


def test_a_warm_move_copies_while_the_source_runs_and_cuts_over_with_the_rest() -> None:
    move = Move()
    state = move.run()
    assert (state.phase, state.method) == ("done", "warm")
    assert move.equal() and move.cluster.running and move.source.state == "off" and not move.source.snapshots
    log = move.world.log
    assert log.index("sink write") < log.index("source shut down") < log.index("source fence")
    assert log.index("source fence") < len(log) - 1 - log[::-1].index("define")
    assert all(one.bytes_sent < state.rounds[0].bytes_sent for one in state.rounds[1:])
    assert all(disk.verified and disk.digest for disk in state.disks.values())
    assert state.downtime > 0


def test_a_machine_that_shall_stay_off_is_moved_and_never_started() -> None:
    move = Move()
    state = move.run(run_strategy="Halted")
    log = move.world.log
    assert state.phase == "done" and move.equal() and move.source.fenced_for
    assert not move.cluster.running and not {"wait running", "check"} & set(log)


def test_a_move_without_readback_reads_nothing_again_and_says_so() -> None:
    move = Move()
    state = move.run(readback=False)
    assert state.phase == "done" and move.equal()
    assert "sink digests" not in move.world.log
    assert [disk.verified for disk in state.disks.values()] == [False, False]


def test_a_suspended_source_is_left_alone() -> None:
    move = Move()
    move.source.state = "suspended"
    with pytest.raises(PlatformError, match="the source is suspended; resume it or shut it down"):
        move.run()
    assert move.source.state == "suspended" and not move.cluster.machine and not move.volumes.medium


def test_a_cold_move_stops_first() -> None:
    move = Move()
    state = move.run(replace(WISH, method="cold"))
    log = move.world.log
    assert (state.phase, state.method) == ("done", "cold") and move.equal()
    assert log.index("source shut down") < log.index("sink write") and "source take snapshot" not in log


@pytest.mark.parametrize("ranged", [True, False])
def test_a_source_without_tracking_is_moved_cold_by_place_or_as_a_stream(ranged: bool) -> None:
    move = Move(tracks=False, ranged=ranged)
    assert move.run().method == "cold" and move.equal()
    with pytest.raises(PlatformError, match="knows no change tracking"):
        Move(tracks=False).run(replace(WISH, state="precopied"))


def test_a_source_without_places_cannot_be_copied_while_it_runs() -> None:
    move = Move(ranged=False)
    with pytest.raises(PlatformError, match="no access by place"):
        move.run()
    assert move.source.state == "on" and not move.source.snapshots and not move.volumes.opened


def test_a_precopy_leaves_the_source_as_it_was_and_the_next_one_moves_the_difference() -> None:
    move = Move()
    first = move.run(replace(WISH, state="precopied"))
    assert first.phase == "precopied" and move.source.state == "on" and not move.source.snapshots
    assert "source shut down" not in move.world.log and not move.cluster.machine
    again = move.run(replace(WISH, state="precopied"))
    assert again.rounds[-1].bytes_sent < first.rounds[0].bytes_sent
    assert move.run(replace(WISH, state="cutover")).phase == "done" and move.equal()


def test_tracking_that_began_anew_is_answered_by_comparing_everything() -> None:
    move = Move()
    move.run(replace(WISH, state="precopied"))
    move.source.write("2000", 5 * MIB, b"unseen" * 10)
    move.source.epoch, move.source.history = "53 ad", []
    state = move.run()
    assert move.equal() and any("track its changes anew" in text for one in state.rounds for text in one.compared)


def test_a_source_that_somebody_started_again_is_not_fenced_and_nothing_starts() -> None:
    move = Move()
    move.run(replace(WISH, state="precopied"))
    started: list[bool] = []

    def meddle() -> None:
        if move.world.log[-1] == "define" and not started:
            started.append(True)
            move.source.state = "on"

    move.world.always.append(meddle)
    with pytest.raises(PlatformError, match="the source is on and should be off"):
        move.run()
    assert not move.cluster.running and move.journal.load().phase == "precopied"
    assert move.run().phase == "done" and move.equal()


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        (replace(WISH, max_downtime=10), "more than max|max_downtime is 10 s"),
        (replace(WISH, not_after=1050), "would not end before cutover_not_after"),
        (replace(WISH, state="cutover", not_before=9000), "may begin in"),
    ],
)
def test_a_cutover_that_would_break_its_limits_stops_nothing(wish: Wish, told: str) -> None:
    move = Move()
    with pytest.raises(PlatformError, match=told):
        move.run(wish)
    assert move.source.state == "on" and "source shut down" not in move.world.log and not move.source.snapshots
    assert move.run().phase == "done" and move.equal()


def test_a_window_that_has_not_begun_is_waited_for_by_the_next_run() -> None:
    move = Move()
    state = move.run(replace(WISH, not_before=5000))
    assert state.phase == "precopied" and "may begin in" in state.note and move.source.state == "on"
    move.clock[0] = 5000
    assert move.run(replace(WISH, not_before=5000)).phase == "done"


def test_other_wishes_define_a_running_machine_again_and_touch_no_disk() -> None:
    move = Move()
    move.run()
    move.world.log.clear()
    assert move.run(request="r2").phase == "done"
    assert "sink write" not in move.world.log and move.world.log.count("define") == 1


def test_an_import_of_another_source_keeps_its_journal() -> None:
    move = Move()
    state = move.run()
    with pytest.raises(PlatformError, match="is the import of vm-1, not of vm-2"):
        move.run(source="vm-2")
    assert move.journal.load().phase == state.phase and move.journal.load().disks == state.disks


@pytest.mark.parametrize("seed", range(60))
def test_whatever_fails_and_whenever_the_importer_dies_the_rules_hold_and_the_move_ends(seed: int) -> None:
    chance = random.Random(seed)
    move = Move(seed, tracks=chance.random() < 0.8, ranged=True)
    wishes = [replace(WISH, method=chance.choice(["auto", "cold"])), replace(WISH, state="precopied", method="auto")]
    wishes.append(replace(WISH, state="rolled_back"))
    for _run in range(chance.randrange(1, 8)):
        move.world.breaks = {move.world.events + chance.randrange(1, 160): chance.choice(["cut", "cut", "error"])}
        wish = chance.choices(wishes, [6, 3, 1])[0]
        done = move.journal.load().phase == "done"
        try:
            move.run(wish)
        except PowerCut:
            continue
        except PlatformError:
            assert move.journal.load().failure or not move.journal.saved
        if move.cluster.running and not done:
            assert move.equal(), "the target started with other bytes than the source's last"
        if chance.random() < 0.2:
            move.source.epoch = f"5{_run} ad"
            move.source.history = []
    move.world.breaks = {}
    if move.journal.load().phase == "rolling_back":
        move.run(wishes[2])
    state = move.run(wishes[0])
    assert state.phase == "done" and move.cluster.running and move.equal(), state
    assert not move.source.snapshots and not move.volumes.opened
