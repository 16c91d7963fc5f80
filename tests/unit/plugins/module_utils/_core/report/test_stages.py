from __future__ import annotations

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.report.stages import (
    Pace,
    Stage,
    duration,
    paces,
    stage_of,
    table,
    with_run,
)


@pytest.mark.parametrize(
    ("tags", "stage"), [(["cluster"], "cluster"), (["other", "import"], "import"), (["other"], None), ([], None)]
)
def test_a_play_belongs_to_a_stage_by_its_tag(tags: list[str], stage: str | None) -> None:
    assert stage_of(tags) == stage


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.04, "0.0 s"), (41.25, "41.2 s"), (59.96, "1 min 00 s"), (125.4, "2 min 05 s"), (3725, "1 h 02 min")],
)
def test_a_duration_is_told_in_two_units(seconds: float, told: str) -> None:
    assert duration(seconds) == told


def test_the_table_has_a_row_for_each_stage_and_their_sum() -> None:
    text = table([Stage("check", 1.5, 1), Stage("cluster", 125, 40, 17, 1)]).splitlines()
    assert [line.split() for line in text[2:]] == [
        ["Check", "the", "inventory", "1.5", "s", "0", "0"],
        ["Deploy", "the", "cluster", "2", "min", "05", "s", "17", "1"],
        ["together", "2", "min", "06", "s", "17", "1"],
    ]
    assert table([]) == ""


def test_a_run_replaces_what_it_wrote_on_its_way_and_looking_often_keeps_the_real_run() -> None:
    before = with_run("nonsense", "1", [Stage("cluster", 90.0, 9, 9)])
    assert with_run(before, "2", [Stage("cluster", 3.0, 1)])["stages"]["cluster"]["repeated"]["seconds"] == 3.0
    history = with_run(before, "2", [Stage("cluster", 8.0, 9)])
    for number in range(50):
        history = with_run(history, str(number), [Stage("check", 1.0, 1)])
    (check, cluster) = paces(history)
    assert cluster == Pace("cluster", Stage("cluster", 90.0, 9, 9), Stage("cluster", 8.0, 9))
    assert check == Pace("check", None, Stage("check", 1.0, 1))


def test_the_paces_are_those_of_the_last_run_with_and_without_a_change() -> None:
    history: dict[str, object] = {}
    history = with_run(history, "1", [Stage("cluster", 90, 9, 9), Stage("check", 1, 1)])
    history = with_run(history, "2", [Stage("cluster", 80, 9, 7)])
    history = with_run(history, "3", [Stage("cluster", 8, 9)])
    check, cluster = paces(history)
    assert (check.working, check.repeated) == (None, Stage("check", 1, 1))
    assert (cluster.working, cluster.repeated) == (Stage("cluster", 80, 9, 7), Stage("cluster", 8, 9))
    assert paces(None) == []
