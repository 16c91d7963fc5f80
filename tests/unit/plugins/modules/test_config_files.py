from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.modules import config_files
from tests.unit.running import Run


@pytest.fixture
def arguments(tmp_path: Path) -> dict[str, Any]:
    config = {"path": str(tmp_path / "rke2" / "config.yaml"), "content": "node-name: n1\ntoken: very-secret\n"}
    manifest = {"path": str(tmp_path / "manifests" / "a.yaml"), "content": "a: 1\n", "restarts": False}
    return {"files": [config, manifest]}


def test_files_are_private_and_written_once(arguments: dict[str, Any], run: Run, tmp_path: Path) -> None:
    first = run(config_files, arguments)
    assert (len(first["written"]), first["restart_needed"]) == (2, True)
    path = tmp_path / "rke2" / "config.yaml"
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert run(config_files, arguments)["changed"] is False
    assert sorted(one.name for one in path.parent.iterdir()) == ["config.yaml"]


def test_a_manifest_alone_needs_no_restart(arguments: dict[str, Any], run: Run) -> None:
    run(config_files, arguments)
    arguments["files"][1]["content"] = "a: 2\n"
    result = run(config_files, arguments)
    assert (result["written"], result["restart_needed"]) == ([arguments["files"][1]["path"]], False)


def test_a_mode_that_was_opened_is_closed(arguments: dict[str, Any], run: Run) -> None:
    run(config_files, arguments)
    Path(arguments["files"][0]["path"]).chmod(0o644)
    assert run(config_files, arguments)["written"] == [arguments["files"][0]["path"]]


def test_what_must_not_be_there_is_removed(arguments: dict[str, Any], run: Run, tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text("x")
    result = run(config_files, {**arguments, "absent": [str(tmp_path / "old.yaml")]})
    assert result["removed"] == [str(tmp_path / "old.yaml")]
    assert not (tmp_path / "old.yaml").exists()


def test_check_mode_leaves_nothing(arguments: dict[str, Any], run: Run, tmp_path: Path) -> None:
    assert run(config_files, arguments, check=True)["changed"] is True
    assert list(tmp_path.iterdir()) == []


def test_the_secret_is_nowhere_in_the_result(arguments: dict[str, Any], run: Run) -> None:
    result = run(config_files, {**arguments, "_ansible_diff": True})
    assert "very-secret" not in str(result)
    assert "node-name: n1" in str(result["diff"])
