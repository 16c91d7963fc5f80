from __future__ import annotations

from ansible_collections.ironacre.hci.plugins.filter.nic_conflicts import nic_conflicts


def test_one_address_on_two_hosts() -> None:
    one = {"interfaces": [{"name": "eno1", "type": "ethernet", "ipv4": {"addresses": ["10.0.0.2/24"]}}]}
    told = nic_conflicts({"n1": one, "n2": one})
    assert told == ["hosts (n1, n2): share the address 10.0.0.2; give each its own [fleet-address]"]
    assert nic_conflicts({"n1": one}) == []
