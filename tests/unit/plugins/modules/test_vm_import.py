"""What needs no upload: check mode, refusals, idempotence. Whole imports are in tests/peers."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.modules import vm_import
from tests.assets.cluster import FakeCluster
from tests.assets.small_import import archive, machine, ready_cluster
from tests.unit.running import runner


@pytest.fixture
def cluster() -> Iterator[FakeCluster]:
    with ready_cluster() as server:
        yield server


@pytest.fixture
def options(cluster: FakeCluster, tmp_path: pathlib.Path) -> dict[str, Any]:
    ova = archive(tmp_path / "web01.ova", machine("web01"))
    return {
        "kubeconfig": cluster.kubeconfig(tmp_path),
        "name": "web01",
        "source": {"path": str(ova)},
        "target": {"namespace": "vms"},
        "mapping": {"networks": [{"source": "VM Network", "target": "pod"}]},
    }


def test_check_mode_renders_everything_without_one_mutating_call(
    cluster: FakeCluster, options: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    found = runner(capfd)(vm_import, options, check=True)
    assert found["changed"] and found["phase"] == "new"
    assert found["machine"]["spec"]["runStrategy"] == "Always"
    assert [volume["metadata"]["name"] for volume in found["volumes"]] == ["web01-disk0"]
    assert found["diff"]["before"] == {} and found["diff"]["after"]["kind"] == "VirtualMachine"
    assert cluster.mutations == []


def test_all_findings_come_before_the_first_change(
    cluster: FakeCluster, options: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    options["mapping"] = {
        "networks": [{"source": "VM Network", "target": "vms/vlan10"}],
        "storage": [{"storage_class": "gold"}],
    }
    found = runner(capfd)(vm_import, options, fails=True)
    assert "no storage class gold (found: longhorn)" in found["msg"]
    assert "no network attachment vms/vlan10" in found["msg"]
    assert cluster.mutations == []


@pytest.mark.parametrize(
    ("registered", "told"),
    [
        (None, "KubeVirt knows no network binding macvtap (found: none)"),
        ({"passt": {}}, "KubeVirt knows no network binding macvtap (found: passt)"),
        ({"macvtap": {"domainAttachmentType": "tap"}}, ""),
    ],
)
def test_a_network_binding_that_nobody_registered_is_told_before_anything_is_made(
    cluster: FakeCluster,
    options: dict[str, Any],
    capfd: pytest.CaptureFixture[str],
    registered: dict[str, Any] | None,
    told: str,
) -> None:
    if registered is not None:
        spec = {"configuration": {"network": {"binding": registered}}}
        cluster.put("/apis/kubevirt.io/v1/namespaces/kubevirt/kubevirts/kubevirt", {"spec": spec})
    cluster.put("/apis/k8s.cni.cncf.io/v1/namespaces/vms/network-attachment-definitions/lan", {})
    options["mapping"] = {"networks": [{"source": "VM Network", "target": "vms/lan", "binding": "macvtap"}]}
    found = runner(capfd)(vm_import, options, check=True, fails=bool(told))
    assert told in found.get("msg", "")
    assert cluster.mutations == []


def test_a_cluster_without_cdi_is_told_before_anything_is_made(
    cluster: FakeCluster, options: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    del cluster.objects["/apis/cdi.kubevirt.io/v1beta1/cdiconfigs/config"]
    assert "CDI does not run in this cluster" in runner(capfd)(vm_import, options, fails=True)["msg"]
    assert cluster.mutations == []


def test_a_machine_of_that_name_is_never_overwritten(
    cluster: FakeCluster, options: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    spec = {"template": {"spec": {"domain": {}}}}
    path = "/apis/kubevirt.io/v1/namespaces/vms/virtualmachines/web01"
    cluster.put(path, {"metadata": {"namespace": "vms"}, "spec": spec})
    found = runner(capfd)(vm_import, options, fails=True)
    assert "has a machine web01 that this import did not make" in found["msg"]
    assert cluster.mutations == []


@pytest.mark.parametrize(
    ("check", "missing"),
    [({"type": "http"}, "url"), ({"type": "tcp", "address": "192.0.2.1"}, "port"), ({"type": "console"}, "text")],
)
def test_a_check_without_its_subject_is_refused(
    cluster: FakeCluster,
    options: dict[str, Any],
    capfd: pytest.CaptureFixture[str],
    check: dict[str, Any],
    missing: str,
) -> None:
    found = runner(capfd)(vm_import, {**options, "verify": {"checks": [check]}}, fails=True)
    assert found["msg"].startswith("verify.checks[0]: ") and missing in found["msg"]


def test_cancelling_what_never_began_changes_nothing(
    cluster: FakeCluster, options: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    assert not runner(capfd)(vm_import, {**options, "state": "absent"})["changed"]
    assert cluster.mutations == []


@pytest.mark.parametrize("state", ["precopied", "cutover", "rolled_back"])
def test_an_archive_cannot_be_asked_to_stop(
    cluster: FakeCluster, options: dict[str, Any], capfd: pytest.CaptureFixture[str], state: str
) -> None:
    found = runner(capfd)(vm_import, {**options, "state": state}, fails=True)
    assert found["msg"].startswith(f"state: {state} needs a source whose machine can be asked to stop")
    assert cluster.mutations == []
