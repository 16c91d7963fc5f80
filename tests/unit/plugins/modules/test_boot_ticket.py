"""Arming, keeping and closing. tests/peers/test_boot_service.py proves what a ticket opens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.boot_store import BootStore
from ansible_collections.ironacre.hci.plugins.modules import boot_ticket
from tests.unit.running import Run

MAC = "52:54:00:70:00:14"


@pytest.fixture
def wish(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "state").mkdir()
    artifacts = {}
    for name in ("image", "kernel", "ramdisk"):
        path = tmp_path / "artifacts" / name[0] / name
        path.parent.mkdir(parents=True)
        path.touch()
        artifacts[name] = {"name": name, "file": name, "sha256": name[0]}
    folders = {"state_dir": str(tmp_path / "state"), "artifacts_dir": str(tmp_path / "artifacts")}
    return {"host": "n1", "mac": MAC, "spec": {"serial": "S"}, **artifacts, **folders}


def stages(wish: dict[str, Any]) -> list[str]:
    return [event["stage"] for event in BootStore(wish["state_dir"]).journal(MAC)]


def test_what_fits_is_kept(run: Run, wish: dict[str, Any]) -> None:
    assert run(boot_ticket, wish)["changed"]
    token = BootStore(wish["state_dir"]).ticket(MAC).token  # type: ignore[union-attr]
    assert not run(boot_ticket, wish)["changed"]
    assert run(boot_ticket, {**wish, "kernel_args": "debug"})["changed"]
    assert BootStore(wish["state_dir"]).ticket(MAC).token == token  # type: ignore[union-attr]
    assert stages(wish) == ["armed"]


def test_another_spec_is_another_ticket(run: Run, wish: dict[str, Any]) -> None:
    run(boot_ticket, wish)
    run(boot_ticket, {**wish, "spec": {"serial": "T"}})
    assert stages(wish) == ["armed", "armed"]


def test_the_end_is_noted_once(run: Run, wish: dict[str, Any]) -> None:
    run(boot_ticket, {**wish, "begin": True})
    assert run(boot_ticket, {**wish, "state": "done"})["changed"]
    assert not run(boot_ticket, {**wish, "state": "done"})["changed"]
    assert stages(wish) == ["armed", "boot", "done"]


@pytest.mark.parametrize("state", ["closed", "done"])
def test_without_a_ticket_there_is_nothing_to_close(run: Run, wish: dict[str, Any], state: str) -> None:
    assert not run(boot_ticket, {**wish, "state": state})["changed"]
    assert stages(wish) == []


def test_a_boot_server_that_is_not_one_is_told(run: Run, wish: dict[str, Any]) -> None:
    result = run(boot_ticket, {**wish, "state_dir": wish["state_dir"] + "/gone"}, fails=True)
    assert "run the role boot_server" in result["msg"]


def test_everything_that_is_missing_is_told_at_once(run: Run, wish: dict[str, Any]) -> None:
    result = run(boot_ticket, {**wish, "artifacts_dir": wish["artifacts_dir"] + "/gone"}, fails=True)
    assert [finding["place"] for finding in result["findings"]] == [
        "artifact image",
        "artifact kernel",
        "artifact ramdisk",
    ]
