"""How the target of a move lets go of a machine: not before its instance is gone, and no slower than is wished."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.cdi_upload import CdiUpload
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.claim_target import ClaimTarget
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.import_target import Deadlines, ImportTarget
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubeconfig import load_connection
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubernetes_api import KubernetesApi
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.volume_digest import VolumeDigest
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from tests.assets.cluster import FakeCluster, fake_cluster

MACHINE = "/apis/kubevirt.io/v1/namespaces/vms/virtualmachines/web"
INSTANCE = "/apis/kubevirt.io/v1/namespaces/vms/virtualmachineinstances/web"
STOP = "/apis/subresources.kubevirt.io/v1/namespaces/vms/virtualmachines/web/stop"


@pytest.fixture
def cluster() -> Iterator[FakeCluster]:
    """It has a running machine whose guest may take 180 s, and which goes when it is halted."""
    with fake_cluster() as server:
        server.put(MACHINE, {"spec": {"runStrategy": "Always"}})
        server.put(INSTANCE, {"spec": {"terminationGracePeriodSeconds": 180}, "status": {"phase": "Running"}})

        def react(method: str, path: str, body: dict[str, Any]) -> None:
            if path == MACHINE and body["spec"]["runStrategy"] == "Halted":
                server.objects.pop(INSTANCE, None)

        server.react = react
        yield server


@pytest.fixture
def target(cluster: FakeCluster, tmp_path: pathlib.Path) -> ClaimTarget:
    api = KubernetesApi(load_connection(cluster.kubeconfig(tmp_path)))
    digest = VolumeDigest(api, "vms", "web", "image")
    plain = ImportTarget(api, CdiUpload(api), "vms", digest, deadlines=Deadlines(leaving=0))
    return ClaimTarget(api, "vms", plain)


def test_a_guest_gets_no_more_time_than_is_wished(cluster: FakeCluster, target: ClaimTarget) -> None:
    target.stop("web", 60.0)
    assert cluster.mutations == [f"PUT {STOP}", f"PATCH {MACHINE}"]
    assert cluster.objects[STOP]["gracePeriod"] == 60


@pytest.mark.parametrize("spec", [{"terminationGracePeriodSeconds": 180}, {}])
def test_a_guest_gets_no_more_time_than_its_machine_allows(
    cluster: FakeCluster, target: ClaimTarget, spec: dict[str, Any]
) -> None:
    cluster.put(INSTANCE, {"spec": spec})
    target.stop("web", 180)
    assert cluster.mutations == [f"PATCH {MACHINE}"]


@pytest.mark.parametrize("status", [403, 404, 406, 409])
def test_who_may_not_hurry_it_halts_it_nevertheless(cluster: FakeCluster, target: ClaimTarget, status: int) -> None:
    cluster.refuse[STOP] = status
    target.stop("web", 60)
    assert cluster.mutations == [f"PATCH {MACHINE}"] and not target.is_running("web")


def test_an_instance_that_stays_ends_the_wait_with_its_story(cluster: FakeCluster, target: ClaimTarget) -> None:
    cluster.react = lambda method, path, body: None
    with pytest.raises(PlatformError, match=r"vms/web.*gave up after 0 s"):
        target.stop("web", 60)
    assert target.is_running("web")


def test_a_machine_that_is_not_there_is_stopped(cluster: FakeCluster, target: ClaimTarget) -> None:
    cluster.objects.clear()
    target.stop("web", 60)
    assert cluster.mutations == []
