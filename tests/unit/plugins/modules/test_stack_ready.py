"""Waiting against a real API server is in tests/peers/test_cluster_api.py."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.ironacre.hci.plugins.modules import stack_ready
from tests.unit.running import Run


def test_without_a_kubeconfig_it_says_what_to_do(run: Run, tmp_path: Path) -> None:
    arguments = {"kubeconfig": str(tmp_path / "none"), "component": "cdi"}
    assert str(tmp_path / "none") in run(stack_ready, arguments, fails=True)["msg"]
    assert run(stack_ready, arguments, check=True)["seconds"] == 0


def test_an_api_that_does_not_answer_is_what_is_missing(run: Run, tmp_path: Path) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(
        "current-context: x\ncontexts: [{name: x, context: {cluster: x, user: x}}]\n"
        "clusters: [{name: x, cluster: {server: 'https://127.0.0.1:1'}}]\nusers: [{name: x, user: {token: t}}]\n"
    )
    failed = run(stack_ready, {"kubeconfig": str(kubeconfig), "component": "cdi", "timeout": 0}, fails=True)
    assert "cdi is not ready after 0 s: https://127.0.0.1:1: the API server does not answer" in failed["msg"]
