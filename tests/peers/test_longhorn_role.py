"""The default class against a real API server: who set a mark is read from the fields it keeps."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kube_transport import KubeTransport
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubeconfig import load_connection
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubernetes_api import APPLY
from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.longhorn import storage_class
from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.storage_classes import DEFAULT
from tests.peers.kube_api import api_server
from tests.peers.peers import needs
from tests.peers.roles import run_role

CLASSES = "/apis/storage.k8s.io/v1/storageclasses"


def test_a_class_that_left_the_list_is_no_default_any_more_and_a_foreign_one_stays(tmp_path: Path) -> None:
    needs("python:kubernetes")
    with api_server(tmp_path) as kubeconfig:
        api = KubeTransport(load_connection(str(kubeconfig)), timeout=30, tries=3)
        for name, manager in (("former", "ironacre.hci"), ("current", "ironacre.hci"), ("foreign", "helm")):
            body = storage_class({"name": name, "default": True})
            query = {"fieldManager": manager, "force": "true"}
            api.json("PATCH", f"{CLASSES}/{name}", body, APPLY, query)
        given = {
            "longhorn_kubeconfig": str(kubeconfig),
            "longhorn_storage_classes": [{"name": "current", "default": True}],
            # Required by the role, not by these tasks.
            "longhorn_manifest": "none",
        }
        assert run_role(tmp_path, "longhorn", given, tasks_from="defaults")["changed"] == 1
        found = api.json("GET", CLASSES)["items"]
        marked = {one["metadata"]["name"] for one in found if DEFAULT in one["metadata"].get("annotations", {})}
        assert marked == {"current", "foreign"}
        assert run_role(tmp_path, "longhorn", given, tasks_from="defaults")["changed"] == 0
