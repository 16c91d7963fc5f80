"""The two declarations most scenarios use."""

from __future__ import annotations

from typing import Any


def bond(values: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Two NICs as a bond."""
    nics = [{"name": f"eno{number}", "type": "ethernet"} for number in (1, 2)]
    return {"interfaces": [*nics, {"name": "bond0", "type": "bond", "ports": ["eno1", "eno2"], "bond": values, **more}]}


def trunk(vlans: list[Any], mtu: int = 9000, **values: Any) -> dict[str, Any]:
    """LACP bond under a VLAN-aware bridge with the node's address in VLAN 100."""
    nics = [{"name": f"eno{number}", "type": "ethernet", "mtu": mtu} for number in (1, 2)]
    stated = {"mode": "802.3ad", "lacp_rate": "fast", "miimon": 100, **values}
    lacp = {key: value for key, value in stated.items() if value is not None}
    bridge = {"vlan_filtering": True, "default_pvid": 0, "stp": False, "forward_delay": 0, "self_vlans": [100]}
    return {
        "interfaces": [
            *nics,
            {"name": "bond0", "type": "bond", "ports": ["eno1", "eno2"], "mtu": mtu, "bond": lacp},
            {
                "name": "br-vm",
                "type": "bridge",
                "ports": [{"name": "bond0", "vlans": vlans}],
                "mtu": mtu,
                "bridge": bridge,
            },
            {
                "name": "br-vm.100",
                "type": "vlan",
                "parent": "br-vm",
                "id": 100,
                "mtu": mtu,
                "ipv4": {"addresses": ["10.0.100.11/24"]},
            },
        ]
    }
