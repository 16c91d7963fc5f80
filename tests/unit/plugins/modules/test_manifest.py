"""What it does to a real API server is in tests/peers/test_manifest.py."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.ironacre.hci.plugins.modules import manifest
from tests.unit.running import Run


def test_without_a_kubeconfig_it_says_what_to_do(run: Run, tmp_path: Path) -> None:
    arguments = {"kubeconfig": str(tmp_path / "none"), "objects": []}
    assert "correct the path or deploy the cluster" in run(manifest, arguments, fails=True)["msg"]
