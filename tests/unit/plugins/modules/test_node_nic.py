from __future__ import annotations

import subprocess
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.action.node_nic import AttemptTimeout, children, hard_limit, patience
from ansible_collections.ironacre.hci.plugins.modules import node_nic, node_nic_info
from tests.unit.running import Run

BRIDGE: dict[str, Any] = {"name": "ia-test-br", "type": "bridge", "ports": [], "bridge": {"stp": False}}


def test_a_plan_in_check_mode_touches_nothing(run: Run) -> None:
    before = subprocess.run(["ip", "link"], capture_output=True, check=True).stdout
    result = run(node_nic, {"backend": "kernel", "interfaces": [BRIDGE]}, check=True)
    assert result["changed"] and result["differs"] and result["state"] == "unchanged"
    assert [step["commands"] for step in result["plan"]] == [
        ["ip link add name ia-test-br type bridge stp_state 0"], ["ip link set dev ia-test-br up"]]  # fmt: skip
    assert result["disruption"]["class"] == "live" and result["diff"][0]["after_header"] == "kernel: ia-test-br"
    assert subprocess.run(["ip", "link"], capture_output=True, check=True).stdout == before


def test_what_the_bridges_carry_is_told_as_node_nic_info_tells_it(run: Run) -> None:
    """Who labels nodes by it later in the same run need not ask the node again."""
    planned = run(node_nic, {"backend": "kernel", "interfaces": []}, check=True)
    assert planned["bridges"] == run(node_nic_info, {})["bridges"]


def test_a_render_only_backend_shows_its_files(run: Run) -> None:
    result = run(node_nic, {"backend": "wicked", "interfaces": [BRIDGE]}, check=True)
    assert "/etc/sysconfig/network/ifcfg-ia-test-br" in [entry["after_header"] for entry in result["diff"]]


def test_all_errors_come_at_once_with_the_ids_of_their_rules(run: Run) -> None:
    wrong = {**BRIDGE, "ports": ["eno77"], "mtu": 9000}
    result = run(node_nic, {"backend": "kernel", "interfaces": [wrong, wrong]}, fails=True)
    assert {one["rule"] for one in result["findings"]} == {"name-unique", "port-known", "port-owner"}


def test_nothing_pending_cannot_be_undone(run: Run) -> None:
    assert "no network transaction is pending" in run(node_nic, {"state": "rolled_back"}, fails=True)["msg"]


def test_an_attempt_that_hangs_is_given_up_and_its_program_ended() -> None:
    before = children()
    with pytest.raises(AttemptTimeout), hard_limit(2):
        subprocess.run(["sleep", "60"], check=False)
    assert children() <= before


def test_a_quick_attempt_is_left_alone() -> None:
    with hard_limit(30):
        assert subprocess.run(["true"], check=False).returncode == 0


@pytest.mark.parametrize(("limit", "seconds"), [(12, 4), (60, 20), (1, 3)])
def test_a_slow_node_is_given_more_time_by_a_longer_attempt(limit: float, seconds: int) -> None:
    assert patience(limit) == f"-o ConnectTimeout={seconds} -o ServerAliveCountMax={seconds // 2}"
