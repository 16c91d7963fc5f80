"""What a run does, from what is there."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.decision import DEADLINES, Found, decide
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.events import Progress
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.spec import digest, receipt, spec_of
from tests.unit.plugins.module_utils._core.boot.samples import IMAGE, NODE, SPEC

OURS = digest(SPEC)
OTHER = spec_of("n1", {**NODE, "root_device": {"serial": "DISK-B"}}, IMAGE)


@pytest.mark.parametrize(
    ("found", "action"),
    [
        (Found("ok", receipt(SPEC, "DISK-A/1", "")), "none"),
        (Found("ok", receipt(OTHER, "DISK-B/1", "")), "refuse"),
        (Found("ok", {"digest": ""}), "refuse"),
        (Found("down"), "install"),
        (Found("ok"), "refuse"),
        (Found("foreign"), "refuse"),
        (Found("down", None, OURS, Progress("script"), idle=5), "wait_install"),
        (Found("down", None, OURS, Progress("writing"), idle=5, power="on"), "wait_install"),
        (Found("down", None, OURS, Progress("writing"), idle=5, power="off"), "install"),
        (Found("down", None, OURS, Progress("writing"), idle=5000), "install"),
        (Found("down", None, OURS, Progress("armed"), idle=5), "install"),
        (Found("down", None, "another", Progress("writing"), idle=5), "install"),
        (Found("down", None, OURS, Progress("agent", fault="held: vmfs"), idle=5), "install"),
        (Found("down", None, OURS, Progress("finished"), idle=5), "wait_ssh"),
        (Found("foreign", None, OURS, Progress("finished"), idle=5), "wait_ssh"),
        (Found("down", None, OURS, Progress("finished"), idle=5000), "install"),
        (Found("foreign", None, OURS, Progress("finished"), idle=5000), "refuse"),
    ],
)
def test_decision(found: Found, action: str) -> None:
    assert decide("n1", SPEC, found).action == action


@pytest.mark.parametrize("stage", [stage for stage in DEADLINES if stage not in ("armed", "done")])
def test_an_installation_is_given_up_only_after_the_deadline_of_its_stage(stage: str) -> None:
    in_time = decide("n1", SPEC, Found("down", None, OURS, Progress(stage), idle=DEADLINES[stage]))
    late = decide("n1", SPEC, Found("down", None, OURS, Progress(stage), idle=DEADLINES[stage] + 0.5))
    assert (in_time.action[:5], late.action) == ("wait_", "install")


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (Found("down"), "not installed yet"),
        (Found("down", None, OURS, Progress("armed"), idle=5), "not installed yet"),
        (Found("down", None, OURS, Progress("writing"), idle=5000), "the last attempt stopped at writing"),
        (Found("down", None, "", Progress("writing")), "not installed yet"),
        (Found("down", None, OURS, Progress("agent", fault="held: vmfs")), "the last attempt ended: held: vmfs"),
        (Found("ok"), "n1: a system without our receipt answers"),
        (Found("foreign"), "n1: a system that does not accept our key answers"),
    ],
)
def test_the_reason_says_what_was_there(found: Found, reason: str) -> None:
    assert decide("n1", SPEC, found).reason.startswith(reason)


@pytest.mark.parametrize("ssh", ["ok", "foreign"])
def test_a_foreign_system_is_installed_over_when_its_machine_is_named(ssh: str) -> None:
    refused = decide("n1", SPEC, Found(ssh))
    assert "node_provision_confirm: SRV-1" in refused.reason
    assert decide("n1", SPEC, Found(ssh), confirmed=True).action == "install"


def test_drift_is_never_confirmed_away() -> None:
    drifted: dict[str, Any] = receipt(OTHER, "", "")
    decision = decide("n1", SPEC, Found("ok", drifted), confirmed=True)
    assert decision.action == "refuse"
    assert "root_device.serial: installed DISK-B, declared DISK-A" in decision.reason
