"""Which card is meant, what the layers give, who is at the other end of the cable."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import InputErrors
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import lldp, rollout
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.match import Nic, resolve
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.merge import merge, with_uplinks
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.parse import parse

FAST = {"driver": "mlx5_core", "speed": 25000}
LEAF = {"lldp_system": "leaf1", "lldp_port": "Eth1/7", "device": "15b3:1017"}
FIRST, SECOND = ({"pci": f"0000:3b:00.{port}", "path": f"pci-0000:3b:00.{port}", "port": port} for port in (0, 1))
NICS = (
    Nic("eno2", mac="02:00:00:00:00:01", **FIRST, **FAST, **LEAF),
    Nic("eno1", mac="02:00:00:00:00:02", **SECOND, **FAST),
    Nic("eno3", mac="02:00:00:00:00:03", pci="0000:00:1f.6", driver="e1000e", speed=1000),
)


def uplink(match: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "interfaces": [
            {"name": "uplink", "type": "ethernet", "match": match, **more},
            {"name": "bond0", "type": "bond", "ports": ["uplink"], "bond": {"mode": "802.3ad"}},
        ]
    }


@pytest.mark.parametrize(("match", "device"), [
    ({"mac": "02:00:00:00:00:01"}, "eno2"), ({"pci": "0000:3b:00.1"}, "eno1"), ({"driver": "e1000e"}, "eno3"),
    ({"driver": "mlx5_core", "port": 1}, "eno1"), ({"path": "pci-*:3b:00.0"}, "eno2"),
    ({"lldp": {"system": "leaf1", "port": "Eth1/7"}}, "eno2"), ({"device": "15b3:1017"}, "eno2"),
])  # fmt: skip
def test_nic_10_a_card_is_found_whatever_its_name(match: dict[str, Any], device: str) -> None:
    state, why = resolve(parse(uplink(match)), NICS)
    assert state.interfaces[0].name == device and state.interfaces[0].stem == "uplink"
    assert state.interfaces[1].ports[0].name == device and why["uplink"][0]["device"] == device


def test_nic_10_one_match_may_mean_several_ports() -> None:
    state, _why = resolve(parse(uplink({"min_speed": 10000}, expect=2)), NICS)
    assert [port.name for port in state.interfaces[-1].ports] == ["eno2", "eno1"]


@pytest.mark.parametrize(
    ("match", "told"),
    [
        ({"driver": "mlx5_core"}, "matches 2 NICs, expected 1; found on this node: eno2 (mac 02:00:00:00:00:01"),
        ({"driver": "ixgbe"}, "matches 0 NICs, expected 1; found on this node: eno2"),
    ],
)
def test_nic_10_an_ambiguous_match_is_refused_with_its_candidates(match: dict[str, Any], told: str) -> None:
    with pytest.raises(InputErrors, match=told.replace("(", r"\(")):
        resolve(parse(uplink(match)), NICS)


def test_nic_10_two_names_for_one_card_are_refused() -> None:
    raw = {
        "interfaces": [{"name": name, "type": "ethernet", "match": {"mac": "02:00:00:00:00:01"}} for name in ("a", "b")]
    }
    with pytest.raises(InputErrors, match="is already a"):
        resolve(parse(raw), NICS)


CLASS = {
    "interfaces": [
        {"name": "bond0", "type": "bond", "ports": ["eno1"], "bond": {"mode": "802.3ad", "miimon": 100}},
        {
            "name": "br-vm",
            "type": "bridge",
            "ports": [{"name": "bond0", "vlans": ["100"]}],
            "bridge": {"vlan_filtering": True, "self_vlans": [100]},
        },
        {"name": "old0", "type": "ethernet"},
    ],
    "dns": {"servers": ["10.0.0.2"], "search": ["a"]},
}


def test_layers_merge_by_name_with_the_origin_of_each_leaf() -> None:
    host = {
        "interfaces": {"bond0": {"bond": {"miimon": 50}, "ports": {"add": ["eno2"]}}, "old0": None},
        "dns": {"search": None},
    }
    desired, origins = merge([("class", CLASS), ("host n1", host)])
    assert [item["name"] for item in desired["interfaces"]] == ["bond0", "br-vm"]
    assert desired["interfaces"][0]["bond"] == {"mode": "802.3ad", "miimon": 50}
    assert desired["interfaces"][0]["ports"] == ["eno1", "eno2"] and desired["dns"] == {"servers": ["10.0.0.2"]}
    assert origins["interfaces.bond0.bond.miimon"] == "host n1" and origins["interfaces.bond0.bond.mode"] == "class"
    assert origins["interfaces.bond0.ports"] == "class + host n1"


def test_a_part_of_a_vlan_range_can_go() -> None:
    desired, _origins = merge(
        [
            ("a", {"interfaces": [{"name": "b", "vlans": ["200-209"]}]}),
            ("b", {"interfaces": {"b": {"vlans": {"add": [300], "remove": ["205-206"]}}}}),
        ]
    )
    assert desired["interfaces"][0]["vlans"] == ["200-204", "207-209", "300"]


def test_a_layer_that_names_one_twice_is_refused() -> None:
    with pytest.raises(InputErrors) as caught:
        merge([("group", {"interfaces": [{"name": "a"}, {"name": "a"}, {"type": "bond"}]})])
    told = [f"{one.place}: {one.found}" for one in caught.value.findings]
    assert told == ["group.interfaces[2]: has no name", "group.interfaces.a: is declared 2 times"]


def test_a_layer_does_not_change_the_one_below() -> None:
    merge([("class", CLASS), ("host", {"interfaces": [{"name": "bond0", "bond": {"mode": "active-backup"}}]})])
    assert CLASS["interfaces"][0]["bond"]["mode"] == "802.3ad"  # type: ignore[index]


NETWORKS = {
    "cluster_networks": {"vm": {"bridge": "br-vm", "uplink": "bond0", "classes": ["compute"]}},
    "vm_networks": [
        {"name": "app", "cluster_network": "vm", "vlan": 210},
        {"name": "many", "cluster_network": "vm", "vlan_trunk": ["220-222"]},
    ],
}


@pytest.mark.parametrize(("node_class", "vlans"), [("compute", ["100", "210", "220-222"]), ("storage", ["100"])])
def test_nic_13_an_uplink_carries_the_vlans_of_its_class(node_class: str, vlans: list[str]) -> None:
    desired = with_uplinks({"interfaces": CLASS["interfaces"]}, NETWORKS, node_class)
    assert desired["interfaces"][1]["ports"][0]["vlans"] == vlans


def frame(*parts: tuple[int, bytes]) -> bytes:
    body = b"".join(struct.pack("!H", kind << 9 | len(value)) + value for kind, value in parts)
    return b"\x01\x80\xc2\0\0\x0e" + b"\2" * 6 + b"\x88\xcc" + body + b"\0\0"


def test_a_neighbour_is_read() -> None:
    chassis = (1, b"\x04" + bytes.fromhex("020000000109"))
    assert lldp.neighbour(frame(chassis, (2, b"\x05Eth1/7"), (3, b"\0x"), (5, b"leaf1"))) == ("leaf1", "Eth1/7")
    assert lldp.neighbour(frame(chassis, (2, b"\x03" + bytes(6)))) == ("02:00:00:00:01:09", "00:00:00:00:00:00")
    assert lldp.neighbour(b"\0" * 60) is None and lldp.neighbour(frame(chassis)[:20]) is None


def test_nic_14_the_end_of_a_rollout_in_one_line() -> None:
    told = rollout.outcome(["n1", "n2", "n3"], {"n1": "committed", "n2": "unreachable"})
    assert rollout.text(told) == "committed: n1; rolled back: n2; untouched: n3"
