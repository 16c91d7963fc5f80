from __future__ import annotations

import json
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2.nodes import OWNED, node_patch, parse_taint


def node(labels: Any = None, taints: Any = None, owned: Any = None) -> dict[str, Any]:
    annotations = {OWNED: json.dumps(owned, separators=(",", ":"))} if owned else {}
    return {"metadata": {"labels": labels or {}, "annotations": annotations}, "spec": {"taints": taints or []}}


OWN = {"labels": ["a"], "taints": ["k:NoSchedule"]}
TAINT = {"key": "k", "value": "v", "effect": "NoSchedule"}
FOREIGN = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}


def test_taints_are_read_as_kubectl_takes_them() -> None:
    assert parse_taint("a.b/c=d:NoExecute") == {"key": "a.b/c", "value": "d", "effect": "NoExecute"}
    assert parse_taint("k:NoSchedule") == {"key": "k", "effect": "NoSchedule"}


def test_a_first_run_sets_and_remembers() -> None:
    patch = node_patch(node({"kubernetes.io/os": "linux"}, [FOREIGN]), {"a": "1"}, ["k=v:NoSchedule"])
    assert patch["metadata"]["labels"] == {"a": "1"}
    assert patch["spec"]["taints"] == [FOREIGN, TAINT]
    assert json.loads(patch["metadata"]["annotations"][OWNED]) == OWN


def test_a_second_run_has_nothing_to_do() -> None:
    assert node_patch(node({"a": "1"}, [TAINT, FOREIGN], OWN), {"a": "1"}, ["k=v:NoSchedule"]) == {}


def test_what_is_no_longer_declared_goes_and_what_others_set_stays() -> None:
    patch = node_patch(node({"a": "1", "other": "x"}, [TAINT, FOREIGN], OWN), {}, [])
    assert patch["metadata"]["labels"] == {"a": None}
    assert patch["spec"]["taints"] == [FOREIGN]


def test_a_changed_value_is_put_right() -> None:
    patch = node_patch(node({"a": "0"}, [{**TAINT, "value": "old"}], OWN), {"a": "1"}, ["k=v:NoSchedule"])
    assert patch["metadata"]["labels"] == {"a": "1"}
    assert patch["spec"]["taints"] == [TAINT]


def test_a_label_that_somebody_took_away_is_not_asked_away_again() -> None:
    assert "labels" not in node_patch(node({}, [], {"labels": ["a"], "taints": []}), {}, [])["metadata"]
