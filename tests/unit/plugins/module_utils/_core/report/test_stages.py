from __future__ import annotations

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.report.stages import (
    KEPT_RUNS,
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


def test_a_run_is_kept_once_and_old_runs_are_forgotten() -> None:
    history: object = "nonsense"
    for number in range(KEPT_RUNS + 5):
        history = with_run(history, f"run {number}", [Stage("check")])
        history = with_run(history, f"run {number}", [Stage("check", 2.0)])
    assert isinstance(history, dict)
    assert [run["started"] for run in history["runs"]] == [f"run {n}" for n in range(5, KEPT_RUNS + 5)]
    assert history["runs"][0]["stages"][0]["seconds"] == 2.0


def test_the_paces_are_those_of_the_last_run_with_and_without_a_change() -> None:
    history: dict[str, object] = {}
    history = with_run(history, "1", [Stage("cluster", 90, 9, 9), Stage("check", 1, 1)])
    history = with_run(history, "2", [Stage("cluster", 80, 9, 7)])
    history = with_run(history, "3", [Stage("cluster", 8, 9)])
    check, cluster = paces(history)
    assert (check.working, check.repeated) == (None, Stage("check", 1, 1))
    assert (cluster.working, cluster.repeated) == (Stage("cluster", 80, 9, 7), Stage("cluster", 8, 9))
    assert paces(None) == []
