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


@pytest.mark.parametrize(("free_gib", "concerns"), [(9, []), (8, ["target.space"])])
def test_the_room_of_longhorn_is_that_of_all_replicas(
    tmp_path: pathlib.Path, capfd: pytest.CaptureFixture[str], free_gib: int, concerns: list[str]
) -> None:
    """Three replicas of 3 GiB need 9 GiB; a disk that takes no more volumes has no room."""
    disk = {"storageMaximum": 20 << 30, "storageScheduled": (19 - free_gib) << 30}
    declared = {"d1": {"storageReserved": 1 << 30, "allowScheduling": True}, "d2": {"allowScheduling": False}}
    annotations = {"storageclass.kubernetes.io/is-default-class": "true"}
    vm = {**VM.to_dict(), "disks": [{"key": "d0", "capacity": 3 << 30}]}
    with fake_cluster() as cluster:
        longhorn = "/apis/longhorn.io/v1beta2/namespaces/longhorn-system"
        cluster.put(
            f"{longhorn}/nodes/n1", {"spec": {"disks": declared}, "status": {"diskStatus": {"d1": disk, "d2": disk}}}
        )
        cluster.put(f"{longhorn}/settings/storage-over-provisioning-percentage", {"value": "100"})
        body = {"metadata": {"annotations": annotations}, "provisioner": "driver.longhorn.io"}
        cluster.put("/apis/storage.k8s.io/v1/storageclasses/longhorn", body)
        path = "/apis/k8s.cni.cncf.io/v1/namespaces/vms/network-attachment-definitions/lab"
        cluster.put(path, {"metadata": {"namespace": "vms"}})
        found = runner(capfd)(vm_import_assess, options(vms=[vm], kubeconfig=cluster.kubeconfig(tmp_path)))
    assert [concern["id"] for concern in found["concerns"]] == concerns


def test_stated_facts_take_the_place_of_a_cluster(capfd: pytest.CaptureFixture[str]) -> None:
    facts = {"node_cpus": 4, "storage_classes": ["gold"], "networks": ["vms/other"], "free_bytes": {"": "1"}}
    found = runner(capfd)(vm_import_assess, options(target_facts=facts))
    assert [concern["id"] for concern in found["concerns"]] == ["target.network", "target.node", "target.space"]


def test_the_bindings_of_kubevirt_are_asked_for_and_can_be_stated(
    tmp_path: pathlib.Path, capfd: pytest.CaptureFixture[str]
) -> None:
    mapping = {"networks": [{"source": "*", "target": "vms/lab", "binding": "macvtap"}]}
    facts = {"networks": ["vms/lab"]}
    with fake_cluster() as cluster:
        path = "/apis/kubevirt.io/v1/namespaces/kubevirt/kubevirts/kubevirt"
        cluster.put(path, {"spec": {"configuration": {"network": {"binding": {"passt": {}}}}}})
        asked = options(mapping=mapping, target_facts=facts, kubeconfig=cluster.kubeconfig(tmp_path))
        (concern,) = runner(capfd)(vm_import_assess, asked)["concerns"]
        stated = runner(capfd)(vm_import_assess, {**asked, "target_facts": {**facts, "bindings": ["macvtap"]}})
    assert concern["found"] == "KubeVirt knows no network binding macvtap (found: passt)"
    assert stated["concerns"] == []


def test_wishes_for_one_machine_count(capfd: pytest.CaptureFixture[str]) -> None:
    wish = {"name": "web01", "mapping": {"networks": [{"source": "other", "target": "pod"}]}}
    assert runner(capfd)(vm_import_assess, options(machines=[wish]))["blocked"] == ["web01"]
