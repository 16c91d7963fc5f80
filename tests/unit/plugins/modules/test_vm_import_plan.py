from __future__ import annotations

import pytest

from ansible_collections.ironacre.hci.plugins.modules import vm_import_plan
from tests.unit.running import runner


def test_a_plan_has_waves_and_tells_what_limits_them(capfd: pytest.CaptureFixture[str]) -> None:
    vms = [
        {"name": "db", "used_mib": 512000, "host": "esx1", "downtime_limit": 900, "dirty_mib_s": 2},
        {"name": "web", "used_mib": 20480, "host": "esx2", "after": ["db"]},
        {"name": "old", "used_mib": 1, "blocked": "raw device mapping"},
    ]
    found = runner(capfd)(vm_import_plan, {"vms": vms, "bandwidth": {"special": {"esx1": "55"}}})
    rows = {row["name"]: row for row in found["waves"][0]["vms"]}
    assert (rows["db"]["method"], rows["web"]["method"]) == ("warm", "cold")
    assert found["waves"][0]["limiting"] == "host esx1"
    assert found["unplaced"] == [{"name": "old", "reason": "raw device mapping"}]
    assert not found["changed"]


def test_contradictions_are_told(capfd: pytest.CaptureFixture[str]) -> None:
    vms = [{"name": "a", "used_mib": 1, "after": ["b"]}]
    assert "vms.a.after: b is not planned" in runner(capfd)(vm_import_plan, {"vms": vms}, fails=True)["msg"]
