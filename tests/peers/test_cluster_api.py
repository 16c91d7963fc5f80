"""Modules of the cluster against a real API server: node labels, and readiness read from it."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubeconfig import load_connection
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubernetes_api import KubernetesApi
from ansible_collections.ironacre.hci.plugins.modules import rke2_node, stack_ready
from tests.unit.running import Run

LABELS = {"hci.ironacre.io/vm-host": "true"}


@pytest.fixture
def client(kubeconfig: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KubernetesApi]:
    """A client; the modules of a node use it in place of the kubeconfig a server has."""
    client = KubernetesApi(load_connection(str(kubeconfig)))
    monkeypatch.setattr(rke2_node, "_client", lambda _module: client)
    yield client
    client.close()


@pytest.fixture
def node(client: KubernetesApi) -> Iterator[functools.partial[dict[str, Any]]]:
    client.create({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}})
    yield functools.partial(client.get, "Node", "n1")
    client.delete("Node", "n1")


def declared(labels: dict[str, str], *taints: str) -> dict[str, Any]:
    return {"nodes": [{"name": "n1", "labels": labels, "taints": list(taints)}]}


def test_labels_and_taints_are_set_once_and_taken_back(run: Run, client: KubernetesApi, node: Any) -> None:
    client.merge("Node", "n1", {"metadata": {"labels": {"other": "stays"}}})
    assert run(rke2_node, declared(LABELS, "k=v:NoSchedule"))["changed"] is True
    found = node()
    assert found["metadata"]["labels"] == {**LABELS, "other": "stays"}
    assert {"key": "k", "value": "v", "effect": "NoSchedule"} in found["spec"]["taints"]
    assert run(rke2_node, declared(LABELS, "k=v:NoSchedule"))["changed"] is False
    assert run(rke2_node, declared({}))["changed"] is True
    assert node()["metadata"]["labels"] == {"other": "stays"}
    assert "k" not in [taint["key"] for taint in node()["spec"].get("taints", [])]


def test_check_mode_leaves_the_node_as_it_is(run: Run, node: Any) -> None:
    assert run(rke2_node, declared(LABELS), check=True)["changed"] is True
    assert "labels" not in node()["metadata"]


def test_a_node_that_has_not_joined_is_told_with_those_that_have(run: Run, node: Any) -> None:
    failed = run(rke2_node, {"nodes": [{"name": "n9"}]}, fails=True)
    assert "No Node is called n9 (found: n1)" in failed["msg"]


def test_a_removed_node_is_forgotten_with_its_password(run: Run, client: KubernetesApi, node: Any) -> None:
    name = {"name": "n1.node-password.rke2", "namespace": "kube-system"}
    client.create({"apiVersion": "v1", "kind": "Secret", "metadata": name})
    assert run(rke2_node, {"nodes": [{"name": "n1"}], "state": "absent"})["changed"] is True
    assert client.get("Node", "n1") is None
    assert client.get("Secret", **name) is None
    assert run(rke2_node, {"nodes": [{"name": "n1"}], "state": "absent"})["changed"] is False


def test_a_kind_the_api_serves_is_ready_and_another_is_waited_for(run: Run, kubeconfig: Path) -> None:
    arguments = {"kubeconfig": str(kubeconfig), "component": "kinds", "timeout": 3}
    assert run(stack_ready, {**arguments, "kinds": ["kubevirt.io/v1/virtualmachines"]})["changed"] is False
    failed = run(stack_ready, {**arguments, "kinds": ["longhorn.io/v1beta2/settings"]}, fails=True)
    assert failed["missing"] == ["the API does not serve longhorn.io/v1beta2/settings yet"]


def test_a_component_that_is_not_there_says_what_is_missing(run: Run, kubeconfig: Path) -> None:
    arguments = {"kubeconfig": str(kubeconfig), "component": "cdi", "namespace": "cdi", "timeout": 3}
    assert run(stack_ready, arguments, fails=True)["missing"] == ["the CDI object is not there"]


def test_the_newest_warning_of_the_namespace_explains_a_stall(
    run: Run, client: KubernetesApi, kubeconfig: Path
) -> None:
    about = {"kind": "Pod", "name": "cdi-operator-1", "namespace": "default"}
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": "e1", "namespace": "default"},
        "involvedObject": about,
        "type": "Warning",
        "reason": "FailedScheduling",
        "message": "no node fits",
    }
    client.create(event)
    arguments = {"kubeconfig": str(kubeconfig), "component": "cdi", "namespace": "default", "timeout": 0}
    failed = run(stack_ready, arguments, fails=True)
    assert failed["stall"] == ["Pod cdi-operator-1: FailedScheduling: no node fits"]
    assert "no node fits" in json.dumps(failed["msg"])
