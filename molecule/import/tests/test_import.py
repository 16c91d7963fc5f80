"""The imported VMs run, their guests answer over the network, and their sources are as the import has to leave them."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest
from kube import custom

testinfra_hosts = ["local://"]

PORTS = {"guest1": 30080, "legacy-cold": 30081, "legacy-warm": 30082}
MOVED = ("legacy-cold", "legacy-warm")


def vcenter(path: str) -> Any:
    """What the stand-in for a vCenter says of itself, at its endpoint for rehearsals."""
    with urllib.request.urlopen(f"http://127.0.0.1:8991{path}", timeout=30) as answer:
        return json.load(answer)


def test_the_vms_run() -> None:
    found = {
        vm["metadata"]["name"]: vm["status"]["phase"] for vm in custom("kubevirt.io", "v1", "virtualmachineinstances")
    }
    assert found == dict.fromkeys(PORTS, "Running")


@pytest.mark.parametrize("name", PORTS)
def test_the_guest_answers(name: str) -> None:
    with urllib.request.urlopen(f"http://172.31.70.5:{PORTS[name]}/", timeout=30) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("name", MOVED)
def test_its_source_is_off_and_cut_from_its_network(name: str) -> None:
    machine = vcenter("/machines")[name]
    assert machine["power"] == "poweredOff"
    assert machine["snapshots"] == 0
    assert machine["connected"] == [False]


def test_nothing_was_destroyed_at_the_source() -> None:
    methods = {change["method"] for change in vcenter("/journal")["changes"]}
    assert "CreateSnapshot_Task" in methods
    assert not methods & {"Destroy_Task", "UnregisterVM"}
