from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.testing import patch_module_args

from ansible_collections.ironacre.hci.plugins.modules import hci_report

RACK = {"title": "rack1", "nodes": [{"name": "n1", "role": "server"}]}


def called(capfd: pytest.CaptureFixture[str], check: bool = False, **options: Any) -> dict[str, Any]:
    with patch_module_args({"rack": RACK, "_ansible_check_mode": check, **options}), pytest.raises(SystemExit):
        hci_report.main()
    result: dict[str, Any] = json.loads(capfd.readouterr().out)
    return result


def test_the_report_is_written_and_the_same_again_is_no_change(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    dest = tmp_path / "new" / "report.html"
    assert called(capfd, dest=str(dest))["changed"]
    assert "rack1" in dest.read_text()
    stages = tmp_path / "stages.json"
    stages.write_text(json.dumps({"stages": {"check": {"repeated": {"name": "check", "seconds": 7.0}}}}))
    assert not called(capfd, dest=str(dest), stages=str(stages))["changed"]
    assert "7.0 s" in dest.read_text()
    assert called(capfd, dest=str(dest), rack={"title": "rack2"})["changed"]


def test_check_mode_writes_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    dest = tmp_path / "report.html"
    assert called(capfd, check=True, dest=str(dest))["changed"]
    assert not dest.exists()


def test_broken_durations_are_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "stages.json").write_text("{")
    result = called(capfd, dest=str(tmp_path / "x"), stages=str(tmp_path / "stages.json"))
    assert result["failed"]
    assert "remove it, the next run writes it anew" in result["msg"]
