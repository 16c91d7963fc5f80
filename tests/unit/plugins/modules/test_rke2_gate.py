from __future__ import annotations

import functools
from pathlib import Path

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.rke2_node import Rke2Node
from ansible_collections.ironacre.hci.plugins.modules import rke2_gate
from tests.unit.node_programs import SmallNode, on_path, small_node
from tests.unit.running import Run

UNIT = "rke2-server.service"


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallNode:
    node = small_node(tmp_path / "node")
    monkeypatch.setenv("PATH", on_path(node))
    monkeypatch.setattr(rke2_gate, "Rke2Node", functools.partial(Rke2Node, root=str(node.root)))
    return node


def test_an_open_gate_tells_its_seconds(node: SmallNode, run: Run) -> None:
    node.unit(UNIT, ActiveState="active")
    assert list(run(rke2_gate, {"role": "server", "gates": ["unit"]})["seconds"]) == ["unit"]


def test_a_shut_gate_says_what_is_missing_and_what_the_journal_says(node: SmallNode, run: Run) -> None:
    node.unit(UNIT, ActiveState="activating", SubState="start", Result="success")
    (node.state / "journal").write_text("level=info msg=Starting\nNode password rejected, duplicate hostname\n")
    failed = run(rke2_gate, {"role": "server", "gates": ["unit", "etcd"], "timeout": 0}, fails=True)
    assert failed["gate"] == "unit"
    assert "activating/start" in failed["missing"]
    assert "delete its Node object" in failed["msg"]
    assert failed["journal"][-1] == "Node password rejected, duplicate hostname"


def test_a_gate_that_nobody_answers_names_its_address(node: SmallNode, run: Run) -> None:
    arguments = {"role": "server", "gates": ["supervisor"], "join_port": 1, "timeout": 0}
    assert "https://127.0.0.1:1/cacerts" in run(rke2_gate, arguments, fails=True)["missing"]


def test_the_api_needs_the_kubeconfig_rke2_writes(node: SmallNode, run: Run) -> None:
    failed = run(rke2_gate, {"role": "server", "gates": ["apiserver"], "timeout": 0}, fails=True)
    assert failed["missing"] == "RKE2 has not written its kubeconfig yet"


def test_in_check_mode_there_is_nothing_to_wait_for(node: SmallNode, run: Run) -> None:
    assert run(rke2_gate, {"role": "server", "gates": ["unit"], "timeout": 0}, check=True)["seconds"] == {}
