"""An estate moved: what was to move runs here and nowhere else, what went back runs there, and the report says so."""

from __future__ import annotations

import json
import urllib.request
from functools import cache
from typing import Any

import pytest
import yaml
from kube import LAB, api, custom, journals, said

testinfra_hosts = ["local://"]
MOVED, BACK, BLOCKED = ("estate-db", "estate-old"), "estate-web", "estate-dmz"
FOLDER = LAB / "estate"


@cache
def vcenter(path: str) -> Any:
    """What the stand-in for a vCenter says of itself, at its endpoint for rehearsals."""
    place = yaml.safe_load((LAB / "inventory/group_vars/all/vcenter.yml").read_text())["lab_vcenter_control"]
    with urllib.request.urlopen(f"{place}{path}", timeout=30) as answer:
        return json.load(answer)


def calls(machine: str) -> list[str]:
    """What altered a machine at its source, in its order."""
    return [change["method"] for change in vcenter("/journal")["changes"] if change.get("name") == machine]


def reported() -> dict[str, dict[str, Any]]:
    data = json.loads((FOLDER / "report.json").read_text())
    return {machine["name"]: machine for machine in data["machines"]}


def test_what_moved_runs_here_and_what_went_back_does_not() -> None:
    instances = custom("kubevirt.io", "v1", "virtualmachineinstances")
    running = {
        one["metadata"]["name"]: one["status"]["phase"] for one in instances if one["metadata"]["namespace"] == "estate"
    }
    assert running == dict.fromkeys(MOVED, "Running")


@pytest.mark.parametrize("name", MOVED)
def test_the_source_of_what_moved_is_off_and_cut_from_its_network(name: str) -> None:
    machine = vcenter("/machines")[name]
    assert (machine["power"], machine["connected"], machine["snapshots"]) == ("poweredOff", [False], 0)


def test_the_source_of_what_went_back_is_as_before() -> None:
    machine = vcenter("/machines")[BACK]
    assert (machine["power"], machine["connected"], machine["snapshots"]) == ("poweredOn", [True], 0)


def test_no_source_was_ever_started_beside_its_successor() -> None:
    for name in MOVED:
        assert calls(name).count("PowerOnVM_Task") == calls(name).count("ShutdownGuest") - (name == "estate-db")
    # The fence comes down before the power comes back, and it does so once for every time the machine was stopped.
    back = [method for method in calls(BACK) if method in ("ShutdownGuest", "ReconfigVM_Task", "PowerOnVM_Task")]
    assert back[-4:] == ["ShutdownGuest", "ReconfigVM_Task", "ReconfigVM_Task", "PowerOnVM_Task"]


def test_the_target_was_started_only_after_the_fence() -> None:
    for name, state in journals("estate").items():
        steps = {step["phase"]: step for step in state["timeline"]}
        assert steps["stopped"]["ended"] <= steps["fenced"]["started"] <= steps["started"]["started"], name


def test_what_the_report_must_not_touch_was_not_touched() -> None:
    methods = {change["method"] for change in vcenter("/journal")["changes"]}
    assert not methods & {"Destroy_Task", "UnregisterVM"}
    assert calls(BLOCKED) == [] and vcenter("/machines")[BLOCKED]["power"] == "poweredOn"


def test_what_was_written_while_a_disk_was_copied_arrived() -> None:
    """The guest does not touch its second disk: volume and source are equal for good."""
    pods = api().list_namespaced_pod("estate", label_selector="vm.kubevirt.io/name=estate-db").items
    image = "/var/run/kubevirt-private/vmi-disks/estate-db-disk1/disk.img"
    digest = said("estate", pods[0].metadata.name, "sha256sum", image).split()[0]
    assert digest == vcenter("/machines/estate-db/disks/1/sha256")


def test_the_cut_over_moved_only_what_had_changed() -> None:
    state = journals("estate")["estate-db"]
    first, *later = [one["bytes_sent"] for one in state["rounds"]]
    assert 0 < sum(later) < first and len(later) >= 2
    assert [disk["verified"] for disk in state["disks"].values()] == [True, True]


def test_the_report_tells_what_is_so() -> None:
    told = reported()
    assert {name: one["state"] for name, one in told.items()} == {
        **dict.fromkeys(MOVED, "done"),
        BACK: "rolled_back",
        BLOCKED: "blocked",
    }
    assert "is not at the source" in told[BACK]["reason"] and "DMZ" in told[BLOCKED]["reason"]
    assert told["estate-db"]["method"] == "warm" and told["estate-db"]["downtime"] > 0
    page = (FOLDER / "report.html").read_text()
    assert ">taken back</span>" in page and ">estate-dmz</bdi>" in page


def test_the_rates_that_were_measured_are_in_the_plan() -> None:
    assert yaml.safe_load((FOLDER / "plan.yml").read_text())["bandwidth"]["stream"] > 1.0


def test_no_slot_is_left_and_no_secret_is_told() -> None:
    assert custom("coordination.k8s.io", "v1", "leases", "ironacre-import") == []
    secrets = yaml.safe_load((LAB / "inventory/group_vars/all/secrets.yml").read_text())
    texts = [path.read_text() for path in FOLDER.iterdir()]
    assert secrets and not [name for name, value in secrets.items() for text in texts if value in text]
