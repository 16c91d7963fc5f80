from __future__ import annotations

import functools
from pathlib import Path

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.rke2_node import Rke2Node
from ansible_collections.ironacre.hci.plugins.modules import rke2_service
from tests.unit.node_programs import SmallNode, on_path, small_node
from tests.unit.running import Run

UNIT = "rke2-agent.service"


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallNode:
    node = small_node(tmp_path / "node")
    monkeypatch.setenv("PATH", on_path(node))
    monkeypatch.setattr(rke2_service, "Rke2Node", functools.partial(Rke2Node, root=str(node.root)))
    return node


def test_a_fresh_unit_is_enabled_and_started_without_waiting(node: SmallNode, run: Run) -> None:
    assert run(rke2_service, {"role": "agent"})["commands"] == [
        f"systemctl enable {UNIT}",
        f"systemctl --no-block start {UNIT}",
    ]
    assert node.calls("--no-block") == [f"--no-block start {UNIT}"]
    assert (node.root / "run/ironacre/rke2-agent.json").exists()


@pytest.mark.parametrize("state", ["active", "activating"])
def test_a_unit_that_is_up_or_on_its_way_is_left_alone(node: SmallNode, run: Run, state: str) -> None:
    node.unit(UNIT, ActiveState=state, UnitFileState="enabled")
    assert run(rke2_service, {"role": "agent"})["changed"] is False


def test_a_restart_is_done_when_it_is_asked_for(node: SmallNode, run: Run) -> None:
    node.unit(UNIT, ActiveState="active", UnitFileState="enabled")
    run(rke2_service, {"role": "agent", "state": "restarted"})
    assert node.calls("--no-block") == [f"--no-block restart {UNIT}"]


def test_stopping_notes_no_start(node: SmallNode, run: Run) -> None:
    node.unit(UNIT, ActiveState="active", UnitFileState="enabled")
    run(rke2_service, {"role": "agent", "state": "stopped", "enabled": False})
    assert node.calls("--no-block") == [f"--no-block stop {UNIT}"]
    assert not (node.root / "run").exists()


def test_check_mode_calls_nothing(node: SmallNode, run: Run) -> None:
    assert run(rke2_service, {"role": "agent"}, check=True)["changed"] is True
    assert node.calls("enable") == []
    assert node.calls("--no-block") == []
