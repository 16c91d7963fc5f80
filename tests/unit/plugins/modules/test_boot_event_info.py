"""Reading a journal, and the ends of waiting."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.boot_store import BootStore
from ansible_collections.ironacre.hci.plugins.modules import boot_event_info
from tests.unit.running import Run

MAC = "52:54:00:70:00:14"


def journal(folder: Path, *stages: str) -> dict[str, str]:
    for stage in stages:
        name, _, detail = stage.partition(" ")
        BootStore(folder).add_event(MAC, name, detail, time.time())
    return {"mac": MAC, "state_dir": str(folder)}


def test_a_machine_nobody_knows(run: Run, tmp_path: Path) -> None:
    result = run(boot_event_info, {"mac": MAC, "state_dir": str(tmp_path)})
    assert (result["stage"], result["digest"], result["events"]) == ("", "", [])


def test_a_torn_line_is_left_out(run: Run, tmp_path: Path) -> None:
    asked = journal(tmp_path, "armed", "boot")
    path = BootStore(tmp_path).machine(MAC) / "journal.jsonl"
    path.write_bytes(path.read_bytes() + b'{"time": 1, "sta')
    assert run(boot_event_info, asked)["stage"] == "boot"


@pytest.mark.parametrize(
    ("stages", "deadlines", "reached", "stage"),
    [
        (("armed", "boot", "script", "finished"), {}, True, "finished"),
        (("armed", "boot", "held vmfs"), {}, False, "boot"),
        (("armed", "boot", "kernel"), {"kernel": 0}, False, "kernel"),
    ],
)
def test_waiting_ends(
    run: Run, tmp_path: Path, stages: tuple[str, ...], deadlines: dict[str, int], reached: bool, stage: str
) -> None:
    result = run(boot_event_info, {**journal(tmp_path, *stages), "until": "finished", "deadlines": deadlines})
    assert (result["reached"], result["stage"]) == (reached, stage)


def test_only_the_events_of_this_ticket_are_told(run: Run, tmp_path: Path) -> None:
    asked = journal(tmp_path, "armed", "boot", "failed x", "armed", "boot")
    assert [event["stage"] for event in run(boot_event_info, asked)["events"]] == ["armed", "boot"]
