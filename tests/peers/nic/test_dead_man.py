"""A change that cuts the node off undoes itself: real ansible-playbook, sshd, systemd-networkd and power cuts."""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.build import cache
from lab.build.catalog import all_recipes
from tests.peers.nic.bench import Bench
from tests.peers.nic.pocket import Pocket, until

FOREIGN = {"ipv4": {"addresses": ["198.51.100.9/24"]}, "ipv6": {"addresses": ["fd99::9/64"]}}


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    if os.geteuid() != 0:
        pytest.skip("needs root for namespaces")
    tree = cache.build(all_recipes(), ["uml_root"])["uml_root"] / "tree"
    folder = Path(tempfile.mkdtemp(prefix="ironacre-nic-"))
    made = Bench(folder, tree)
    made.up()
    yield made
    made.down()
    shutil.rmtree(folder, ignore_errors=True)


def change(host0: dict[str, Any], timeout: int = 30, **more: Any) -> list[dict[str, Any]]:
    """A play that gives host0 of all hosts other addresses."""
    options = {
        "interfaces": [{"name": "host0", "type": "ethernet", **host0}],
        "rollback": {"timeout": timeout},
        "backend": "networkd",
        **more,
    }
    task = {"name": "Change", "ironacre.hci.node_nic": options, "register": "done"}
    return [{"hosts": "all", "gather_facts": False, "tasks": [task]}]


def at(*addresses: str) -> dict[str, Any]:
    return {
        "ipv4": {"addresses": [one for one in addresses if ":" not in one]},
        "ipv6": {"addresses": [one for one in addresses if ":" in one]},
    }


def only(bench: Bench, number: int) -> Pocket:
    """This node alone is in the inventory."""
    return bench.inventoried(number)[0]


def test_nic_04_a_change_that_cuts_ssh_is_undone_by_the_node(bench: Bench) -> None:
    node = only(bench, 1)
    code, told = bench.play(change(at(f"{node.four}/24", f"{node.six}/64")))
    assert code == 0 and "changed=1" in told, told
    code, told = bench.play(change(at(f"{node.four}/24", f"{node.six}/64")))
    assert code == 0 and "changed=0" in told, told
    files, addresses = node.files(), node.addresses()
    started = time.monotonic()
    code, told = bench.play(change(FOREIGN, 15))
    assert code == 2 and '"state": "rolled_back"' in told and "the node put its former network back" in told, told
    until(node.answers, "the old address")
    assert (node.files(), node.addresses()) == (files, addresses)
    assert [one["state"] for one in node.transactions()] == ["committed", "rolled_back"]
    assert time.monotonic() > started + 15


