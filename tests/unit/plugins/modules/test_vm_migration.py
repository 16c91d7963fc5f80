from __future__ import annotations

import http.server
import pathlib
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.modules import vm_migration
from tests.assets.cluster import FakeCluster, fake_cluster
from tests.unit.running import runner

INSTANCE = "/apis/kubevirt.io/v1/namespaces/vms/virtualmachineinstances/web01"
Outcome = dict[str, Any]


@pytest.fixture
def cluster() -> Iterator[FakeCluster]:
    with fake_cluster() as server:
        server.put(INSTANCE, {"status": {"phase": "Running", "nodeName": "n1"}})
        yield server


def ends(cluster: FakeCluster, phase: str, node: str = "n2") -> None:
    """Every migration ends at once in that phase."""

    def react(method: str, path: str, body: dict[str, Any]) -> None:
        if "virtualmachineinstancemigrations" in path:
            cluster.put(path, {**body, "status": {"phase": phase}})
            if phase == "Succeeded":
                cluster.put(INSTANCE, {"status": {"phase": "Running", "nodeName": node}})

    cluster.react = react


@pytest.fixture
def options(cluster: FakeCluster, tmp_path: pathlib.Path) -> dict[str, Any]:
    return {"kubeconfig": cluster.kubeconfig(tmp_path), "name": "web01", "namespace": "vms"}


def test_a_machine_moves_and_its_node_is_told(
    cluster: FakeCluster, options: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    ends(cluster, "Succeeded")
    found = runner(capfd)(vm_migration, {**options, "target_node": "n2"})
    assert (found["changed"], found["source_node"], found["node"]) == (True, "n1", "n2")
    created = next(item for path, item in cluster.objects.items() if "migrations" in path)
    assert created["spec"] == {"vmiName": "web01", "addedNodeSelector": {"kubernetes.io/hostname": "n2"}}


def test_a_machine_that_is_there_already_stays(
    cluster: FakeCluster, options: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    assert not runner(capfd)(vm_migration, {**options, "target_node": "n1"})["changed"]
    assert cluster.mutations == []


def test_check_mode_moves_nothing(
    cluster: FakeCluster, options: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    assert runner(capfd)(vm_migration, options, check=True)["changed"]
    assert cluster.mutations == []


def test_a_failed_migration_is_told_with_its_reason(
    cluster: FakeCluster, options: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    ends(cluster, "Failed")
    state = {"phase": "Running", "nodeName": "n1", "migrationState": {"failureReason": "no memory left"}}
    cluster.put(INSTANCE, {"status": state})
    found = runner(capfd)(vm_migration, options, fails=True)
    assert "the migration failed: no memory left" in found["msg"]


def test_a_migration_that_does_not_end_is_cancelled(
    cluster: FakeCluster, options: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    found = runner(capfd)(vm_migration, {**options, "timeout": 0}, fails=True)
    assert "still Pending" in found["msg"] and "was cancelled" in found["msg"]
    assert not [path for path in cluster.objects if "migrations" in path]


@pytest.mark.parametrize(
    ("status", "finding"),
    [
        ({"phase": "Scheduling"}, "the machine is Scheduling; start it first"),
        (
            {
                "phase": "Running",
                "conditions": [{"type": "LiveMigratable", "status": "False", "message": "disk is RWO"}],
            },
            "cannot move: disk is RWO",
        ),
    ],
)
def test_what_cannot_move_is_refused(
    cluster: FakeCluster,
    options: dict[str, Any],
    capfd: pytest.CaptureFixture[str],
    status: dict[str, Any],
    finding: str,
) -> None:
    cluster.put(INSTANCE, {"status": status})
    assert finding in runner(capfd)(vm_migration, options, fails=True)["msg"]
    assert cluster.mutations == []


class Page(http.server.BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None: ...

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()


def test_lost_answers_are_counted(
    cluster: FakeCluster, options: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    ends(cluster, "Succeeded")
    with http.server.HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_address[1]}/"
        found = runner(capfd)(vm_migration, {**options, "probe": {"url": url, "timeout": 60}})["probe"]
        server.shutdown()
    assert found["asked"] >= 1 and found["lost"] == 0
    found = runner(capfd)(vm_migration, {**options, "probe": {"url": url, "timeout": 0.2}, "target_node": "n3"})[
        "probe"
    ]
    assert found["lost"] == found["asked"]
