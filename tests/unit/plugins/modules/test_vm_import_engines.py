"""vm_import by engines that do not copy themselves. The test plays their controllers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._ansible import vm_engines
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Cpu, Disk, Guest, Nic, Vm
from ansible_collections.ironacre.hci.plugins.modules import vm_import
from tests.assets.cluster import FakeCluster, fake_cluster
from tests.unit.running import Run

FORKLIFT = "/apis/forklift.konveyor.io/v1beta1/namespaces/vms"
HARVESTER = "/apis/migration.harvesterhci.io/v1beta1/namespaces/vms"
VOLUME = "/apis/cdi.kubevirt.io/v1beta1/namespaces/vms/datavolumes/web01-disk0"
MACHINE = "/apis/kubevirt.io/v1/namespaces/vms/virtualmachines/web01"
READY = {"conditions": [{"type": "Ready", "status": "True", "category": "Required", "message": "ready"}]}
VM = Vm(
    "web01",
    id="vm-7",
    uuid="42371a2b-3c4d-5e6f-7081-92a3b4c5d6e7",
    cpu=Cpu(8, 8),
    memory_mib=1024,
    guest=Guest("debian12_64Guest", "", "linux"),
    disks=(Disk("2000", 1 << 30, "[ds1] web01/web01.vmdk", datastore="ds1"),),
    nics=(Nic("4000", "VLAN 10", "vmxnet3", "00:50:56:00:00:01"),),
)
Import = Callable[..., dict[str, Any]]


class OneMachine:
    """What open_package gives for a vCenter."""

    def __init__(self, vm: Vm) -> None:
        self._vm = vm

    def vm(self, name: str) -> Vm:
        assert name == self._vm.name
        return self._vm


@pytest.fixture
def cluster() -> Iterator[FakeCluster]:
    with fake_cluster() as server:
        server.put("/api/v1/namespaces/vms", {"kind": "Namespace"})
        server.put("/api/v1/namespaces/vms/secrets/vcenter", {"kind": "Secret"})
        server.put(f"{MACHINE}instances/none", {})
        yield server


@pytest.fixture
def imported(cluster: FakeCluster, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Import:
    arguments: dict[str, Any] = {
        "kubeconfig": cluster.kubeconfig(tmp_path),
        "name": "web01",
        "source": {
            "type": "vcenter", "hostname": "vcenter.example.com", "datacenter": "DC0", "vm": "web01",
            "thumbprint": "AA:BB", "username": "reader", "password": "secret-word",
        },
        "target": {"namespace": "vms"},
        "mapping": {
            "networks": [{"source": "VLAN 10", "target": "vms/vlan10"}],
            "storage": [{"source": "*", "storage_class": "longhorn"}],
        },
        "engine_options": {"secret": "vcenter", "timeout": 2},
        "run_strategy": "Halted",
    }  # fmt: skip

    def call(engine: str, vm: Vm = VM, *, check: bool = False, fails: bool = False, **other: Any) -> dict[str, Any]:
        monkeypatch.setattr(vm_engines, "open_package", lambda _source: OneMachine(vm))
        return run(vm_import, {**arguments, "engine": engine, **other}, check=check, fails=fails)

    return call


def forklift(cluster: FakeCluster, **outcome: Any) -> None:
    """Everything is ready at once; the migration ends like this."""

    def react(method: str, path: str, body: dict[str, Any]) -> None:
        if path.startswith(FORKLIFT) and "/migrations/" not in path:
            cluster.put(path, {**body, "status": READY})
        elif path.startswith(f"{FORKLIFT}/migrations/"):
            cluster.put(path, {**body, "status": {"vms": [{"id": "vm-7", "name": "web01", **outcome}]}})
            cluster.put(MACHINE, {"kind": "VirtualMachine", "metadata": {"namespace": "vms"}, "spec": {}})

    cluster.react = react


def test_forklift_moves_a_machine_once(cluster: FakeCluster, imported: Import) -> None:
    forklift(cluster, phase="Completed", conditions=[{"type": "Succeeded", "status": "True"}])
    first = imported("forklift")
    assert (first["changed"], first["phase"], first["engine"]["machine"]) == (True, "done", "web01")
    kinds = [body["kind"] for body in first["objects"]]
    assert kinds == ["Provider", "NetworkMap", "StorageMap", "Plan", "Migration"]
    count = len(cluster.mutations)
    assert imported("forklift")["changed"] is False and len(cluster.mutations) == count
    assert "what is asked for changed" in imported("forklift", overrides={"memory_mib": 9}, fails=True)["msg"]


def test_forklifts_reason_is_told_and_kept(cluster: FakeCluster, imported: Import) -> None:
    forklift(cluster, phase="CopyDisks", error={"phase": "CopyDisks", "reasons": ["no VDDK image"]})
    failed = imported("forklift", fails=True)
    assert "failed in CopyDisks: web01: no VDDK image" in failed["msg"]
    assert imported("forklift", state="absent")["changed"]
    assert not [path for path in cluster.objects if "/plans/" in path or "/migrations/" in path]
    assert [path for path in cluster.objects if "/providers/" in path], "the provider is shared"


def test_a_plan_that_does_not_get_ready_says_why(cluster: FakeCluster, imported: Import) -> None:
    options = {"secret": "vcenter", "timeout": 0}
    failed = imported("forklift", engine_options=options, fails=True)
    assert "is not done after 0 s: Provider NotReady" in failed["msg"]
    no_secret = imported("forklift", engine_options={"secret": "other"}, fails=True)
    assert "vms/other: the Secret with the credentials is not there" in no_secret["msg"]


def cdi(cluster: FakeCluster, phase: str) -> None:
    def react(method: str, path: str, body: dict[str, Any]) -> None:
        if path == VOLUME:
            cluster.put(path, {**body, "status": {"phase": phase}})

    cluster.react = react


def test_cdi_fills_volumes_and_the_mapping_makes_the_machine(cluster: FakeCluster, imported: Import) -> None:
    cdi(cluster, "Succeeded")
    assert imported("cdi")["phase"] == "done"
    assert cluster.objects[VOLUME]["spec"]["source"]["vddk"]["backingFile"] == "[ds1] web01/web01.vmdk"
    assert cluster.objects[MACHINE]["spec"]["template"]["spec"]["domain"]["cpu"]["cores"] == 8
    assert imported("cdi")["changed"] is False


def test_cdi_does_not_read_a_machine_that_runs(cluster: FakeCluster, imported: Import) -> None:
    failed = imported("cdi", replace(VM, power="on"), fails=True)
    assert [finding["place"] for finding in failed["findings"]] == ["source.web01.power"]
    assert cluster.mutations == []


def test_cdi_that_failed_is_cancelled(cluster: FakeCluster, imported: Import) -> None:
    cdi(cluster, "Failed")
    assert "vms/web01: failed in Failed" in imported("cdi", fails=True)["msg"]
    assert imported("cdi", state="absent")["changed"] and VOLUME not in cluster.objects


def test_harvesters_machine_is_mended(cluster: FakeCluster, imported: Import) -> None:
    wrong = {"cpu": {"sockets": 8, "cores": 8}, "memory": {"guest": "1024M"}}

    def react(method: str, path: str, body: dict[str, Any]) -> None:
        if path.startswith(f"{HARVESTER}/vmwaresources/"):
            cluster.put(path, {**body, "status": {"status": "clusterReady"}})
        elif path.startswith(f"{HARVESTER}/virtualmachineimports/"):
            status = {"importStatus": "virtualMachineRunning", "importedVirtualMachineName": "web01"}
            cluster.put(path, {**body, "status": status})
            cluster.put(MACHINE, {"spec": {"template": {"spec": {"domain": wrong}}}})

    cluster.react = react
    assert imported("harvester")["phase"] == "done"
    domain = cluster.objects[MACHINE]["spec"]["template"]["spec"]["domain"]
    assert domain["cpu"] == {"sockets": 1, "cores": 8, "threads": 1} and domain["memory"] == {"guest": "1024Mi"}


@pytest.mark.parametrize("engine", ["cdi", "forklift", "harvester"])
def test_check_mode_renders_and_changes_nothing(cluster: FakeCluster, imported: Import, engine: str) -> None:
    told = imported(engine, check=True)
    assert told["changed"] and told["objects"] and told["diff"]["after"] == told["objects"]
    assert cluster.mutations == []


def test_files_are_for_the_own_engine(imported: Import) -> None:
    failed = imported("forklift", source={"path": "/exports/web01.ova"}, fails=True)
    assert "the engine forklift reads no files; use the engine stream" in failed["msg"]


def test_an_object_of_somebody_else_is_left_alone(cluster: FakeCluster, imported: Import) -> None:
    cluster.put(VOLUME, {"kind": "DataVolume", "spec": {}})
    assert "a DataVolume of that name belongs to something else" in imported("cdi", fails=True)["msg"]
    assert cluster.objects[VOLUME]["spec"] == {}
