"""A change that cuts a whole node off undoes itself: two kernels with systemd, the real ansible-playbook over SSH.

The five points of a power cut, and everything else that needs no systemd, are in tests/peers/nic.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.peers.nic.bench import Bench
from tests.peers.nic.pocket import until
from tests.uml import kernel, lane
from tests.uml.whole import PATIENCE, Whole

FOREIGN = {"ipv4": {"addresses": ["198.51.100.9/24"]}, "ipv6": {"addresses": ["fd99::9/64"]}}
PLAIN, BONDED = 21, 22


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    kernel.required()
    folder = Path(tempfile.mkdtemp(prefix="ironacre-nic-"))
    made = Bench(folder, lane.root() / "tree")
    made.up()
    image = lane.root() / "root.img"
    nodes = [Whole(number, "", made.name, folder, image, bonded=number == BONDED) for number in (PLAIN, BONDED)]
    try:
        for node in nodes:
            node.switch_on()
        for node in nodes:
            made.add(node)
        yield made
    finally:
        made.down()
        shutil.rmtree(folder, ignore_errors=True)


def the(bench: Bench, number: int) -> Whole:
    """This node alone is in the inventory."""
    node = bench.made[number]
    assert isinstance(node, Whole)
    node.boot()
    bench.nodes = {f"p{number}": node}
    bench.inventory()
    return node


def change(node: Whole, addresses: dict[str, Any], timeout: int, mode: str = "active-backup", **more: Any) -> Any:
    """A play that gives the node's link other addresses, and its bond a mode."""
    top = {"name": node.device, "type": "bond" if node.bonded else "ethernet", **addresses}
    nics = []
    if node.bonded:
        nics = [{"name": name, "type": "ethernet"} for name in ("vec0", "vec1")]
        top |= {"ports": ["vec0", "vec1"], "bond": {"mode": mode, "miimon": 100}}
    options = {"interfaces": [*nics, top], "rollback": {"timeout": timeout}, "allow_disruption": "rebuild", **more}
    task = {"name": "Change", "ironacre.hci.node_nic": options, "register": "done"}
    return [{"hosts": "all", "gather_facts": False, "tasks": [task]}]


def own(node: Whole, *more: str) -> dict[str, Any]:
    """The addresses the node is reached at."""
    return {"ipv4": {"addresses": [f"{node.four}/24", *more]}, "ipv6": {"addresses": [f"{node.six}/64"]}}


def standing(seen: dict[str, Any], device: str) -> dict[str, Any]:
    """What must be as before: files, addresses, and what the link is made of."""
    addresses = {one["local"] for one in seen["links"][device]["addr_info"] if one["scope"] == "global"}
    data = seen["links"][device].get("linkinfo", {}).get("info_data", {})
    ports = sorted(name for name, link in seen["links"].items() if link.get("master") == device)
    return {"files": seen["files"], "addresses": addresses, "mode": data.get("mode"), "ports": ports}


def undone_by(node: Whole, before: dict[str, Any]) -> str:
    """The node is as it was. -> why it went back."""
    until(node.answers, "the old address", PATIENCE, 0.5)
    until(lambda: not node.look()["pending"], "the way back to end", PATIENCE, 1.0)
    seen = node.look()
    assert standing(seen, node.device) == standing(before, node.device)
    assert seen["transactions"][-1]["state"] == "rolled_back", seen["transactions"][-1]
    return str(seen["transactions"][-1]["why"])


def test_nic_04_whole_a_good_change_is_committed(bench: Bench) -> None:
    node = the(bench, PLAIN)
    play = change(node, own(node, "10.78.0.31/24"), 120)
    code, told = bench.play(play)
    assert code == 0 and "changed=1" in told, told
    seen = node.look()
    assert "10.78.0.31" in standing(seen, node.device)["addresses"] and not seen["pending"]
    assert [one["state"] for one in seen["transactions"]] == ["committed"]
    code, told = bench.play(play)
    assert code == 0 and "changed=0" in told, told


def test_nic_04_whole_a_bond_that_is_made_anew_under_the_session_comes_back(bench: Bench) -> None:
    node = the(bench, BONDED)
    before = node.look()
    code, told = bench.play(change(node, FOREIGN, 20, mode="balance-xor"))
    assert code == 2 and '"state": "rolled_back"' in told and "the node put its former network back" in told, told
    assert undone_by(node, before) == "timer"
    assert standing(before, "bond0")["mode"] == "active-backup" and standing(before, "bond0")["ports"] == [
        "vec0",
        "vec1",
    ]


def test_nic_05_whole_a_killed_controller_changes_nothing(bench: Bench) -> None:
    node = the(bench, PLAIN)
    before = node.look()
    process = bench.spawn(change(node, FOREIGN, 20))
    # Long enough for a slow node, short enough to come before its timer.
    until(lambda: not node.answers(patience=8.0), "the change", PATIENCE, 0.2)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert undone_by(node, before) == "timer"


def test_nic_05_whole_power_cut_before_the_confirmation(bench: Bench) -> None:
    node = the(bench, BONDED)
    before = node.look()
    # Confirmed at an address where nobody is: the change waits for as long as the timer runs.
    play = change(node, own(node, "10.78.0.32/24"), 3600, confirm={"host": "10.78.0.77"}, mode="balance-xor")
    process = bench.spawn(play)
    until(lambda: '"applied"' in node.login("/usr/local/lib/ironacre/nic-guard", "status"), "applied", PATIENCE, 1.0)
    assert standing(node.look(), "bond0")["mode"] == "balance-xor"
    node.cut()
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    node.boot()
    assert undone_by(node, before) == "boot"
    order = node.look()["order"]
    assert 0 < int(order["ironacre-nic-boot"]) <= int(order["systemd-networkd"]), order
