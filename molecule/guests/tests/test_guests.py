"""Guests of every kind of file came up on the hardware of the mapping, and say on their console what they found."""

from __future__ import annotations

from typing import Any

import pytest
from kube import custom, heard

from lab.guest_imports import CASES, LOST, NAMESPACE, ROOT, UP, Case

testinfra_hosts = ["local://"]

SECONDS = 240.0


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_the_guest_is_heard(case: Case) -> None:
    text = heard(NAMESPACE, f"guest-{case.kind}", SECONDS, UP, case.found, *case.macs)
    assert ({ROOT, LOST} - {case.found}).pop() not in text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_it_has_the_hardware_of_the_mapping(case: Case) -> None:
    machines = {vm["metadata"]["name"]: vm for vm in custom("kubevirt.io", "v1", "virtualmachines")}
    domain: dict[str, Any] = machines[f"guest-{case.kind}"]["spec"]["template"]["spec"]["domain"]
    devices = domain["devices"]
    assert [disk["disk"]["bus"] for disk in devices["disks"]] == [case.bus] * case.disks
    assert list(domain["firmware"]["bootloader"]) == [case.firmware]
    cards = devices.get("interfaces") or []
    assert [card["macAddress"] for card in cards] == list(case.macs)
    assert [{key: card[key] for key in ("masquerade", "binding") if key in card} for card in cards] == list(
        case.bindings
    )
