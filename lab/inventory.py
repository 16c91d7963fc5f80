"""The inventory of the running lab."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import yaml

from lab import keys
from lab.place import Place
from lab.rack.model import MGMT, MGMT6, Host, Machine, Rack

HEADER = "# Written by `python -m lab up`; changes are lost.\n---\n"
SECRETS = {"vault_bmc_password": "bmc", "vault_hci_cluster_token": "token"}


def write(place: Place, rack: Rack) -> None:
    """Write hosts.yml, group_vars and host_vars; files that are the same stay untouched."""
    folder = place.inventory
    put(folder / "hosts.yml", groups(rack))
    put(folder / "group_vars/all/lab.yml", common(place))
    put(folder / "group_vars/all/platform.yml", platform(place, rack))
    put(folder / "group_vars/all/secrets.yml", {name: keys.password(place, kept) for name, kept in SECRETS.items()})
    for node in rack.nodes:
        put(folder / f"host_vars/{node.name}.yml", {"hci_node": node_of(place, node)})
    (folder / "artifacts").parent.mkdir(parents=True, exist_ok=True)


def put(path: Path, data: dict[str, Any]) -> None:
    """Write a YAML file for its owner only, when it differs."""
    # Through JSON, so that no anchors or tuples reach the file.
    text = HEADER + yaml.safe_dump(json.loads(json.dumps(data)), sort_keys=False, width=130)
    if path.exists() and path.read_text() == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        handle.write(text)


def groups(rack: Rack) -> dict[str, Any]:
    """Return the groups of the contract: the boot server, servers and agents."""
    names = {role: {item.name: {"ansible_host": item.address} for item in (*rack.hosts, *rack.machines) if item.role == role}
             for role in ("boot", "server", "agent")}  # fmt: skip
    nodes = {"children": {"hci_servers": {"hosts": names["server"]}, "hci_agents": {"hosts": names["agent"]}}}
    return {"all": {"children": {"hci_boot": {"hosts": names["boot"]}, "hci_nodes": nodes}}}


def common(place: Place) -> dict[str, Any]:
    """Return how Ansible reaches the nodes, and where the run's files are."""
    known = place.state / "known_hosts"
    return {
        "ansible_user": "root",
        "ansible_ssh_private_key_file": str(place.state / "id_ed25519"),
        "ansible_ssh_common_args": f"-o StrictHostKeyChecking=yes -o UserKnownHostsFile={known} -o GlobalKnownHostsFile=/dev/null",
        "ansible_python_interpreter": "/usr/bin/python3",
        "hci_known_hosts": str(known),
        "hci_artifacts_lock": str(place.state / "artifacts.lock.yml"),
        "hci_artifacts_cache": "/srv/ironacre/artifacts",
        "hci_kubeconfig": str(place.state / "kubeconfig-rack1"),
    }


def platform(place: Place, rack: Rack) -> dict[str, Any]:
    """Return cluster, stack, networks and imports of the rehearsal."""
    kube_vip = "host0" if rack.hosts and rack.nodes[0].name == rack.hosts[1].name else "eth0"
    return {
        "hci_cluster": {
            "name": "rack1",
            "version": "v1.35.4+rke2r1",
            "api": {
                "address": f"{MGMT}.5",
                "port": 6443,
                "join_port": 9345,
                "vip": {"type": "kube_vip", "interface": kube_vip},
            },
            "cluster_cidr": "10.42.0.0/16",
            "service_cidr": "10.43.0.0/16",
            "cluster_dns": "10.43.0.10",
            "cni": ["multus", "canal"],
            "token": "{{ vault_hci_cluster_token }}",
            "config": {},
        },
        "hci_stack": {"use_emulation": rack.emulation},
        "hci_networks": {
            "cluster_networks": {"lab": {"bridge": "br-vm", "uplink": "uplink-vm"}},
            "vm_networks": [{"name": "lab", "cluster_network": "lab", "untagged": True, "namespaces": ["vms"]}],
        },
        "hci_imports": [],
    }


def node_of(place: Place, node: Host | Machine) -> dict[str, Any]:
    """Return the `hci_node` of a node."""
    if isinstance(node, Host):
        return {
            "provision": "existing",
            "address": node.address,
            "vm_host": True,
            "nics": nics("eth-vm"),
            "labels": {},
            "taints": [],
        }
    return {
        "provision": "image",
        "address": node.address,
        "bmc": bmc_of(place, node),
        "identity": {"serial": node.serial, "uuid": node.uuid},
        "boot": {"mac": node.mac, "mode": "keep", "method": "pxe"},
        "root_device": {"serial": f"{node.serial}-DISK0"},
        "data_policy": {"foreign": "refuse", "allow_foreign": []},
        "os": {"image": "node_image", "ssh_authorized_keys": [keys.public(keys.login_key(place))]},
        "nics": [],
        "vm_host": node.vm_host,
        "labels": {},
        "taints": [],
    }


def bmc_of(place: Place, node: Machine) -> dict[str, Any]:
    """Return how a machine's BMC is reached."""
    login = {"address": node.bmc_address, "username": "admin", "password": "{{ vault_bmc_password }}"}
    if node.bmc == "ipmi":
        return {"driver": "ipmi", "port": 623, "cipher_suite": 3, **login}
    ca = str(place.state / "ca.pem")
    return {
        "driver": "redfish",
        "port": 8443,
        "scheme": "https",
        "verify_tls": True,
        "ca_path": ca,
        "system_id": node.uuid,
        **login,
    }


def nics(card: str) -> list[dict[str, Any]]:
    """Return the second network card as the port of the VM network's bridge."""
    return [
        {"name": card, "type": "ethernet", "match": {"name": card}, "mtu": 1500},
        {"name": "br-vm", "type": "bridge", "ports": [card], "mtu": 1500},
    ]


_ = MGMT6
