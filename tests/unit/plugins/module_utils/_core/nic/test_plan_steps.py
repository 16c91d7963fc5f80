"""Each kind of difference, the commands that remove it, what they cost, and the order in which steps are done."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.diff import Difference
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.kernel import read
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import Route, Rule
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.plan import plan
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.target import Device, Target

KERNEL = read(json.loads(Path(__file__).with_name("trunk_node.json").read_text()))
BOND = Device("bond0", "bond", options={"mode": "802.3ad", "miimon": 100, "primary": "eno1"})
VLAN = Device("br-vm.100", "vlan", parent="br-vm", options={"protocol": "802.1Q", "id": 100})
BRIDGE = Device("br-vm", "bridge", options={"vlan_filtering": True})
DEVICES = {"eno1": Device("eno1"), "eno2": Device("eno2"), "bond0": BOND, "br-vm": BRIDGE, "br-vm.100": VLAN}
TARGET = Target(DEVICES)
ROUTE = Route("10.9.0.0/16", "br-vm.100", "10.0.100.1", 50, 200, 4, True)
RULE = Rule(201, 999, "10.1.0.0/16", "10.3.0.0/16", "br-vm", "0x10", 6)


@pytest.mark.parametrize(
    ("device", "about", "have", "want", "cost", "commands"),
    [
        ("br-vm", "exists", True, False, "rebuild", ["ip link del dev br-vm"]),
        (
            "bond0", "exists", False, True, "live",
            ["ip link add name bond0 type bond mode 802.3ad miimon 100"],
        ),
        (
            "br-vm.100", "exists", False, True, "live",
            ["ip link add link br-vm name br-vm.100 type vlan protocol 802.1Q id 100"],
        ),
        (
            "br-vm.100", "parent", "eno1", "br-vm", "rebuild",
            [
                "ip link del dev br-vm.100",
                "ip link add link br-vm name br-vm.100 type vlan protocol 802.1Q id 100",
            ],
        ),
        (
            "br-vm", "kind", "bond", "bridge", "rebuild",
            ["ip link del dev br-vm", "ip link add name br-vm type bridge vlan_filtering 1"],
        ),
        (
            "br-vm.100", "option.id", 101, 100, "rebuild",
            [
                "ip link del dev br-vm.100",
                "ip link add link br-vm name br-vm.100 type vlan protocol 802.1Q id 100",
            ],
        ),
        ("bond0", "option.miimon", 50, 100, "live", ["ip link set dev bond0 type bond miimon 100"]),
        (
            "bond0", "option.lacp_rate", "slow", "fast", "bounce",
            [
                "ip link set dev bond0 down",
                "ip link set dev bond0 type bond lacp_rate fast",
                "ip link set dev bond0 up",
            ],
        ),
        ("br-vm", "option.stp", True, False, "live", ["ip link set dev br-vm type bridge stp_state 0"]),
        (
            "br-vm", "option.vlan_filtering", False, True, "bounce",
            ["ip link set dev br-vm type bridge vlan_filtering 1"],
        ),
        ("eno1", "mtu", 9000, 1500, "live", ["ip link set dev eno1 mtu 1500"]),
        (
            "eno1", "mac", "02:00:00:00:01:01", "02:00:00:00:07:07", "bounce",
            [
                "ip link set dev eno1 down",
                "ip link set dev eno1 address 02:00:00:00:07:07",
                "ip link set dev eno1 up",
            ],
        ),
        ("new0", "mac", "", "02:00:00:00:07:07", "bounce",
            ["ip link set dev new0 down", "ip link set dev new0 address 02:00:00:00:07:07"]),
        ("eno1", "up", False, True, "live", ["ip link set dev eno1 up"]),
        ("eno1", "up", True, False, "bounce", ["ip link set dev eno1 down"]),
        ("eno1", "master", "bond0", "", "bounce", ["ip link set dev eno1 nomaster"]),
        (
            "eno1", "master", "br-vm", "bond0", "bounce",
            [
                "ip link set dev eno1 nomaster",
                "ip link set dev eno1 down",
                "ip link set dev eno1 master bond0",
                "ip link set dev eno1 up",
            ],
        ),
        (
            "new0", "master", "", "bond0", "live",
            ["ip link set dev new0 down", "ip link set dev new0 master bond0", "ip link set dev new0 up"],
        ),
        (
            "bond0", "vlans", {7: "PU", 9: "", 10: ""}, {7: "", 10: "", 20: "", 21: "", 30: "PU"}, "live",
            [
                "bridge vlan del dev bond0 vid 7",
                "bridge vlan del dev bond0 vid 9",
                "bridge vlan add dev bond0 vid 7",
                "bridge vlan add dev bond0 vid 20-21",
                "bridge vlan add dev bond0 vid 30 pvid untagged",
            ],
        ),
        ("br-vm", "vlans", {5: ""}, {}, "live", ["bridge vlan del dev br-vm vid 5 self"]),
        (
            "br-vm.100", "addresses",
            frozenset({"10.0.0.1/24", "fd00::1/64"}), frozenset({"10.0.0.2/24", "fd00::2/64"}),
            "live",
            [
                "ip addr replace 10.0.0.2/24 broadcast + dev br-vm.100",
                "ip addr replace fd00::2/64 dev br-vm.100",
                "ip addr del 10.0.0.1/24 dev br-vm.100",
                "ip addr del fd00::1/64 dev br-vm.100",
            ],
        ),
        (
            "", "route", None, ROUTE, "live",
            ["ip -4 route replace 10.9.0.0/16 via 10.0.100.1 dev br-vm.100 metric 50 table 200 onlink"],
        ),
        ("", "route", Route("default", "eno1"), None, "live", ["ip -4 route del default dev eno1"]),
        (
            "", "rule", None, RULE, "live",
            ["ip -6 rule add from 10.1.0.0/16 to 10.3.0.0/16 iif br-vm fwmark 0x10 table 201 priority 999"],
        ),
        ("", "rule", Rule(200, 1000, "10.0.200.0/24"), None, "live",
            ["ip -4 rule del from 10.0.200.0/24 table 200 priority 1000"]),
        (
            "eno1", "option.sriov.vfs", 4, 8, "rebuild",
            ["sysfs class/net/eno1/device/sriov_numvfs=0", "sysfs class/net/eno1/device/sriov_numvfs=8"],
        ),
        ("eno1", "option.sriov.vfs", 4, 0, "rebuild", ["sysfs class/net/eno1/device/sriov_numvfs=0"]),
        ("eno1", "option.ring.rx", 256, 4096, "bounce", ["ethtool -G eno1 rx 4096"]),
        ("eno1", "option.channels.combined", 2, 8, "bounce", ["ethtool -L eno1 combined 8"]),
        ("eno1", "option.offload.gro", True, False, "live", ["ethtool -K eno1 gro off"]),
        ("eno1", "option.offload.tso", False, True, "live", ["ethtool -K eno1 tso on"]),
    ],
)  # fmt: skip
def test_a_difference_is_removed_by_these_commands(
    device: str, about: str, have: Any, want: Any, cost: str, commands: list[str]
) -> None:
    (step,) = plan([Difference(device, about, have, want)], KERNEL, TARGET)
    assert step.facts()["commands"] == commands
    assert (step.cost, step.device, step.about) == (cost, device, about)


def ordered(*found: tuple[str, str, object, object], late: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    differences = [Difference(*one) for one in found]
    return [(step.device, step.about) for step in plan(differences, KERNEL, TARGET, late)]


def test_what_must_be_free_comes_before_what_takes_it_and_addresses_come_before_routes() -> None:
    found = [
        ("", "route", None, ROUTE),
        ("br-vm.100", "addresses", frozenset(), frozenset({"10.0.0.2/24"})),
        ("br-vm.100", "up", False, True),
        ("bond0", "vlans", {}, {5: ""}),
        ("eno2", "master", "", "bond0"),
        ("br-vm", "mtu", 1500, 9000),
        ("bond0", "option.miimon", 50, 100),
        ("br-vm.100", "exists", False, True),
        ("eno1", "master", "old0", ""),
        ("old0", "exists", True, False),
    ]
    assert ordered(*found) == [(device, about) for device, about, _have, _want in reversed(found)]


def test_an_mtu_grows_from_below_and_shrinks_from_above() -> None:
    grow = [(name, "mtu", 1000, KERNEL.links[name].mtu + 1) for name in ("br-vm", "eno1", "bond0")]
    shrink = [(name, "mtu", 9000, KERNEL.links[name].mtu - 1) for name in ("eno1", "br-vm", "bond0")]
    assert [name for name, _about in ordered(*grow)] == ["eno1", "bond0", "br-vm"]
    assert [name for name, _about in ordered(*shrink)] == ["br-vm", "bond0", "eno1"]
    assert ordered(("eno1", "mtu", 9000, KERNEL.links["eno1"].mtu)) == [("eno1", "mtu")]


def test_routes_that_go_make_room_for_what_comes_in_the_same_run() -> None:
    gone = ("", "route", ROUTE, None)
    assert ordered(("", "route", None, replace(ROUTE, metric=60)), ("br-vm", "mtu", 1, 9999), gone)[0] == ("", "route")


def test_the_way_to_the_node_is_changed_last_within_a_stage() -> None:
    found = [(name, "up", False, True) for name in ("eno1", "eno2")]
    assert ordered(*found, late=("eno1",)) == [("eno2", "up"), ("eno1", "up")]


def test_a_step_says_what_it_changes_from_and_to() -> None:
    (step,) = plan([Difference("eno1", "mtu", 1500, 9000)], KERNEL, TARGET)
    assert step.facts() == {
        "object": "eno1", "change": "mtu", "from": "1500", "to": "9000", "class": "live",
        "commands": ["ip link set dev eno1 mtu 9000"],
    }  # fmt: skip