def test_nic_05_a_killed_controller_changes_nothing(bench: Bench) -> None:
    node = only(bench, 1)
    files, addresses, count = node.files(), node.addresses(), len(node.transactions())
    process = bench.spawn(change(at("10.77.0.99/24", "fd77::99/64"), 10))
    until(lambda: len(node.transactions()) > count and node.state() != "prepared", "armed", pause=0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    until(lambda: node.state() == "rolled_back", "undone")
    assert (node.files(), node.addresses()) == (files, addresses)
    assert node.transactions()[-1]["why"] == "timer" and node.answers()


@pytest.mark.parametrize("point", ["prepared", "armed", "applying", "being written", "half written", "applied"])
def test_nic_05_power_cut_before_the_confirmation(bench: Bench, point: str) -> None:
    node = only(bench, 2)
    files, addresses, count = node.files(), node.addresses(), len(node.transactions())
    # Confirmed from an address where nobody is: the change stays unconfirmed for as long as the timer runs.
    process = bench.spawn(change(at("10.77.0.98/24", "fd77::98/64"), 90, confirm={"host": "10.78.0.77"}))
    wanted = "armed" if "written" in point else point
    order = ["prepared", "armed", "applying", "applied"]
    until(lambda: len(node.transactions()) > count and node.state() in order[order.index(wanted) :], point, pause=0.01)
    node.cut()
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    journal = node.path("var/lib/ironacre/nic")
    spec = json.loads(sorted(journal.glob("*/spec.json"))[-1].read_text())
    name, text = next(iter(spec["files_after"].items()))
    if point == "being written":
        whole = node.path(name)
        whole.unlink(missing_ok=True)
        whole.with_name(f".{whole.name}.part").write_text(text[:20])
    if point == "half written":
        node.path(name).write_text(text)
    if point == "prepared" and (journal / "pending").exists():
        # The cut came a moment later than meant; take away what had not been written at this point.
        (journal / "pending").unlink()
    node.boot()
    # The addresses alone do not tell: a change that was cut before it began never had others.
    until(lambda: not (journal / "pending").exists(), "the way back at boot to end")
    until(lambda: node.addresses() == addresses, f"the old addresses, not {node.addresses()}")
    assert node.files() == files
    if point != "prepared":
        assert node.transactions()[-1]["why"] == "boot", node.transactions()[-1]


def test_nic_06_an_address_moves_and_is_confirmed_at_the_new_one(bench: Bench) -> None:
    node = only(bench, 3)
    code, told = bench.play(change(at("10.77.0.83/24", f"{node.six}/64"), 60, confirm={"host": "10.77.0.83"}))
    assert code == 0 and "changed=1" in told, told
    assert node.answers("10.77.0.83") and not node.answers() and node.state() == "committed"
    code, told = bench.play(
        change(at(f"{node.four}/24", f"{node.six}/64"), 15, confirm={"host": "10.77.0.222"}), p3="10.77.0.83"
    )
    assert code == 2 and '"state": "rolled_back"' in told, told
    assert node.answers("10.77.0.83") and not node.answers()


def bridged(node: Pocket) -> dict[str, Any]:
    """The installed NIC becomes the port of a bridge that has its address."""
    bridge = {"name": "br0", "type": "bridge", "ports": ["host0"], "bridge": {"stp": False}}
    interfaces = [{"name": "host0", "type": "ethernet"}, {**bridge, **at(f"{node.four}/24", f"{node.six}/64")}]
    return {"interfaces": interfaces, "routes": [{"to": "default", "via": "10.77.0.1"}]}


def test_nic_06_the_installed_address_moves_to_a_bridge_over_its_nic(bench: Bench) -> None:
    node = only(bench, 8)
    play = change({}, 60, **bridged(node))
    look = {
        "ansible.builtin.command": "networkctl --no-legend --no-pager list",
        "register": "links",
        "changed_when": False,
    }
    play[0]["tasks"] += [look, {"ansible.builtin.debug": {"var": "links.stdout_lines"}}]
    code, told = bench.play(play)
    assert code == 0 and "changed=1" in told and not node.addresses(), told
    assert "host0" in told.split("links.stdout_lines")[1] and "failed " not in told.split("links.stdout_lines")[1], told
    code, told = bench.play(play)
    assert code == 0 and "changed=0" in told, told


def test_nic_14_a_gate_keeps_the_rollout_from_a_node(bench: Bench) -> None:
    node = only(bench, 9)
    gate = bench.folder / "gate.yml"
    gate.write_text(
        json.dumps([{"ansible.builtin.assert": {"that": "may_change | bool", "fail_msg": "volumes rebuild"}}])
    )
    play = [{"hosts": "all", "gather_facts": False, "roles": ["ironacre.hci.node_network"], "vars": {
        "node_network_layers": [{"origin": "host", "value": bridged(node)}], "node_network_backend": "networkd",
        "node_network_gates_before": [str(gate)], "node_network_gates_after": [str(gate)]}}]  # fmt: skip
    code, told = bench.play(play, "-e", "may_change=false")
    assert code == 2 and "volumes rebuild" in told and node.transactions() == [], told
    code, told = bench.play(play, "-e", "may_change=true")
    assert code == 0 and told.count("All assertions passed") == 2 and node.state() == "committed", told


def test_nic_09_the_way_to_the_node_is_refused_when_asked(bench: Bench) -> None:
    node = only(bench, 1)
    count = len(node.transactions())
    code, told = bench.play(change(FOREIGN, protect_management="refuse"))
    assert code == 2 and "the change touches the management path host0" in told and '"state": "refused"' in told, told
    assert len(node.transactions()) == count


def test_nic_16_a_node_that_is_reached_over_ipv6_only(bench: Bench) -> None:
    node = only(bench, 1)
    addresses = node.addresses()
    code, told = bench.play(change(FOREIGN, 12), p1=node.six)
    assert code == 2 and '"state": "rolled_back"' in told, told
    until(lambda: node.answers(node.six), "the old address")
    assert node.addresses() == addresses
    code, told = bench.play(change(at(f"{node.four}/24", "fd77::81/64"), 60, confirm={"host": "fd77::81"}), p1=node.six)
    assert code == 0 and node.answers("fd77::81"), told


def test_nic_04_undone_on_request(bench: Bench) -> None:
    node = only(bench, 2)
    wanted = at(f"{node.four}/24", f"{node.six}/64", "10.78.0.12/24")
    play = change(wanted)
    play[0]["tasks"].append(
        {"name": "Undo", "ironacre.hci.node_nic": {"state": "rolled_back", "txn": "{{ done.txn }}"}}
    )
    before = node.addresses()
    code, told = bench.play(play)
    assert code == 0 and "changed=2" in told, told
    assert node.addresses() == before


def test_nic_14_the_first_node_that_goes_back_stops_the_rollout(bench: Bench) -> None:
    bench.inventoried(4, 5, 6, 7)
    layers = [
        {
            "origin": "host",
            "value": {
                "interfaces": [{"name": "host0", "type": "ethernet", "mtu": 1400, **at("{{ ansible_host }}/24")}],
                "probes": [{"gateway": "{{ '10.77.0.250' if inventory_hostname == 'p5' else '10.77.0.1' }}"}],
            },
        }
    ]
    play = [
        {
            "hosts": "all",
            "gather_facts": False,
            "serial": 1,
            "max_fail_percentage": 0,
            "vars": {"node_network_layers": layers, "node_network_backend": "networkd"},
            "roles": ["ironacre.hci.node_network"],
        }
    ]
    code, told = bench.play(play)
    assert code == 2, told
    assert "rollout: committed: p4; rolled back: p5; untouched: p6, p7" in told, told[-3000:]
    states = {name: [one["state"] for one in node.transactions()] for name, node in bench.nodes.items()}
    assert states == {"p4": ["committed"], "p5": ["rolled_back"], "p6": [], "p7": []}
