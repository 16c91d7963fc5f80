from __future__ import annotations

import pathlib
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Cpu, Disk, Guest, Nic, Vm
from ansible_collections.ironacre.hci.plugins.modules import vm_import_assess
from tests.assets.cluster import fake_cluster
from tests.unit.running import runner

VM = Vm(
    "web01",
    cpu=Cpu(8, 8),
    memory_mib=4096,
    guest=Guest("rhel9_64Guest", "", "linux"),
    disks=(Disk("d0", 5),),
    nics=(Nic("n0", "VM Network", mac="52:54:00:80:00:21"),),
)
MAPPING = {"networks": [{"source": "VM Network", "target": "vms/lab"}]}


def options(**changes: Any) -> dict[str, Any]:
    return {"vms": [VM.to_dict()], "namespace": "vms", "mapping": MAPPING, **changes}


def test_a_plain_machine_is_ready(capfd: pytest.CaptureFixture[str]) -> None:
    assert runner(capfd)(vm_import_assess, options())["ready"] == ["web01"]


def test_an_unmapped_network_blocks_and_can_fail_the_task(capfd: pytest.CaptureFixture[str]) -> None:
    found = runner(capfd)(vm_import_assess, options(mapping={}))
    assert found["blocked"] == ["web01"] and not found["changed"]
    found = runner(capfd)(vm_import_assess, options(mapping={}, fail_on="critical"), fails=True)
    assert "mapping.missing" in found["msg"] and found["summary"]["critical"] == 1


def test_the_cluster_is_asked(tmp_path: pathlib.Path, capfd: pytest.CaptureFixture[str]) -> None:
    with fake_cluster() as cluster:
        cluster.put("/api/v1/nodes/n1", {"status": {"allocatable": {"cpu": "4", "memory": "2097152Ki"}}})
        devices = {"interfaces": [{"macAddress": "52:54:00:80:00:21"}]}
        spec = {"template": {"spec": {"domain": {"devices": devices}}}}
        cluster.put(
            "/apis/k8s.cni.cncf.io/v1/namespaces/vms/network-attachment-definitions/lab",
            {"metadata": {"namespace": "vms"}},
        )
        path = "/apis/kubevirt.io/v1/namespaces/vms/virtualmachines/web01"
        cluster.put(path, {"metadata": {"namespace": "vms"}, "spec": spec})
        found = runner(capfd)(vm_import_assess, options(kubeconfig=cluster.kubeconfig(tmp_path)))
        assert cluster.mutations == []
    assert [concern["id"] for concern in found["concerns"]] == [
        "target.mac",
        "target.name",
        "target.node",
        "target.node",
    ]
