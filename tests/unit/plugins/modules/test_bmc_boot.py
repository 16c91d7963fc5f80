"""bmc_boot over Redfish. tests/peers does the same over IPMI and against other people's BMCs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.modules import bmc_boot
from tests.unit.redfish import PASSWORD, RedfishServer, redfish_server
from tests.unit.running import Run

PXE_NOW: dict[str, Any] = {"boot": {"target": "pxe"}, "power": "cycle"}
PXE_ONCE = {"Boot": {"BootSourceOverrideTarget": "Pxe", "BootSourceOverrideEnabled": "Once"}}


@pytest.fixture
def bmc() -> Iterator[RedfishServer]:
    with redfish_server() as server:
        yield server


def test_the_mode_is_not_sent_when_it_is_kept(run: Run, bmc: RedfishServer) -> None:
    result = run(bmc_boot, {"bmc": bmc.options, **PXE_NOW})
    assert bmc.writes == [PXE_ONCE, {"ResetType": "On"}]
    assert result["after"] == {"power": "on", "boot": {"target": "pxe", "mode": "uefi", "once": True}}


def test_the_second_run_changes_nothing(run: Run, bmc: RedfishServer) -> None:
    wish = {"bmc": bmc.options, "boot": {"target": "pxe", "mode": "uefi"}, "power": "on"}
    assert run(bmc_boot, wish)["changed"]
    written = len(bmc.writes)
    assert not run(bmc_boot, wish)["changed"]
    assert len(bmc.writes) == written


def test_check_mode_writes_nothing(run: Run, bmc: RedfishServer) -> None:
    result = run(bmc_boot, {"bmc": bmc.options, **PXE_NOW}, check=True)
    assert (result["changed"], bmc.writes) == (True, [])


def test_an_override_that_is_lost_is_written_again(run: Run, bmc: RedfishServer) -> None:
    bmc.deaf = 1
    assert run(bmc_boot, {"bmc": bmc.options, "boot": {"target": "pxe"}})["attempts"] == 2


def test_an_override_is_removed(run: Run, bmc: RedfishServer) -> None:
    bmc.boot.update(PXE_ONCE["Boot"])
    run(bmc_boot, {"bmc": bmc.options, "boot": {"target": "none"}})
    assert bmc.writes == [{"Boot": {"BootSourceOverrideEnabled": "Disabled"}}]


def test_what_the_machine_cannot_boot_from_is_told(run: Run, bmc: RedfishServer) -> None:
    result = run(bmc_boot, {"bmc": bmc.options, "boot": {"target": "cdrom"}}, fails=True)
    assert (result["kind"], bmc.writes) == ("unsupported", [])


def test_a_wrong_password_names_the_address_and_stays_hidden(run: Run, bmc: RedfishServer) -> None:
    result = run(bmc_boot, {"bmc": {**bmc.options, "password": "an0ther-word"}, **PXE_NOW}, fails=True)
    assert (result["kind"], result["address"]) == ("auth", f"127.0.0.1:{bmc.options['port']}")
    assert "an0ther-word" not in str(result)
    assert PASSWORD not in str(run(bmc_boot, {"bmc": bmc.options}))


def test_a_system_that_is_not_there_is_told_with_those_that_are(run: Run, bmc: RedfishServer) -> None:
    result = run(bmc_boot, {"bmc": {**bmc.options, "system_id": "7"}}, fails=True)
    assert "system_id 7 selects 0 systems (found: 1)" in result["msg"]
