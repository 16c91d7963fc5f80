from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm import convert, convert_job
from ansible_collections.ironacre.hci.plugins.modules import vm_convert
from tests.assets.cluster import FakeCluster, fake_cluster
from tests.unit.plugins.module_utils._core.vm.test_convert import LOG
from tests.unit.running import Run

SPACE = "/api/v1/namespaces/vms"
JOB = "/apis/batch/v1/namespaces/vms/jobs/convert-web01"
CLAIM = f"{SPACE}/persistentvolumeclaims/web01-disk0"
POD = f"{SPACE}/pods/convert-web01-x"


@pytest.fixture
def cluster() -> Iterator[FakeCluster]:
    with fake_cluster() as server:
        server.put(
            CLAIM, {"kind": "PersistentVolumeClaim", "metadata": {"namespace": "vms"}, "spec": {"volumeMode": "Block"}}
        )
        yield server


Convert = Callable[..., dict[str, Any]]


@pytest.fixture
def converted(cluster: FakeCluster, tmp_path: Path, run: Run) -> Convert:
    arguments = {"kubeconfig": cluster.kubeconfig(tmp_path), "name": "web01", "namespace": "vms"}
    arguments |= {"volumes": ["web01-disk0"], "image": "registry.example.com/v2v:1"}

    def call(*, check: bool = False, fails: bool = False, **other: Any) -> dict[str, Any]:
        return run(vm_convert, {**arguments, **other}, check=check, fails=fails)

    return call


def ends(cluster: FakeCluster, condition: str, log: str) -> None:
    """Every Job ends at once like this."""

    def react(method: str, path: str, body: dict[str, Any]) -> None:
        if method == "POST" and path == JOB:
            cluster.put(path, {**body, "status": {"conditions": [{"type": condition, "status": "True"}]}})
            labels = {"batch.kubernetes.io/job-name": "convert-web01"}
            cluster.put(POD, {"metadata": {"labels": labels}, "status": {"phase": "Succeeded"}})
            cluster.texts[f"{POD}/log"] = log

    cluster.react = react


def marks(cluster: FakeCluster) -> dict[str, str]:
    found: dict[str, str] = cluster.objects[CLAIM]["metadata"].get("annotations", {})
    return found


def test_a_guest_is_converted_once_and_remembered(cluster: FakeCluster, converted: Convert) -> None:
    ends(cluster, "Complete", LOG)
    first = converted()
    assert (first["changed"], first["rc"], first["inspection"]["operating_system"]["osinfo"]) == (True, 0, "win2k19")
    assert JOB not in cluster.objects and convert_job.DONE in marks(cluster)
    count = len(cluster.mutations)
    second = converted()
    assert (second["changed"], second["inspection"]) == (False, first["inspection"])
    assert len(cluster.mutations) == count


def test_check_mode_renders_and_changes_nothing(cluster: FakeCluster, converted: Convert) -> None:
    told = converted(check=True)
    assert told["changed"] and told["job"]["kind"] == "Job" and "/dev/disk0" in told["domain"]
    assert cluster.mutations == []


def test_a_failure_is_told_with_its_log_and_not_tried_again(cluster: FakeCluster, converted: Convert) -> None:
    ends(cluster, "Failed", f"virt-v2v-in-place: error: no root device found\n{convert.STATUS} 1\n")
    failed = converted(fails=True)
    assert "no root device found" in failed["msg"] and failed["rc"] == 1
    assert failed["log"][-1] == f"{convert.STATUS} 1" and JOB in cluster.objects
    cluster.react = lambda method, path, body: None
    converted(state="absent")
    assert "an earlier conversion of web01-disk0 broke off" in converted(fails=True)["msg"]
    ends(cluster, "Complete", LOG)
    assert converted(again=True)["changed"]


def test_a_conversion_that_the_cluster_ended_says_by_what(cluster: FakeCluster, converted: Convert) -> None:
    ends(cluster, "Failed", "[ 12.0] Converting the guest\n")
    react = cluster.react

    def killed(method: str, path: str, body: dict[str, Any]) -> None:
        react(method, path, body)
        if POD in cluster.objects:
            state = {"terminated": {"reason": "OOMKilled", "exitCode": 137}}
            cluster.objects[POD]["status"]["containerStatuses"] = [{"state": state}]

    cluster.react = killed
    failed = converted(fails=True)
    assert "OOMKilled: the Job had too little memory, give it more memory_mib; Converting the guest" in failed["msg"]
    assert failed["rc"] == -1


def test_a_job_that_runs_is_watched_not_made_again(cluster: FakeCluster, converted: Convert) -> None:
    wish = convert.Conversion("web01", "vms", ("web01-disk0",), "registry.example.com/v2v:1")
    done = {"conditions": [{"type": "Complete", "status": "True"}]}
    body = convert_job.job(wish, ["Block"])
    cluster.put(JOB, {**body, "status": done})
    cluster.put(POD, {"metadata": {"labels": {"batch.kubernetes.io/job-name": "convert-web01"}}})
    cluster.texts[f"{POD}/log"] = LOG
    assert converted()["rc"] == 0
    assert f"POST {JOB}" not in cluster.mutations


def test_other_options_need_a_word(cluster: FakeCluster, converted: Convert) -> None:
    ends(cluster, "Complete", LOG)
    converted()
    assert "was converted with other options" in converted(root="/dev/sda2", fails=True)["msg"]


def test_volumes_in_use_are_refused(cluster: FakeCluster, converted: Convert) -> None:
    volumes = [{"name": "d", "persistentVolumeClaim": {"claimName": "web01-disk0"}}]
    cluster.put(f"{SPACE}/pods/virt-launcher-web01", {"spec": {"volumes": volumes}, "status": {"phase": "Running"}})
    assert "are used by virt-launcher-web01; stop the machine first" in converted(fails=True)["msg"]
    assert cluster.mutations == []


def test_everything_that_is_wrong_is_told_at_once(cluster: FakeCluster, converted: Convert) -> None:
    failed = converted(volumes=["web01-disk0", "no", "none"], root="x y", fails=True)
    assert [finding["place"] for finding in failed["findings"]] == ["root", "volumes[1]", "volumes[2]"]


def test_a_conversion_that_takes_too_long_says_what_it_waits_for(cluster: FakeCluster, converted: Convert) -> None:
    pod = {
        "metadata": {"labels": {"batch.kubernetes.io/job-name": "convert-web01"}},
        "status": {
            "phase": "Pending",
            "containerStatuses": [{"state": {"waiting": {"reason": "ErrImagePull", "message": "no such image"}}}],
        },
    }
    cluster.put(POD, pod)
    assert "is not over after 0 s: ErrImagePull no such image" in converted(timeout=0, fails=True)["msg"]


def test_absent_is_there_once(cluster: FakeCluster, converted: Convert) -> None:
    cluster.put(JOB, {})
    absent = functools.partial(converted, state="absent")
    assert absent(check=True)["changed"] and JOB in cluster.objects
    assert absent()["changed"] and not absent()["changed"]
