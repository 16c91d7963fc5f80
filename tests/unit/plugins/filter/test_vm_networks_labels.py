from __future__ import annotations

from ansible_collections.ironacre.hci.plugins.filter.vm_networks_labels import vm_networks_labels


def test_nic_13_ready_and_withdrawn() -> None:
    model = {
        "cluster_networks": {"vm": {"bridge": "br-vm"}},
        "vm_networks": [{"name": "a", "cluster_network": "vm", "vlan": 7}],
    }
    label = "hci.ironacre.io/cluster-network-vm"
    assert vm_networks_labels(model, {"br-vm": ["7"]}) == {label: "ready"}
    assert vm_networks_labels(model, {}) == {label: None}
