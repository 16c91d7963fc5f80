"""Objects of a conversion against a real API server; the test plays the Job's controller, as none runs here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.convert_job import ConvertJob
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubeconfig import load_connection
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubernetes_api import KubernetesApi
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm import convert_job
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.convert import Address, Conversion
from tests.peers.strict import accepted

WISH = Conversion(
    "web01",
    "default",
    ("web01-disk0", "web01-disk1"),
    "registry.example.com/v2v:1",
    addresses=(Address("00:50:56:01:02:03", "192.0.2.3"),),
    deadline=60,
)
JOB = "/apis/batch/v1/namespaces/default/jobs/convert-web01"
TIME = "2026-11-21T12:00:00Z"


@pytest.fixture
def api(kubeconfig: Path) -> Iterator[KubernetesApi]:
    api = KubernetesApi(load_connection(str(kubeconfig)))
    for name, mode in zip(WISH.claims, ("Block", "Filesystem"), strict=True):
        spec = {
            "accessModes": ["ReadWriteOnce"],
            "volumeMode": mode,
            "resources": {"requests": {"storage": "1Gi"}},
        }
        metadata = {"name": name, "namespace": "default", "annotations": {"other": "stays"}}
        api.create({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": spec})
    yield api
    for name in WISH.claims:
        api.merge("PersistentVolumeClaim", name, {"metadata": {"finalizers": None}}, "default")
        api.delete("PersistentVolumeClaim", name, "default")


class Controller:
    """Ends the Job at the second look, as the real controller would."""

    def __init__(self, api: KubernetesApi, *conditions: str) -> None:
        self.api, self.conditions, self.looks = api, conditions, 0

    def __call__(self, _seconds: float) -> None:
        self.looks += 1
        if self.looks == 2:
            conditions = [
                {"type": name, "status": "True", "lastTransitionTime": TIME, "lastProbeTime": TIME}
                for name in self.conditions
            ]
            status: dict[str, Any] = {"conditions": conditions, "startTime": TIME, "uncountedTerminatedPods": {}}
            if "Complete" in self.conditions:
                status["completionTime"] = TIME
                status["succeeded"] = 1
            self.api._transport.json("PATCH", f"{JOB}/status", {"status": status}, "application/merge-patch+json")


def annotations(api: KubernetesApi) -> dict[str, str]:
    found: dict[str, str] = (api.get("PersistentVolumeClaim", "web01-disk0", "default") or {})["metadata"][
        "annotations"
    ]
    return found


def test_a_conversion_is_accepted_watched_and_remembered(api: KubernetesApi) -> None:
    converter = ConvertJob(api, WISH, pause=Controller(api, "SuccessCriteriaMet", "Complete"))
    converter.load()
    assert converter.modes == ["Block", "Filesystem"] and not converter.is_done
    converter.check(again=False)
    converter.run()
    assert api.get("Job", WISH.job, "default") is None
    assert annotations(api)[convert_job.DONE] == WISH.digest and annotations(api)["other"] == "stays"
    again = ConvertJob(api, WISH)
    again.load()
    assert again.is_done


@pytest.mark.parametrize("drivers", [{}, {"drivers_image": "registry.example.com/win:1"}, {"drivers_claim": "win"}])
def test_nothing_of_the_objects_is_unknown_to_the_api(api: KubernetesApi, drivers: dict[str, str]) -> None:
    # Under a name of its own: no controller runs here that would remove the map of the Job before.
    wish = replace(WISH, name="strict", **drivers)
    body = convert_job.job(wish, ["Block", "Filesystem"])
    kept = {volume["name"]: volume for volume in accepted(api, body)["spec"]["template"]["spec"]["volumes"]}
    for volume in body["spec"]["template"]["spec"]["volumes"]:
        # The server adds defaults; what kind of volume it is must be there still, not dropped by a switch.
        assert volume.keys() <= kept[volume["name"]].keys()
    owner = {"metadata": {"uid": "11111111-2222-3333-4444-555555555555"}}
    assert accepted(api, convert_job.config_map(wish, ["Block", "Block"], owner))["data"]["domain.xml"]
