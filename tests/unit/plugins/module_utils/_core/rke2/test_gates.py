from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2 import gates

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
VERSION = "v1.35.4+rke2r1"
VOTER = "etcd_server_is_learner 0\netcd_server_has_leader 1\n"


def node(name: str = "n1", ready: str = "True", version: str = VERSION) -> dict[str, Any]:
    conditions = [{"type": "MemoryPressure", "status": "False"}, {"type": "Ready", "status": ready, "message": "cni"}]
    return {"metadata": {"name": name}, "status": {"conditions": conditions, "nodeInfo": {"kubeletVersion": version}}}


def lease(age: float, name: str = "n1") -> dict[str, Any]:
    renewed = (NOW - timedelta(seconds=age)).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
    return {"metadata": {"name": name}, "spec": {"renewTime": renewed}}


@pytest.mark.parametrize(
    ("health", "metrics", "told"),
    [
        ('{"health":"true"}', VOTER, ""),
        ('{"health":true}', "", ""),
        ('{"health":"false","reason":"NOSPACE"}', VOTER, "not healthy"),
        ('{"health":"true"}', "etcd_server_is_learner 1\n", "still a learner"),
        ('{"health":"true"}', "etcd_server_has_leader 0\n", "no leader"),
        ("upstream error", VOTER, "'upstream error'"),
    ],
)
def test_an_etcd_member_votes_under_a_leader(health: str, metrics: str, told: str) -> None:
    answer = gates.judge_etcd(health, metrics)
    assert told in answer
    assert bool(answer) is bool(told)


@pytest.mark.parametrize(
    ("found", "renewed", "told"),
    [
        (node(), lease(5), ""),
        (None, None, "n1 has not registered"),
        (node(ready="False"), lease(5), "n1 is not Ready: cni"),
        (node(), lease(90), "silent for 90 s"),
        (node(), None, "kubelet is silent"),
        (node(version="v1.34.1+rke2r1"), lease(5), "runs kubelet v1.34.1+rke2r1"),
    ],
)
def test_a_node_is_ready_fresh_and_of_the_version(found: Any, renewed: Any, told: str) -> None:
    answer = gates.judge_node("n1", found, renewed, VERSION, NOW)
    assert told in answer
    assert bool(answer) is bool(told)


def test_all_missing_nodes_are_told_at_once() -> None:
    answer = gates.judge_nodes(["n1", "n2", "n3"], [node(), node("n2", "False")], [lease(1)], VERSION, NOW)
    assert answer == "n2 is not Ready: cni; n3 has not registered"


def test_a_unit_is_up_when_it_is_active() -> None:
    assert gates.judge_unit({"ActiveState": "active"}) == ""
    assert "activating/auto-restart" in gates.judge_unit({"ActiveState": "activating", "SubState": "auto-restart"})
