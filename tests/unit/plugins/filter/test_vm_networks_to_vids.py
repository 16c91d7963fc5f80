from __future__ import annotations

from ansible_collections.ironacre.hci.plugins.filter.vm_networks_to_vids import vm_networks_to_vids


def test_nic_13_the_union_of_a_class() -> None:
    model = {
        "cluster_networks": {"vm": {"bridge": "br-vm", "uplink": "bond0", "classes": ["compute"]}},
        "vm_networks": [
            {"name": "a", "cluster_network": "vm", "vlan": 7},
            {"name": "b", "cluster_network": "vm", "vlan": 8},
        ],
    }
    assert vm_networks_to_vids(model, "compute") == {"br-vm": {"uplink": "bond0", "vlans": ["7-8"]}}
    assert vm_networks_to_vids(model) == {}
