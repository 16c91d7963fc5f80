"""A node whose address is on a bond of both NICs, which a change makes anew. Runs in a process of its own."""

from __future__ import annotations

from tests.peers.nic.bench import Bench
from tests.peers.nic.pocket import until
from tests.uml.dead_man import FOREIGN, change, own, standing, undone_by
from tests.uml.whole import NICS, PATIENCE, Whole
from tools.interruptions import kill_all

BONDED = True


def test_nic_04_whole_a_bond_that_is_made_anew_under_the_session_comes_back(bench: Bench, node: Whole) -> None:
    before = node.look()
    made = standing(before, "bond0")
    assert made["mode"] == "active-backup" and made["ports"] == list(NICS), before
    code, told = bench.play(change(node, FOREIGN, 20, mode="balance-xor"))
    assert code == 2 and '"state": "rolled_back"' in told and "the node put its former network back" in told, told
    assert undone_by(node, before) == "timer"


def test_nic_05_whole_power_cut_before_the_confirmation(bench: Bench, node: Whole) -> None:
    before = node.look()
    # Confirmed at an address where nobody is: the change waits for as long as the timer runs.
    play = change(node, own(node, "10.78.0.32/24"), 3600, confirm={"host": "10.78.0.77"}, mode="balance-xor")
    process = bench.spawn(play)
    until(lambda: '"applied"' in node.login("/usr/local/lib/ironacre/nic-guard", "status"), "applied", PATIENCE, 1.0)
    seen = node.look()
    assert standing(seen, "bond0")["mode"] == "balance-xor", seen
    node.cut()
    kill_all(process.pid)
    process.wait()
    node.boot()
    assert undone_by(node, before) == "boot"
    order = node.look()["order"]
    assert 0 < int(order["ironacre-nic-boot"]) <= int(order["systemd-networkd"]), order
