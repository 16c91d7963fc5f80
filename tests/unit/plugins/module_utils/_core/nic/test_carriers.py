"""Each rule between VM networks and the nodes that are to carry them: one case that breaks it, one that keeps it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import carriers


def bridge(
    name: str = "br-vm", mtu: int = 9000, filtering: bool = True, ports: tuple[str, ...] = ("bond0",)
) -> dict[str, Any]:
    parts = {"ports": list(ports), "mtu": mtu, "bridge": {"vlan_filtering": filtering}}
    return {
        "interfaces": [{"name": "bond0", "type": "ethernet", "mtu": mtu}, {"name": name, "type": "bridge", **parts}]
    }


NETWORKS = {
    "cluster_networks": {"vm": {"bridge": "br-vm", "uplink": "bond0", "classes": ["compute"]}},
    "vm_networks": [{"name": "app", "cluster_network": "vm", "vlan": 210, "mtu": 9000}],
}
CASES = {
    "nad-bridge": (bridge("br-other"), bridge()),
    "nad-vlan": (bridge(ports=()), bridge()),
    "nad-mtu": (bridge(mtu=1500), bridge()),
}


def told(desired: dict[str, Any], node_class: str = "compute") -> list[str]:
    return [one.rule for one in carriers.findings(NETWORKS, {"n1": (node_class, desired)})]


def test_nic_12_every_rule_of_a_vm_network_has_its_two_cases() -> None:
    assert set(CASES) == set(carriers.RULES)


@pytest.mark.parametrize("name", CASES)
def test_nic_12_a_class_carries_its_vm_networks(name: str) -> None:
    breaks, keeps = CASES[name]
    assert told(breaks) == [name]
    assert told(keeps) == []


def test_nic_12_a_bridge_that_does_not_filter_carries_no_vlan() -> None:
    assert told(bridge(filtering=False)) == ["nad-vlan"]


def test_nic_13_nodes_of_other_classes_owe_nothing() -> None:
    assert told(bridge("br-other"), "storage") == []
