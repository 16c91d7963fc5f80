"""The machine was installed over one card; now both are a bond under a bridge that carries the platform's VLANs."""

from __future__ import annotations

import json
from typing import Any

import pytest

testinfra_hosts = ["ansible://hci_agents"]


def test_both_cards_are_ports_of_the_bond(host: Any) -> None:
    links = json.loads(host.check_output("ip -j link show master bond0"))
    assert {link["ifname"] for link in links} == {"eth0", "eth1"}
    assert host.file("/sys/class/net/bond0/bonding/mode").content_string.startswith("active-backup")


def test_the_bond_carries_exactly_the_declared_vlans(host: Any) -> None:
    (port,) = json.loads(host.check_output("bridge -j -compressvlans vlan show dev bond0"))
    carried = {entry["vlan"]: entry.get("flags", []) for entry in port["vlans"] if "vlanEnd" not in entry}
    ranges = [(entry["vlan"], entry["vlanEnd"]) for entry in port["vlans"] if "vlanEnd" in entry]
    assert (carried, ranges) == ({70: ["PVID", "Egress Untagged"]}, [(81, 82)])


def test_the_management_address_moved_and_the_card_has_none(host: Any) -> None:
    address = host.ansible.get_variables()["hci_node"]["address"]
    assert address in host.interface("br-trunk.70").addresses
    assert not [one for one in host.interface("eth0").addresses if ":" not in one]


def test_the_lab_is_reached_in_the_storage_vlan(host: Any) -> None:
    assert host.run("ping -c 2 -W 5 -I br-trunk.82 172.31.82.1").rc == 0


@pytest.mark.parametrize("card", ["eth0", "eth1"])
def test_the_network_is_there_after_a_boot_too(host: Any, card: str) -> None:
    assert "Bond=bond0" in host.file(f"/etc/systemd/network/05-ironacre-{card}.network").content_string
    assert not host.file("/var/lib/ironacre/nic/pending").exists
