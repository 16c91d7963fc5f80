from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.ironacre.hci.plugins.filter.vm_networks_to_nads import vm_networks_to_nads

MODEL = {
    "cluster_networks": {"vm": {"bridge": "br-vm"}},
    "vm_networks": [{"name": "a", "cluster_network": "vm", "vlan": 7}],
}


def test_a_definition() -> None:
    assert vm_networks_to_nads(MODEL)[0]["metadata"]["name"] == "a"


def test_a_contradiction_is_told() -> None:
    with pytest.raises(AnsibleFilterError, match="does not say how it is tagged"):
        vm_networks_to_nads({**MODEL, "vm_networks": [{"name": "a", "cluster_network": "vm"}]})
