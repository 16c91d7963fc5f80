"""Deny by default: what a machine is answered, and which disk may be erased."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.answer import agent_plan, answer_boot, judge
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.events import Progress
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.inspection import parse_inspection
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.ticket import Ticket
from tests.unit.plugins.module_utils._core.boot.samples import IMAGE, TICKET, inspection, ticket

ITSELF = {"serial": "SRV-1", "uuid": "0000-ab"}
FRESH = Progress()


@pytest.mark.parametrize(
    ("found", "progress", "seen", "words"),
    [
        (None, FRESH, ITSELF, "no ticket"),
        (ticket(open=False), FRESH, ITSELF, "closed"),
        (ticket(expires_at=1100.0), FRESH, ITSELF, "expired"),
        (TICKET, Progress("finished"), ITSELF, "finished"),
        (TICKET, Progress("done"), ITSELF, "finished"),
        (TICKET, FRESH, {**ITSELF, "serial": "SRV-2"}, "another machine"),
        (TICKET, FRESH, {}, "another machine"),
    ],
)
def test_a_machine_boots_its_disk(found: Ticket | None, progress: Progress, seen: dict[str, str], words: str) -> None:
    answer = answer_boot(found, progress, seen, now=1500.0)
    assert not answer.install
    assert words in answer.reason


@pytest.mark.parametrize("stage", ["armed", "boot", "script", "writing"])
def test_an_armed_machine_is_installed_also_after_a_power_cut(stage: str) -> None:
    assert answer_boot(TICKET, Progress(stage), ITSELF, now=1500.0).install


def verdict(facts: dict[str, Any], progress: Progress = FRESH, **changes: Any) -> tuple[str, str]:
    result = judge(ticket(**changes), progress, parse_inspection(inspection({"sda": {"serial": "DISK-A", **facts}})))
    return (result.disk.name if result.disk else "", result.stage)


DATA = {"signature": ["gpt@sda", "VMFS_volume_member@sda3"]}


@pytest.mark.parametrize(
    ("facts", "changes", "outcome"),
    [
        ({}, {}, ("sda", "approved")),
        (DATA, {}, ("", "held")),
        (DATA, {"allow_foreign": ("vmfs_volume_member",)}, ("sda", "approved")),
        (DATA, {"allow_foreign": ("ext4",)}, ("", "held")),
        (DATA, {"allow_all": True}, ("sda", "approved")),
        ({"serial": "DISK-B"}, {}, ("", "held")),
    ],
)
def test_the_disk(facts: dict[str, Any], changes: dict[str, Any], outcome: tuple[str, str]) -> None:
    assert verdict(facts, **changes) == outcome


def test_our_own_half_image_is_no_foreign_data() -> None:
    disk = parse_inspection(inspection({"sda": {"serial": "DISK-A"}})).disks[0]
    ours, other = (Progress(claims=((name, 900.0),)) for name in (disk.identity, "DISK-B/1"))
    assert verdict({"signature": ["ext4@sda1"]}, ours) == ("sda", "approved")
    assert verdict({"signature": ["ext4@sda1"]}, other) == ("", "held")


def test_a_swapped_machine_is_held_whatever_its_disks_hold() -> None:
    read = parse_inspection(inspection({"sda": {"serial": "DISK-A"}}, serial="SRV-2"))
    result = judge(ticket(allow_all=True), FRESH, read)
    assert (result.disk, result.stage) == (None, "held")


def test_a_refusal_says_what_was_found_and_what_to_list() -> None:
    read = parse_inspection(inspection({"sda": {"serial": "DISK-A", **DATA}}))
    reason = judge(TICKET, FRESH, read).reason
    assert "serial=DISK-A" in reason
    assert "nothing was written" in reason
    assert "list vmfs_volume_member in hci_node.data_policy.allow_foreign of n1" in reason


def test_the_orders() -> None:
    approved = judge(TICKET, FRESH, parse_inspection(inspection({"sda": {"serial": "DISK-A"}})))
    orders = dict(line.split(" ", 1) for line in agent_plan(approved, TICKET).splitlines())
    assert orders == {
        "ACTION": "install",
        "DISK": "/dev/sda",
        "IMAGE_FILE": IMAGE["file"],
        "IMAGE_SHA256": IMAGE["sha256"],
        "IMAGE_SIZE": "1000",
    }


def test_the_orders_of_a_refusal_name_no_disk() -> None:
    held = judge(TICKET, FRESH, parse_inspection(inspection({})))
    assert agent_plan(held, TICKET).splitlines()[0] == "ACTION stop"
    assert "DISK " not in agent_plan(held, TICKET)
