from __future__ import annotations

import pathlib

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.import_journal import LABELS
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.state import DiskState, State
from ansible_collections.ironacre.hci.plugins.modules import vm_import_info
from tests.assets.cluster import FakeCluster, fake_cluster
from tests.unit.running import runner


def journal(cluster: FakeCluster, name: str, state: State) -> None:
    path = f"/api/v1/namespaces/vms/configmaps/vmimport-{name}"
    cluster.put(path, {"metadata": {"namespace": "vms", "labels": LABELS}, "data": {"state": state.to_json()}})


def test_the_state_of_every_import_is_told(tmp_path: pathlib.Path, capfd: pytest.CaptureFixture[str]) -> None:
    with fake_cluster() as cluster:
        journal(cluster, "web01", State(phase="done", disks={"d0": DiskState("web01-disk0", 5, "ab")}))
        journal(cluster, "db01", State(phase="allocated").failed("copied", "truncated"))
        cluster.put("/api/v1/namespaces/vms/configmaps/other", {"data": {}})
        kubeconfig = {"kubeconfig": cluster.kubeconfig(tmp_path)}
        found = runner(capfd)(vm_import_info, kubeconfig)["imports"]
        assert [(entry["name"], entry["phase"], entry["failure"]) for entry in found] == [
            ("web01", "done", ""),
            ("db01", "failed:copied", "truncated"),
        ]
        assert found[0]["disks"][0]["volume"] == "web01-disk0"
        assert len(runner(capfd)(vm_import_info, {**kubeconfig, "name": "db01"})["imports"]) == 1
        assert cluster.mutations == []


def test_an_unreachable_cluster_is_told(tmp_path: pathlib.Path, capfd: pytest.CaptureFixture[str]) -> None:
    with fake_cluster() as cluster:
        kubeconfig = cluster.kubeconfig(tmp_path)
    found = runner(capfd)(vm_import_info, {"kubeconfig": kubeconfig}, fails=True)
    assert "the API server does not answer" in found["msg"]
