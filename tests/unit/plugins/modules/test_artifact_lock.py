from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.ironacre.hci.plugins.modules import artifact_lock
from tests.unit.running import Run

CONTENT = b"release"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def arguments(tmp_path: Path) -> dict[str, Any]:
    (tmp_path / "release.tgz").write_bytes(CONTENT)
    lock = tmp_path / "artifacts.lock.yml"
    lock.write_text(
        "# by hand\nartifacts:\n  - name: release\n    version: v1\n    file: release.tgz\n"
        f"    url: file://{tmp_path}/release.tgz\n    sha256: null\n    size_bytes: null\n    used_by: nodes\n"
    )
    return {"path": str(lock), "lock": yaml.safe_load(lock.read_text())}


def test_what_is_not_pinned_is_pinned_and_the_rest_stays(arguments: dict[str, Any], run: Run) -> None:
    assert run(artifact_lock, arguments)["pinned"] == {"release": DIGEST}
    text = Path(arguments["path"]).read_text()
    assert text.startswith("# by hand\n")
    (entry,) = yaml.safe_load(text)["artifacts"]
    assert (entry["sha256"], entry["size_bytes"]) == (DIGEST, len(CONTENT))


def test_a_second_run_fetches_nothing(arguments: dict[str, Any], run: Run, tmp_path: Path) -> None:
    run(artifact_lock, arguments)
    (tmp_path / "release.tgz").unlink()
    arguments["lock"] = yaml.safe_load(Path(arguments["path"]).read_text())
    assert run(artifact_lock, arguments)["changed"] is False
    assert "cannot be fetched" in run(artifact_lock, {**arguments, "names": ["release"]}, fails=True)["msg"]


def test_check_mode_writes_nothing(arguments: dict[str, Any], run: Run) -> None:
    before = Path(arguments["path"]).read_text()
    assert run(artifact_lock, arguments, check=True)["changed"] is True
    assert Path(arguments["path"]).read_text() == before


@pytest.mark.parametrize(("published", "fails"), [(DIGEST, False), ("00" * 32, True)])
def test_upstream_s_own_list_is_believed_over_the_download(
    arguments: dict[str, Any], run: Run, tmp_path: Path, published: str, fails: bool
) -> None:
    (tmp_path / "sums").write_text(f"{published}  release.tgz\n")
    arguments["lock"]["artifacts"][0]["checksum_url"] = f"file://{tmp_path}/sums"
    result = run(artifact_lock, arguments, fails=fails)
    assert (f"has sha256 {DIGEST}" in result.get("msg", "")) is fails
