"""Guests of every kind of file came up on the hardware of the mapping, and say on their console what they found."""

from __future__ import annotations

import time
from typing import Any

import pytest
from kube import api, custom

from lab.guest_imports import CASES, LOST, NAMESPACE, ROOT, UP, Case

testinfra_hosts = ["local://"]

SECONDS = 240.0
CONSOLE = "guest-console-log"


def console(case: Case) -> str:
    """All that the guest has said since it was started."""
    pods = api().list_namespaced_pod(NAMESPACE, label_selector=f"vm.kubevirt.io/name=guest-{case.kind}").items
    running = [pod.metadata.name for pod in pods if pod.status.phase == "Running"]
    text: str = api().read_namespaced_pod_log(running[0], NAMESPACE, container=CONSOLE) if running else ""
    return text


def heard(case: Case, *words: str) -> str:
    """What is said once all of these were; emulated guests are slow."""
    end = time.monotonic() + SECONDS
    while missing := [word for word in words if word not in (text := console(case))]:
        assert time.monotonic() < end, f"not heard: {missing}; heard: {text[-1000:]}"
        time.sleep(1)
    return text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_the_guest_is_heard(case: Case) -> None:
    text = heard(case, UP, case.found, *case.macs)
    assert ({ROOT, LOST} - {case.found}).pop() not in text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_it_has_the_hardware_of_the_mapping(case: Case) -> None:
    machines = {vm["metadata"]["name"]: vm for vm in custom("kubevirt.io", "v1", "virtualmachines")}
    domain: dict[str, Any] = machines[f"guest-{case.kind}"]["spec"]["template"]["spec"]["domain"]
    devices = domain["devices"]
    assert [disk["disk"]["bus"] for disk in devices["disks"]] == [case.bus] * case.disks
    assert list(domain["firmware"]["bootloader"]) == [case.firmware]
    assert [card["macAddress"] for card in devices.get("interfaces") or []] == list(case.macs)
