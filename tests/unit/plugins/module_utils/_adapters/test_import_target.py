"""What the target of an import waits for, and what it does not wait for."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.cdi_upload import CdiUpload
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.import_target import Deadlines, ImportTarget
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubeconfig import load_connection
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubernetes_api import KubernetesApi
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.machine_health import MachineHealth
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.volume_digest import VolumeDigest
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from tests.assets.cluster import FakeCluster, fake_cluster

MACHINES = "/apis/kubevirt.io/v1/namespaces/vms/virtualmachines"
INSTANCES = "/apis/kubevirt.io/v1/namespaces/vms/virtualmachineinstances"
VOLUMES = "/apis/cdi.kubevirt.io/v1beta1/namespaces/vms/datavolumes"


@pytest.fixture
def cluster() -> Iterator[FakeCluster]:
    with fake_cluster() as server:
        yield server


@pytest.fixture
def api(cluster: FakeCluster, tmp_path: pathlib.Path) -> KubernetesApi:
    return KubernetesApi(load_connection(cluster.kubeconfig(tmp_path)))


def target(api: KubernetesApi, beats: list[Any] | None = None, **seconds: float) -> ImportTarget:
    """beats: one is called per wait; an empty list ends the patience of the test."""
    digest = VolumeDigest(api, "vms", "web", "image")

    def beat() -> None:
        (beats or []).pop(0)()

    deadlines = Deadlines(**{"volume": 0, "running": 0, "leaving": 0, **seconds})
    return ImportTarget(api, CdiUpload(api), "vms", digest, deadlines=deadlines, beat=beat)


@pytest.mark.parametrize("left", ["machine", "instance", "owned volume", "deleted volume"])
def test_an_import_waits_for_what_a_deleted_machine_leaves_behind(
    cluster: FakeCluster, api: KubernetesApi, left: str
) -> None:
    leaving = {
        "deletionTimestamp": "2026-01-01T00:00:00Z",
        "finalizers": ["kubevirt.io/foregroundDeleteVirtualMachine"],
    }
    owner = {"kind": "VirtualMachine", "name": "web", "uid": "uid-of-before"}
    places: dict[str, tuple[str, dict[str, Any], str]] = {
        "machine": (f"{MACHINES}/web", leaving, "VirtualMachine web is being deleted .held by kubevirt"),
        "instance": (f"{INSTANCES}/web", leaving, "VirtualMachineInstance web is being deleted"),
        "owned volume": (
            f"{VOLUMES}/web-disk0",
            {"ownerReferences": [owner]},
            "DataVolume web-disk0 goes with its deleted VirtualMachine web",
        ),
        "deleted volume": (f"{VOLUMES}/web-disk0", leaving, "DataVolume web-disk0 is being deleted"),
    }
    path, metadata, told = places[left]
    cluster.put(path, {"metadata": metadata})
    with pytest.raises(PlatformError, match=told):
        target(api).settle("web", ["web-disk0"])
    target(api, [lambda: cluster.objects.pop(path)], leaving=60).settle("web", ["web-disk0"])
    assert path not in cluster.objects


def test_a_volume_of_a_living_machine_stays_out_of_it(cluster: FakeCluster, api: KubernetesApi) -> None:
    machine = cluster.put(f"{MACHINES}/web", {})
    owner = {"kind": "VirtualMachine", "name": "web", "uid": machine["metadata"]["uid"]}
    cluster.put(f"{VOLUMES}/web-disk0", {"metadata": {"ownerReferences": [owner]}})
    target(api).settle("web", ["web-disk0"])


def test_a_machine_that_is_being_deleted_does_not_exist_any_more(cluster: FakeCluster, api: KubernetesApi) -> None:
    cluster.put(f"{MACHINES}/web", {})
    assert target(api).exists("web")
    cluster.put(f"{MACHINES}/web", {"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}})
    assert not target(api).exists("web")


def crashing(cluster: FakeCluster, failures: int, status: str = "CrashLoopBackOff") -> None:
    told = {"type": "Failure", "status": "True", "message": "server error. command SyncVMI failed"}
    live = {"printableStatus": status, "conditions": [told], "startFailure": {"consecutiveFailCount": failures}}
    cluster.put(f"{MACHINES}/web", {"status": live})
    cluster.put(f"{INSTANCES}/web", {"status": {"phase": "Failed"}})
    waiting = {"name": "compute", "state": {"waiting": {"reason": "ErrImagePull", "message": "no such image"}}}
    pod = {"metadata": {"labels": {"vm.kubevirt.io/name": "web"}}, "status": {"containerStatuses": [waiting]}}
    cluster.put("/api/v1/namespaces/vms/pods/virt-launcher-web-x1", pod)
    event = {
        "type": "Warning",
        "involvedObject": {"name": "virt-launcher-web-x1"},
        "message": "0/3 nodes are available",
    }
    cluster.put("/api/v1/namespaces/vms/events/e1", event)
    other = {"type": "Warning", "involvedObject": {"name": "webserver"}, "message": "of another one"}
    cluster.put("/api/v1/namespaces/vms/events/e2", other)


def test_a_machine_that_failed_three_times_is_not_waited_for(cluster: FakeCluster, api: KubernetesApi) -> None:
    crashing(cluster, failures=3)
    with pytest.raises(PlatformError) as told:
        target(api, running=3600).wait_running("web")
    for part in (
        "vms/web: the machine is CrashLoopBackOff",
        "Failure=True server error. command SyncVMI failed",
        "its instance is Failed",
        "container compute: ErrImagePull no such image",
        "last warning: 0/3 nodes are available",
        "after 3 starts that failed",
    ):
        assert part in told.value.message
    assert "of another one" not in told.value.message


def test_trouble_must_last_before_it_ends_the_wait(cluster: FakeCluster, api: KubernetesApi) -> None:
    now = [0.0]
    health = MachineHealth(api, "vms", patience=30, clock=lambda: now[0])
    crashing(cluster, failures=0, status="ErrorUnschedulable")
    health.refuse_trouble("web")
    now[0] = 29
    health.refuse_trouble("web")
    cluster.put(f"{MACHINES}/web", {"status": {"printableStatus": "Starting"}})
    health.refuse_trouble("web")
    crashing(cluster, failures=0, status="ErrorUnschedulable")
    now[0] = 58
    health.refuse_trouble("web")
    now[0] = 89
    with pytest.raises(PlatformError, match=r"ErrorUnschedulable.*waiting is in vain"):
        health.refuse_trouble("web")


def test_a_pod_that_cannot_make_the_machine_is_trouble(cluster: FakeCluster, api: KubernetesApi) -> None:
    now = [0.0]
    health = MachineHealth(api, "vms", patience=30, clock=lambda: now[0])
    refused = {"type": "Synchronized", "status": "False", "message": "EFI OVMF roms missing"}
    cluster.put(f"{MACHINES}/web", {"status": {"printableStatus": "Starting"}})
    cluster.put(f"{INSTANCES}/web", {"status": {"phase": "Scheduled", "conditions": [refused]}})
    health.refuse_trouble("web")
    now[0] = 31
    with pytest.raises(PlatformError, match=r"EFI OVMF roms missing.*waiting is in vain"):
        health.refuse_trouble("web")
    cluster.put(f"{INSTANCES}/web", {"status": {"phase": "Scheduled", "conditions": []}})
    health.refuse_trouble("web")


def test_a_machine_that_runs_is_taken_as_it_is(cluster: FakeCluster, api: KubernetesApi) -> None:
    cluster.put(f"{INSTANCES}/web", {"status": {"phase": "Running"}})
    target(api).wait_running("web")
