"""The report of a cluster that really answers: a kube-apiserver with a node, a network and a VM."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubeconfig import load_connection
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubernetes_api import KubernetesApi
from ansible_collections.ironacre.hci.plugins.modules import hci_report
from tests.peers.kube_api import api_server
from tests.unit.running import Run

RACK = {"title": "rack1", "version": "v1.35.4+rke2r1", "nodes": [{"name": "n1", "role": "server"}, {"name": "n2"}]}
BRIDGE = '{"cniVersion": "1.0.0", "type": "bridge", "bridge": "br-vm", "vlan": 210}'
OBJECTS: tuple[dict[str, Any], ...] = (
    {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}},
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "vms"}},
    {
        "apiVersion": "k8s.cni.cncf.io/v1",
        "kind": "NetworkAttachmentDefinition",
        "metadata": {"name": "office", "namespace": "vms"},
        "spec": {"config": BRIDGE},
    },
    {"apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine", "metadata": {"name": "guest1", "namespace": "vms"}},
    {
        "apiVersion": "kubevirt.io/v1",
        "kind": "VirtualMachineInstance",
        "metadata": {"name": "guest1", "namespace": "vms"},
        "spec": {"networks": [{"name": "net0", "multus": {"networkName": "vms/office"}}]},
        "status": {"phase": "Running", "nodeName": "n1", "interfaces": [{"ipAddress": "10.9.0.21"}]},
    },
)


@pytest.fixture(scope="module")
def kubeconfig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with api_server(tmp_path_factory.mktemp("api")) as path:
        api = KubernetesApi(load_connection(str(path)))
        for item in OBJECTS:
            api.create(dict(item))
        yield path


def test_what_the_cluster_has_is_told(kubeconfig: Path, tmp_path: Path, run: Run) -> None:
    dest = tmp_path / "report.html"
    options = {"dest": str(dest), "rack": RACK, "kubeconfig": str(kubeconfig)}
    assert run(hci_report, options)["changed"]
    text = dest.read_text()
    for told in ("guest1", "Running", "10.9.0.21", "VLAN 210 on br-vm", "0 of 2 nodes Ready", "not in the cluster"):
        assert told in text
    assert not run(hci_report, options)["changed"]


def test_a_cluster_that_does_not_answer_is_told(kubeconfig: Path, tmp_path: Path, run: Run) -> None:
    dead = tmp_path / "dead"
    lines = kubeconfig.read_text().splitlines()
    dead.write_text("\n".join("    server: https://127.0.0.1:1" if "server:" in line else line for line in lines))
    told = run(hci_report, {"dest": str(tmp_path / "x"), "rack": RACK, "kubeconfig": str(dead)}, fails=True)
    assert "127.0.0.1:1" in told["msg"]
    assert not (tmp_path / "x").exists()
