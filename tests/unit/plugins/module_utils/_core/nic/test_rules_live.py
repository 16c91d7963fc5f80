"""Every live rule: one case that breaks it and one that keeps it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.kernel import Kernel, Link, read
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import State
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.parse import parse
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.target import wanted
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.validate_live import RULES, Node, validate

PLAIN = {"interfaces": [{"name": "eno1", "type": "ethernet"}]}
BRIDGE: dict[str, Any] = {
    "interfaces": [
        {"name": "eno1", "type": "ethernet"},
        {
            "name": "br0",
            "type": "bridge",
            "ports": [{"name": "eno1", "vlans": [7]}],
            "bridge": {"vlan_filtering": True},
        },
    ]
}
SRIOV = {"interfaces": [{"name": "eno1", "type": "ethernet", "sriov": {"vfs": 8}}]}
HELD = frozenset({"10.0.0.2/24"})
STATIC = {"interfaces": [{"name": "eno1", "type": "ethernet", "ipv4": {"method": "static", "addresses": [*HELD]}}]}
JUMBO = {"interfaces": [{"name": "eno1", "type": "ethernet", "mtu": 9000}]}


def node(raw: dict[str, Any], *links: Link, previous: dict[str, Any] | None = None, **more: Any) -> Node:
    state, before = parse(raw), parse(previous) if previous else State()
    return Node(state, before, Kernel({link.name: link for link in links}), wanted(state, before), **more)


def br0(filtering: bool = True) -> Link:
    return Link("br0", "bridge", options={"vlan_filtering": filtering})


VM = Link("tap0", "tun", master="br0", vlans={8: ""})
MACVLAN = Link("net1", "macvlan", lower="br0")
PORT = Link("eno1", master="br0", vlans={7: "", 8: ""})
WIDE = {**BRIDGE["interfaces"][1], "ports": [{"name": "eno1", "vlans": [7, 8]}]}
WIDER = {"interfaces": [BRIDGE["interfaces"][0], WIDE]}
CASES: dict[str, tuple[Node, Node]] = {
    "live-enslaved": (node(PLAIN, Link("eno1", master="ovs0")), node(PLAIN, Link("eno1"))),
    "live-max-mtu": (node(JUMBO, Link("eno1", max_mtu=1500)), node(JUMBO, Link("eno1", max_mtu=9216))),
    "live-vf-count": (node(SRIOV, Link("eno1", options={"sriov.total": 4})),
                      node(SRIOV, Link("eno1", options={"sriov.total": 8}))),
    "live-vf-used": (node(SRIOV, Link("eno1", options={"sriov.total": 8, "sriov.vfs": 4, "sriov.used": ("virtfn1",)})),
                     node(SRIOV, Link("eno1", options={"sriov.total": 8, "sriov.vfs": 8, "sriov.used": ("virtfn1",)}))),
    "live-name-taken": (node(BRIDGE, Link("br0", "dummy")), node(BRIDGE, br0())),
    "live-guests": (node(PLAIN, br0(), VM, previous=BRIDGE), node(PLAIN, br0(), previous=BRIDGE)),
    "live-carried": (node(PLAIN, br0(), MACVLAN, previous=BRIDGE), node(PLAIN, br0(), previous=BRIDGE)),
    "live-maker": (node(PLAIN, makers={"br9": "/etc/systemd/network/20-br9.netdev"}), node(PLAIN)),
    "live-guest-vlans": (node(BRIDGE, br0(), VM, PORT, previous=WIDER), node(BRIDGE, br0(), PORT, previous=WIDER)),
    "live-manager": (node(PLAIN, Link("eno1"), claims={"NetworkManager": frozenset({"eno1"})}),
                     node(PLAIN, Link("eno1"), claims={"NetworkManager": frozenset({"wlan0"})})),
    "live-shadow": (node(PLAIN, shadows={"/etc/systemd/network/00-x.network": ("en*",)}),
                    node(PLAIN, shadows={"/etc/systemd/network/00-x.network": ("wl*",)})),
    "live-checkpoint": (node(PLAIN, checkpoints=("/org/freedesktop/NetworkManager/Checkpoint/3",)), node(PLAIN)),
    "live-broadcast": (node(STATIC, Link("eno1", addresses=HELD, bare=HELD)),
                       node(STATIC, Link("eno1", addresses=HELD, bare=frozenset({"10.0.0.9/24"})))),
    "backend-cannot": (node(PLAIN, cannot=(("interfaces.b.bond.use_carrier", "networkd has no key"),)), node(PLAIN)),
}  # fmt: skip


def test_nic_12_every_live_rule_has_its_two_cases() -> None:
    assert set(CASES) == set(RULES)


@pytest.mark.parametrize("name", CASES)
def test_nic_12_live_rules(name: str) -> None:
    breaks, keeps = CASES[name]
    level = RULES[name][0]
    assert [one.rule for one in validate(breaks, level)] == [name]
    assert validate(keeps, level) == []


def test_an_address_without_broadcast_refuses_nothing() -> None:
    assert validate(CASES["live-broadcast"][0]) == []


def test_the_kernel_says_which_addresses_have_no_broadcast() -> None:
    told = [
        {"local": "10.0.0.2", "prefixlen": 24},
        {"local": "10.0.0.3", "prefixlen": 24, "broadcast": "10.0.0.255"},
        {"local": "10.0.1.0", "prefixlen": 31},
        {"local": "fd00::2", "prefixlen": 64},
    ]
    raw = {"ifname": "eno1", "addr_info": [{**one, "scope": "global"} for one in told]}
    assert read({"link": [raw], "addr": [raw]}).links["eno1"].bare == HELD


def test_nic_11_a_vlan_that_is_made_anew_keeps_what_stands_on_it() -> None:
    raw = {
        "interfaces": [{"name": "eno1", "type": "ethernet"}, {"name": "v7", "type": "vlan", "parent": "eno1", "id": 7}]
    }
    macvlan = Link("net1", "macvlan", lower="v7")
    other, same = (Link("v7", "vlan", parent="eno1", options={"id": vid, "protocol": "802.1q"}) for vid in (8, 7))
    told = validate(node(raw, Link("eno1"), other, macvlan))
    assert [one.rule for one in told] == ["live-carried"] and "net1" in told[0].found
    assert validate(node(raw, Link("eno1"), same, macvlan)) == []


def test_nic_11_filtering_is_not_switched_under_guests() -> None:
    told = validate(node(BRIDGE, br0(filtering=False), VM))
    assert [one.rule for one in told] == ["live-guests"] and "tap0" in told[0].found
