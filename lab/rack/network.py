"""How a machine is cabled: both cards at the management bridge, as one bond that carries VLANs.

The management network is untagged on the cable, as machines boot over it; what is behind it has tags. Hosts share the
kernel of the machine below, which may have neither bonds nor VLANs: they keep a plain bridge.
"""

from __future__ import annotations

from typing import Any

from lab.rack.model import MGMT, Machine

# VLAN -> its /24 without the last part. The machines have an address in the storage network, pods in that of the VMs.
MGMT_VLAN, VMS_VLAN, STORAGE_VLAN = 70, 81, 82
TAGGED = {VMS_VLAN: "172.31.81", STORAGE_VLAN: "172.31.82"}
BOND, TRUNK = "bond0", "br-trunk"
MANAGEMENT = f"{TRUNK}.{MGMT_VLAN}"
# The binding of a second card, its network plugin, and the network attachment that names it.
TAP = "tap"
# A machine in emulation takes seconds for what takes a real one a blink.
PATIENCE: dict[str, Any] = {"confirm": {"attempt_limit": 45}, "rollback": {"timeout": 300}}


def interfaces(machine: Machine) -> list[dict[str, Any]]:
    """Return the machine's interfaces: cards, bond, filtering bridge, its own VLANs."""
    cards = {"eth0": machine.mac, "eth1": machine.vm_mac}
    return [
        *({"name": name, "type": "ethernet", "match": {"mac": mac}} for name, mac in cards.items()),
        # Neighbours know the address of the card that booted: it stays the same through every change.
        {"name": BOND, "type": "bond", "ports": list(cards), "mac": machine.mac,
         "bond": {"mode": "active-backup", "miimon": 100, "primary": "eth0"}},
        {"name": TRUNK, "type": "bridge", "mac": machine.mac,
         "ports": [{"name": BOND, "vlans": [STORAGE_VLAN], "pvid": MGMT_VLAN}],
         "bridge": {"vlan_filtering": True, "default_pvid": 0, "stp": False, "self_vlans": [MGMT_VLAN, STORAGE_VLAN]}},
        vlan(MGMT_VLAN, machine.address),
        vlan(STORAGE_VLAN, f"{TAGGED[STORAGE_VLAN]}.{machine.number}"),
    ]  # fmt: skip


def vlan(vid: int, address: str) -> dict[str, Any]:
    """Return the machine's own interface in a VLAN."""
    addresses = {"method": "static", "addresses": [f"{address}/24"]}
    return {"name": f"{TRUNK}.{vid}", "type": "vlan", "parent": TRUNK, "id": vid, "ipv4": addresses}


def network_of(machine: Machine) -> dict[str, Any]:
    """Return all that a machine's `hci_node` says about its network."""
    return {
        "nics": interfaces(machine),
        "routes": [{"to": "default", "via": f"{MGMT}.1", "dev": MANAGEMENT}],
        "dns": {"servers": [f"{MGMT}.1"], "search": ["lab"]},
        "probes": [{"carrier": ["eth0", "eth1"]}, {"gateway": [f"{MGMT}.1", f"{TAGGED[STORAGE_VLAN]}.1"]}],
        **PATIENCE,
    }


def vm_networks() -> dict[str, Any]:
    """Return the networks for virtual machines: untagged on the hosts' bridge, a VLAN on the machines' trunk."""
    subnet = TAGGED[VMS_VLAN]
    addresses = {"type": "host-local", "ranges": [[{"subnet": f"{subnet}.0/24", "rangeStart": f"{subnet}.100"}]]}
    tagged = {"name": f"vlan{VMS_VLAN}", "cluster_network": "trunk", "vlan": VMS_VLAN, "namespaces": ["vms"]}
    return {
        "cluster_networks": {
            "lab": {"bridge": "br-vm", "uplink": "eth-vm"},
            "trunk": {"bridge": TRUNK, "uplink": BOND},
        },
        "vm_networks": [
            {"name": "lab", "cluster_network": "lab", "untagged": True, "namespaces": ["vms"]},
            {**tagged, "ipam": addresses},
        ],
    }
