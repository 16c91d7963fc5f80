"""The module manifest against a real API server: what it applies, and that it leaves alone what is right."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kube_transport import ApiError, KubeTransport
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubeconfig import load_connection
from ansible_collections.ironacre.hci.plugins.modules import manifest
from tests.peers.kube_api import api_server
from tests.unit.running import Run

PATH = "/api/v1/namespaces/shop/services/web"
SERVICE: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "web", "namespace": "shop", "labels": {"tier": "front"}},
    "spec": {"type": "ClusterIP", "ports": [{"port": 80}], "sessionAffinity": "ClientIP"},
}
NETWORK = {
    "apiVersion": "k8s.cni.cncf.io/v1",
    "kind": "NetworkAttachmentDefinition",
    "metadata": {"name": "vlan7", "namespace": "shop"},
    "spec": {"config": "{}"},
}


@pytest.fixture(scope="module")
def kubeconfig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with api_server(tmp_path_factory.mktemp("api")) as path:
        yield path


def given(kubeconfig: Path, *objects: dict[str, Any]) -> dict[str, Any]:
    return {"kubeconfig": str(kubeconfig), "create_namespaces": True, "objects": list(objects)}


def test_objects_are_made_once_and_what_drifts_or_leaves_the_declaration_is_put_right(
    kubeconfig: Path, run: Run
) -> None:
    api = KubeTransport(load_connection(str(kubeconfig)), timeout=30, tries=3)
    arguments = given(kubeconfig, SERVICE, NETWORK)

    assert run(manifest, arguments, check=True)["changed"]
    with pytest.raises(ApiError, match="not found"):
        api.json("GET", PATH)

    made = run(manifest, arguments)
    assert [line.split(":")[0] for line in made["differences"]] == [
        "Namespace shop",
        "Service shop/web",
        "NetworkAttachmentDefinition shop/vlan7",
    ]
    version = api.json("GET", PATH)["metadata"]["resourceVersion"]
    assert not run(manifest, arguments)["changed"]
    assert api.json("GET", PATH)["metadata"]["resourceVersion"] == version

    api.json("PATCH", PATH, {"spec": {"sessionAffinity": "None"}}, "application/merge-patch+json")
    mended = run(manifest, arguments)
    assert mended["differences"] == ['Service shop/web: spec.sessionAffinity is "None", declared is "ClientIP"']
    assert api.json("GET", PATH)["spec"]["sessionAffinity"] == "ClientIP"

    less = copy.deepcopy(SERVICE)
    del less["metadata"]["labels"]
    assert run(manifest, given(kubeconfig, less, NETWORK))["changed"]
    assert "labels" not in api.json("GET", PATH)["metadata"]
    assert not run(manifest, given(kubeconfig, less, NETWORK))["changed"]


def test_a_namespace_that_is_there_keeps_the_labels_it_was_declared_with(kubeconfig: Path, run: Run) -> None:
    api = KubeTransport(load_connection(str(kubeconfig)), timeout=30, tries=3)
    labels = {"pod-security.kubernetes.io/enforce": "privileged"}
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "stack", "labels": labels}}
    assert run(manifest, given(kubeconfig, namespace))["changed"]
    service = {**SERVICE, "metadata": {"name": "web", "namespace": "stack"}}
    run(manifest, given(kubeconfig, service))
    assert labels.items() <= api.json("GET", "/api/v1/namespaces/stack")["metadata"]["labels"].items()


def test_a_kind_that_nobody_defined_is_said_and_is_no_error_in_check_mode(kubeconfig: Path, run: Run) -> None:
    stray = {"apiVersion": "example.org/v1", "kind": "Stray", "metadata": {"name": "x"}}
    assert run(manifest, given(kubeconfig, stray), check=True)["differences"] == ["Stray x: is not there"]
    message = run(manifest, given(kubeconfig, stray), fails=True)["msg"]
    assert message == "Stray x: the cluster does not serve example.org/v1 Stray; install what defines it first"
