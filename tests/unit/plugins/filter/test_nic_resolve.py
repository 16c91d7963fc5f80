from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.ironacre.hci.plugins.filter.nic_resolve import nic_resolve


def test_layers_and_vm_networks_give_one_declaration() -> None:
    bridge = {"name": "br-vm", "type": "bridge", "ports": ["eno1"], "bridge": {"vlan_filtering": True}}
    networks = {
        "cluster_networks": {"vm": {"bridge": "br-vm", "uplink": "eno1"}},
        "vm_networks": [{"name": "a", "cluster_network": "vm", "vlan": 7}],
    }
    layers = [{"origin": "class", "value": {"interfaces": [bridge]}}, {"origin": "host", "value": None}]
    told = nic_resolve(layers, networks=networks)
    assert told["desired"]["interfaces"][0]["ports"] == [{"name": "eno1", "vlans": ["7"]}]
    assert told["provenance"]["interfaces.br-vm.ports"] == "class"


def test_a_nameless_interface_is_refused_with_its_layer() -> None:
    with pytest.raises(AnsibleFilterError, match=r"host\.interfaces\[0\]: has no name"):
        nic_resolve([{"origin": "host", "value": {"interfaces": [{"type": "bond"}]}}])
