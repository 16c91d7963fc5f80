"""Many machines are read, one that fails does not fail the others."""

from __future__ import annotations

import pytest

from ansible_collections.ironacre.hci.plugins.modules import bmc_info
from tests.unit.redfish import redfish_server
from tests.unit.running import runner


def test_machines_and_failures(capfd: pytest.CaptureFixture[str]) -> None:
    with redfish_server() as first, redfish_server() as second:
        second.power = "On"
        targets = [
            {"name": "n1", **first.options},
            {"name": "n2", **second.options},
            {"name": "n3", **first.options, "password": "wrong-word"},
        ]
        result = runner(capfd)(bmc_info, {"targets": targets})
    assert [result["machines"][name].get("power") for name in ("n1", "n2")] == ["off", "on"]
    assert (result["failed_machines"], result["machines"]["n3"]["kind"]) == (["n3"], "auth")
    assert "wrong-word" not in str(result)
