from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.ironacre.hci.plugins.modules import vm_import_report
from tests.unit.running import runner

ASSESSMENT = {"vms": [{"name": "web01"}, {"name": "db01"}], "concerns": []}
ROW = {"name": "web01", "method": "cold", "mib": 100.0, "start_s": 0.0, "copy_s": 9.0, "downtime_s": 69.0}
PLAN = {
    "waves": [{"number": 0, "window": "", "duration_s": 9.0, "limiting": "link", "vms": [ROW]}],
    "unplaced": [{"name": "db01", "reason": "raw device mapping"}],
}


@pytest.fixture
def options(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "assessment.json").write_text(json.dumps(ASSESSMENT))
    (tmp_path / "plan.yml").write_text(yaml.safe_dump(PLAN))
    files = {"dest": "report.html", "csv": "report.csv", "json": "report.json", "plan": "plan.yml"}
    return {key: str(tmp_path / name) for key, name in {**files, "assessment": "assessment.json"}.items()}


def test_the_files_are_written_once(options: dict[str, Any], capfd: pytest.CaptureFixture[str]) -> None:
    first = runner(capfd)(vm_import_report, options)
    assert first["changed"] and first["states"] == {"blocked": 1, "planned": 1}
    assert "raw device mapping" in Path(options["dest"]).read_text()
    assert Path(options["csv"]).read_text().splitlines()[2].startswith("web01,web-01,planned,0,cold".replace("-", ""))
    assert json.loads(Path(options["json"]).read_text())["machines"][0]["name"] == "db01"
    before = Path(options["dest"]).read_text()
    assert not runner(capfd)(vm_import_report, options)["changed"]
    assert Path(options["dest"]).read_text() == before


def test_check_mode_writes_nothing(options: dict[str, Any], capfd: pytest.CaptureFixture[str]) -> None:
    assert runner(capfd)(vm_import_report, options, check=True)["changed"]
    assert not Path(options["dest"]).exists()


@pytest.mark.parametrize(("text", "told"), [("- a", "holds no mapping"), ("a: [", "cannot be read")])
def test_what_is_no_plan_is_told(
    options: dict[str, Any], capfd: pytest.CaptureFixture[str], text: str, told: str
) -> None:
    Path(options["plan"]).write_text(text)
    assert told in runner(capfd)(vm_import_report, options, fails=True)["msg"]
