"""The fold of a journal."""

from __future__ import annotations

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.events import (
    DEADLINES,
    STAGES,
    event_line,
    progress_of,
)


def journal(*stages: str) -> list[dict[str, object]]:
    found = []
    for time, stage in enumerate(stages):
        name, _, detail = stage.partition(" ")
        found.append({"time": float(time), "stage": name, "detail": detail})
    return found


@pytest.mark.parametrize(
    ("stages", "stage", "fault", "boots"),
    [
        ((), "", "", 0),
        (("armed", "boot", "script", "kernel"), "kernel", "", 1),
        (("armed", "boot", "writing a", "writing b"), "writing", "", 1),
        (("armed", "boot", "script", "kernel", "script"), "kernel", "", 1),
        (("armed", "boot", "writing", "boot", "script"), "script", "", 2),
        (("armed", "boot", "agent", "held vmfs"), "agent", "held: vmfs", 1),
        (("armed", "boot", "failed x", "boot"), "boot", "", 2),
        (("armed", "boot", "finished", "armed"), "armed", "", 0),
    ],
)
def test_where_an_installation_is(stages: tuple[str, ...], stage: str, fault: str, boots: int) -> None:
    progress = progress_of(journal(*stages))
    assert (progress.stage, progress.fault, progress.boots) == (stage, fault, boots)


@pytest.mark.parametrize(
    ("stages", "claims"),
    [
        (("armed", "boot", "approved DISK-A/1", "writing"), ["DISK-A/1"]),
        (("armed", "approved DISK-A/1", "armed", "boot"), ["DISK-A/1"]),
        (("armed", "approved DISK-A/1", "finished", "done"), []),
        (("armed", "held DISK-A/1"), []),
    ],
)
def test_which_disks_hold_our_own_half_image(stages: tuple[str, ...], claims: list[str]) -> None:
    assert [disk for disk, _ in progress_of(journal(*stages)).claims] == claims


def test_a_claim_ages() -> None:
    progress = progress_of(journal("approved DISK-A/1"))
    assert progress.has_claimed("DISK-A/1", at=3600.0)
    assert not progress.has_claimed("DISK-A/1", at=3600.0 * 48)
    assert not progress.has_claimed("DISK-B/1", at=3600.0)


def test_every_stage_has_a_deadline() -> None:
    assert set(DEADLINES) == set(STAGES)


@pytest.mark.parametrize(
    ("stage", "under_way"), [("armed", False), ("boot", True), ("writing", True), ("finished", False)]
)
def test_under_way(stage: str, under_way: bool) -> None:
    assert progress_of(journal("armed", stage)).is_under_way is under_way


def test_what_comes_from_outside_is_bounded_and_printable() -> None:
    line = event_line("failed", "a\x1b[31m\nb" + "c" * 9999, 1.23456)
    assert (line["time"], len(str(line["detail"])), "\x1b" in str(line["detail"])) == (1.235, 500, False)
