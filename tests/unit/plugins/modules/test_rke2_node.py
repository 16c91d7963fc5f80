"""What the module does with a cluster is tested against a real API server (tests/peers/test_cluster_api.py)."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.rke2_node import Rke2Node
from ansible_collections.ironacre.hci.plugins.modules import rke2_node
from tests.unit.running import Run


def test_on_a_node_that_is_no_server_it_says_so(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rke2_node, "Rke2Node", functools.partial(Rke2Node, root=str(tmp_path)))
    failed = run(rke2_node, {"nodes": [{"name": "n1"}]}, fails=True)
    assert "run the module on a server that is up" in failed["msg"]
