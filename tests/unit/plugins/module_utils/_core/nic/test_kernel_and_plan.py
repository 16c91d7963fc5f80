"""The kernel's JSON (recorded on a 6.1 kernel), differences from it, and the steps that remove them."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import describe, lacp, management
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.diff import Difference, differences
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.kernel import Kernel, read
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import Route, Rule, State
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.parse import parse
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.plan import Step, plan
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.target import owned, restore, wanted

RAW: dict[str, Any] = json.loads(Path(__file__).with_name("trunk_node.json").read_text())


def declared(vlans: list[Any] | None = None, **bond: Any) -> dict[str, Any]:
    """What the recorded node is."""
    values = {"mode": "802.3ad", "miimon": 100, "lacp_rate": "fast", "xmit_hash_policy": "layer3+4", **bond}
    port = {"name": "bond0", "vlans": vlans or [100, "200-209"], "pvid": 7}
    return {
        "interfaces": [
            {"name": "eno1", "type": "ethernet"}, {"name": "eno2", "type": "ethernet"},
            {"name": "bond0", "type": "bond", "ports": ["eno1", "eno2"], "bond": values},
            {"name": "br-vm", "type": "bridge", "ports": [port],
             "bridge": {"vlan_filtering": True, "default_pvid": 0, "stp": False, "self_vlans": [100]}},
            {"name": "br-vm.100", "type": "vlan", "parent": "br-vm", "id": 100,
             "ipv4": {"addresses": ["10.0.100.11/24"]}, "ipv6": {"addresses": ["fd00::1/64"]}},
        ],
        "routes": [{"to": "10.9.0.0/16", "via": "10.0.100.1", "metric": 50},
                   {"to": "default", "via": "10.0.100.1", "table": 200}],
        "rules": [{"from": "10.0.200.0/24", "table": 200, "priority": 1000}],
    }  # fmt: skip


def compared(now: dict[str, Any], before: dict[str, Any] | None = None) -> tuple[list[Difference], list[Step]]:
    kernel, state = read(RAW), parse(now)
    previous = parse(before) if before else None
    target = wanted(state, previous)
    found = differences(kernel, target, owned(previous, kernel, state))
    return found, plan(found, kernel, target)


def test_the_recorded_node_is_as_declared() -> None:
    assert compared(declared())[0] == []


def test_the_kernels_words_are_read() -> None:
    kernel = read(RAW)
    assert (
        kernel.links["bond0"].options["lacp_rate"] == "fast" and kernel.links["bond0"].options["arp_validate"] == "none"
    )
    assert kernel.links["bond0"].vlans[7] == "PU" and kernel.links["bond0"].vlans[209] == ""
    assert kernel.links["br-vm.100"].parent == "br-vm" and kernel.links["br-vm.100"].options["id"] == 100
    assert Route("10.9.0.0/16", "br-vm.100", "10.0.100.1", 50) in kernel.routes and len(kernel.routes) == 2
    assert Rule(201, 999, None, "10.3.0.0/16", "br-vm", "0x10") in kernel.rules
    assert kernel.links["eno1"].permanent == "02:00:00:00:01:01"


@pytest.mark.parametrize(("change", "cost"), [
    ({"xmit_hash_policy": "layer2"}, "live"), ({"lacp_rate": "slow"}, "bounce"), ({"ad_select": "bandwidth"}, "bounce"),
    ({"fail_over_mac": "active"}, "rebuild"), ({"min_links": 2}, "live"),
])  # fmt: skip
def test_a_bond_option_costs_what_the_kernel_demands(change: dict[str, Any], cost: str) -> None:
    _found, steps = compared(declared(**change))
    assert [step.cost for step in steps] == [cost]
    lines = " ".join(line for _tool, line in steps[0].commands)
    assert ("bond0 down" in lines) == (cost != "live") and ("nomaster" in lines) == (cost == "rebuild")


@pytest.mark.parametrize("mac", ["", "02:00:00:00:07:07"])
def test_a_bond_that_lets_its_ports_go_keeps_its_address(mac: str) -> None:
    now = declared(fail_over_mac="active")
    now["interfaces"][2] |= {"mac": mac} if mac else {}
    _found, steps = compared(now)
    lines = [line for step in steps if step.about != "mac" for _tool, line in step.commands]
    wanted_mac = mac or read(RAW).links["bond0"].mac
    at = lines.index(f"link set dev bond0 address {wanted_mac}")
    assert lines.index("link set dev eno2 nomaster") < at < lines.index("link set dev eno1 master bond0")


def test_the_ports_of_a_bond_are_down_while_it_gets_another_address() -> None:
    now = declared()
    now["interfaces"][2] |= {"mac": "02:00:00:00:07:07"}
    _found, (step,) = compared(now)
    lines = [line.removeprefix("link set dev ") for _tool, line in step.commands]
    assert lines == [
        *("bond0 down", "eno1 down", "eno2 down"),
        "bond0 address 02:00:00:00:07:07",
        *("eno1 up", "eno2 up", "bond0 up"),
    ]


def test_nic_04_a_nic_that_becomes_a_port_loses_its_address_to_what_stands_on_it() -> None:
    here = {"ifname": "eth0", "ifindex": 2, "mtu": 1500, "address": "02:00:00:00:01:01", "flags": ["UP", "LOWER_UP"]}
    kernel = read({"link": [here], "addr": [{**here, "addr_info": [
        {"family": "inet", "local": local, "prefixlen": length, "scope": "global"}
        for local, length in (("10.0.0.2", 24), ("10.0.0.5", 32))]}]})  # fmt: skip
    port, address = {"name": "eth0", "type": "ethernet"}, {"ipv4": {"addresses": ["10.0.0.2/24"]}}
    bond = {"name": "bond0", "type": "bond", "ports": ["eth0"], "mac": here["address"], **address}
    state = parse({"interfaces": [port, bond]})
    target = wanted(state)
    found = differences(kernel, target, owned(None, kernel, state))
    (left,) = (one.want for one in found if (one.device, one.about) == ("eth0", "addresses"))
    assert left == frozenset({"10.0.0.5/32"}), "an address of one host is somebody's virtual address"
    lines = [line for step in plan(found, kernel, target, ("eth0",)) for _tool, line in step.commands]
    assert "link add name bond0 address 02:00:00:00:01:01 type bond" in lines
    assert lines.index("addr replace 10.0.0.2/24 broadcast + dev bond0") < lines.index("addr del 10.0.0.2/24 dev eth0")


def test_nic_11_vlans_that_were_never_ours_stay() -> None:
    assert compared(declared([100]))[0] == []
    found, steps = compared(declared([100]), declared())
    assert [step.commands for step in steps] == [(("bridge", "vlan del dev bond0 vid 200-209"),)]
    assert found[0].device == "bond0"


def test_what_is_no_longer_declared_goes_from_the_top_down() -> None:
    alone = {"interfaces": declared()["interfaces"][:2]}
    _found, steps = compared(alone, declared())
    gone = [step.device for step in steps if step.about == "exists"]
    assert gone == ["br-vm.100", "br-vm", "bond0"] or sorted(gone) == ["bond0", "br-vm", "br-vm.100"]
    assert all(step.cost == "rebuild" for step in steps if step.about == "exists")


def test_nic_09_the_way_to_the_node_is_found_down_to_its_nics() -> None:
    kernel = read(RAW)
    path = management.path(kernel, ["10.0.100.11"])
    assert path == ("br-vm.100", "br-vm", "bond0", "eno1", "eno2")
    assert management.vids_of(kernel, path) == {100, 7}


@pytest.mark.parametrize(("vlans", "touches"), [([100, "200-205"], False), (["200-209"], True)])
def test_nic_09_taking_the_management_vlan_away_touches_the_way(vlans: list[Any], touches: bool) -> None:
    kernel = read(RAW)
    _found, steps = compared(declared(vlans), declared())
    path = management.path(kernel, ["10.0.100.11"])
    assert bool(management.touched(steps, path, management.vids_of(kernel, path))) is touches


def test_restoring_an_unchanged_node_does_nothing() -> None:
    kernel = read(RAW)
    target, ours = restore(kernel, list(kernel.links), frozenset())
    assert differences(kernel, target, ours) == []


def test_restoring_removes_what_came_and_brings_back_what_went() -> None:
    before = read(RAW)
    links = {name: link for name, link in before.links.items() if name != "br-vm.100"}
    now = Kernel({**links, "new0": links["eno1"]}, frozenset(), before.rules)
    target, ours = restore(before, [*before.links, "new0"], frozenset())
    found = {(one.device, one.about) for one in differences(now, target, ours)}
    assert {("new0", "exists"), ("br-vm.100", "exists"), ("br-vm.100", "addresses"), ("br-vm.100", "route")} <= found


def test_nic_03_a_plan_made_of_random_declarations_names_exactly_what_differs() -> None:
    chance = random.Random(7)
    for _round in range(50):
        change = chance.choice([{}, {"lacp_rate": "slow"}, {"miimon": 50}, {"ad_select": "count"}])
        vids = sorted(chance.sample(range(8, 300), 5))
        raw = declared(vids, **change)
        kernel, state = read(RAW), parse(raw)
        target = wanted(state, parse(declared()))
        found = differences(kernel, target, owned(parse(declared()), kernel, state))
        before = describe.describe(kernel, target.devices)
        after = describe.predict(before, found)
        assert {(step.device, step.about) for step in plan(found, kernel, target)} == {
            (one.device, one.about) for one in found
        }
        assert after["bond0"]["vlans"] == ", ".join([*describe.vids.compact(vids), "7 (untagged)"])
        for name, value in change.items():
            assert after["bond0"][f"option.{name}"] == value


def test_nic_07_the_recorded_bond_is_not_yet_in_step() -> None:
    told = lacp.fault(read(RAW), "bond0", 2)
    assert told.startswith("bond0: 0 of 2 ports carry traffic (eno1: this side is not collecting")


def test_a_new_address_is_added_before_the_old_one_goes() -> None:
    raw = declared()
    raw["interfaces"][4]["ipv4"] = {"addresses": ["10.0.100.12/24"]}
    _found, steps = compared(raw, declared())
    assert steps[0].commands == (
        ("ip", "addr replace 10.0.100.12/24 broadcast + dev br-vm.100"),
        ("ip", "addr del 10.0.100.11/24 dev br-vm.100"),
    )


def test_an_unmanaged_node_is_left_alone() -> None:
    kernel = read(RAW)
    assert differences(kernel, wanted(State()), owned(None, kernel, State())) == []


def test_timers_of_a_spanning_tree_that_is_off_are_not_looked_at() -> None:
    raw = declared()
    raw["interfaces"][3]["bridge"]["forward_delay"] = 4
    assert compared(raw)[0] == []
    raw["interfaces"][3]["bridge"]["stp"] = True
    assert {one.about for one in compared(raw)[0]} == {"option.stp", "option.forward_delay"}
