from __future__ import annotations

from ansible_collections.ironacre.hci.plugins.filter.vm_networks_labels import vm_networks_labels


def test_nic_13_ready_and_withdrawn() -> None:
    model = {
        "cluster_networks": {"vm": {"bridge": "br-vm"}},
        "vm_networks": [{"name": "a", "cluster_network": "vm", "vlan": 7}],
    }
    label = "hci.ironacre.io/cluster-network-vm"
    nodes = [{"name": "n1", "carries": {"br-vm": ["7"]}}, {"name": "n2", "carries": {}}]
    patches = vm_networks_labels(model, nodes)
    assert [patch["metadata"] for patch in patches] == [
        {"name": "n1", "labels": {label: "ready"}},
        {"name": "n2", "labels": {label: None}},
    ]
    assert {(patch["apiVersion"], patch["kind"]) for patch in patches} == {("v1", "Node")}
