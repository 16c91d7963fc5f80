"""A node whose address is on a NIC: a good change, and a controller that dies. Runs in a process of its own."""

from __future__ import annotations

from tests.peers.nic.bench import Bench
from tests.peers.nic.pocket import until
from tests.uml.dead_man import FOREIGN, change, own, standing, undone_by
from tests.uml.whole import PATIENCE, Whole
from tools.interruptions import kill_all

BONDED = False


def test_nic_04_whole_a_good_change_is_committed(bench: Bench, node: Whole) -> None:
    play = change(node, own(node, "10.78.0.31/24"), 120)
    code, told = bench.play(play)
    assert code == 0 and "changed=1" in told, told
    seen = node.look()
    assert "10.78.0.31" in standing(seen, node.device)["addresses"] and not seen["pending"], seen
    assert [one["state"] for one in seen["transactions"]] == ["committed"], seen["transactions"]
    code, told = bench.play(play)
    assert code == 0 and "changed=0" in told, told


def test_nic_05_whole_a_killed_controller_changes_nothing(bench: Bench, node: Whole) -> None:
    before = node.look()
    process = bench.spawn(change(node, FOREIGN, 20))
    # Long enough for a slow node's kernel, short enough to come before its timer. Its sshd may be slower without any
    # change, and a controller that is killed too early has not begun one.
    until(lambda: not node.takes(8.0), "the change", PATIENCE, 0.2)
    kill_all(process.pid)
    process.wait()
    assert undone_by(node, before) == "timer"
