"""The inventory of a lab, in the collection's own model; Ansible's only way to the rack."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import yaml

from lab import imports, keys, vsphere
from lab.place import Place
from lab.rack import network
from lab.rack.model import MGMT, MGMT6, Host, Machine, Rack

HEADER = "# Written by `python -m lab up`; changes are lost.\n---\n"
SECRETS = {
    "vault_bmc_password": "bmc",
    "vault_hci_cluster_token": "token",
    "vault_vcenter_password": vsphere.SECRET,
}


def write(place: Place, rack: Rack) -> None:
    """Write hosts.yml, group_vars and host_vars; files that are the same stay untouched."""
    for name, data in files(place, rack).items():
        put(place.inventory / name, data)


def files(place: Place, rack: Rack) -> dict[str, dict[str, Any]]:
    """Return the content of every file by its path below the inventory."""
    nodes = {f"host_vars/{node.name}.yml": host_vars(place, node) for node in rack.nodes}
    return {
        "hosts.yml": groups(rack),
        "group_vars/all/access.yml": access(place),
        "group_vars/all/platform.yml": platform(place, rack),
        "group_vars/all/vcenter.yml": {
            "lab_vcenter": vsphere.source(place),
            "lab_vcenter_control": f"http://127.0.0.1:{vsphere.CONTROL_PORT}",
        },
        "group_vars/all/secrets.yml": {name: keys.password(place, kept) for name, kept in SECRETS.items()},
        # The controller shares its disk with the person at the keyboard: its artifacts stay within the lab.
        "host_vars/localhost.yml": {"hci_artifacts_cache": str(place.state / "cache")},
        **nodes,
    }


def put(path: Path, data: dict[str, Any]) -> None:
    """Write a YAML file for its owner only, when it differs."""
    # Through JSON, so that neither anchors nor tuples reach the file.
    text = HEADER + yaml.safe_dump(json.loads(json.dumps(data)), sort_keys=False, width=130)
    if path.exists() and path.read_text() == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
        handle.write(text)


def groups(rack: Rack) -> dict[str, Any]:
    """Return the groups of the contract: the boot server, servers and agents."""

    def hosts(role: str) -> dict[str, Any]:
        members = [item for item in (*rack.hosts, *rack.machines) if item.role == role]
        return {"hosts": {item.name: {"ansible_host": item.address} for item in members}}

    nodes = {"children": {"hci_servers": hosts("server"), "hci_agents": hosts("agent")}}
    return {"all": {"children": {"hci_boot": hosts("boot"), "hci_nodes": nodes}}}


def access(place: Place) -> dict[str, Any]:
    """Return how Ansible reaches the nodes, and where the run's files are."""
    known = place.state / "known_hosts"
    options = {"StrictHostKeyChecking": "yes", "UserKnownHostsFile": known, "GlobalKnownHostsFile": "/dev/null"}
    return {
        "ansible_user": "root",
        "ansible_ssh_private_key_file": str(place.state / "id_ed25519"),
        "ansible_ssh_common_args": " ".join(f"-o {name}={value}" for name, value in options.items()),
        "ansible_python_interpreter": "/usr/bin/python3",
        "hci_known_hosts": str(known),
        "hci_artifacts_lock": str(place.state / "artifacts.lock.yml"),
        "hci_artifacts_cache": "/srv/ironacre/artifacts",
        "hci_kubeconfig": str(place.state / "kubeconfig-rack1"),
    }


def platform(place: Place, rack: Rack) -> dict[str, Any]:
    """Return cluster, stack, networks and imports of the rehearsal."""
    first = next(node for node in rack.nodes if node.role == "server")
    vip = {"type": "kube_vip", "interface": interface(first)}
    return {
        "hci_cluster": {
            "name": "rack1",
            "version": "v1.35.4+rke2r1",
            "api": {"address": f"{MGMT}.5", "port": 6443, "join_port": 9345, "vip": vip},
            "cluster_cidr": "10.42.0.0/16",
            "service_cidr": "10.43.0.0/16",
            "cluster_dns": "10.43.0.10",
            "cni": ["multus", "canal"],
            "token": "{{ vault_hci_cluster_token }}",
            # The lab's disk is the machine's own, and how full that is says nothing about a node.
            "config": {"kubelet-arg": ["eviction-hard=memory.available<50Mi,nodefs.available<1%,imagefs.available<1%"]},
        },
        "hci_boot_network": {
            "mode": "dhcp",
            "interface": "host0",
            "subnet": f"{MGMT}.0/24",
            "router": f"{MGMT}.1",
            "dns": [f"{MGMT}.1"],
            "ipv6_prefix": f"{MGMT6}/64",
        },
        "hci_stack": stack(rack),
        # Longhorn's stand-in needs no iSCSI, and no rehearsal machine has to offer KVM.
        "node_prepare_services": [],
        "node_prepare_programs": [],
        "node_prepare_kvm": "wanted",
        "hci_networks": network.vm_networks(),
        "hci_imports": imports.imports(),
        "hci_estate": imports.estate(),
        "hci_migrations": imports.migrations(),
    }


def interface(node: Host | Machine) -> str:
    """Return the name of a node's management interface."""
    return "host0" if isinstance(node, Host) else network.MANAGEMENT


def stack(rack: Rack) -> dict[str, Any]:
    """Return the stack's knobs: one replica of everything, and volumes as folders, which the stand-in has."""
    shared = [{"accessModes": ["ReadWriteMany"], "volumeMode": "Filesystem"}]
    return {
        "use_emulation": rack.emulation,
        # How full the machine's own disk is says nothing about the rack.
        "longhorn": {"extra_settings": {"storage-minimal-available-percentage": 0}},
        "kubevirt": {
            "hide_kvm": rack.emulation,
            "operator_replicas": 1,
            "infra_replicas": 1,
            # A second card on a tap device that the network plugin makes needs no dummy link, as a bridge does.
            "configuration": {"network": {"binding": {network.TAP: {"domainAttachmentType": "tap"}}}},
        },
        "cdi": {
            "storage_profiles": [
                {"storage_class": name, "claim_property_sets": shared, "snapshot_class": "longhorn-snapshot"}
                for name in ("longhorn-vm", "longhorn-scratch")
            ]
        },
    }


def host_vars(place: Place, node: Host | Machine) -> dict[str, Any]:
    """Return a node's variables; what a host's kernel lacks cannot be had, it is the machine's own."""
    return {"hci_node": node_of(place, node), "node_prepare_shared_kernel": isinstance(node, Host)}


def node_of(place: Place, node: Host | Machine) -> dict[str, Any]:
    """Return the `hci_node` of a node."""
    common = {"address": node.address, "labels": {}, "taints": []}
    if isinstance(node, Host):
        return {"provision": "existing", **common, "nics": host_nics(), "vm_host": True}
    return {
        "provision": "image",
        **common,
        "bmc": bmc_of(place, node),
        "identity": {"serial": node.serial, "uuid": node.uuid},
        "boot": {"mac": node.mac, "mode": boot_mode(node), "method": "pxe"},
        "root_device": {"serial": f"{node.serial}-DISK0"},
        "data_policy": {"foreign": "refuse", "allow_foreign": []},
        "os": {"image": "node_image", "ssh_authorized_keys": [keys.public(keys.login_key(place))]},
        **network.network_of(node),
        "vm_host": node.vm_host,
    }


def boot_mode(node: Machine) -> str:
    """Return the firmware mode; it is stated where unset IPMI flags do not say that a machine is in BIOS mode."""
    return "bios" if (node.bmc, node.firmware) == ("ipmi", "bios") else "keep"


def host_nics() -> list[dict[str, Any]]:
    """Return a host's second network card as the port of the VM network's bridge."""
    return [
        {"name": "eth-vm", "type": "ethernet"},
        {"name": "br-vm", "type": "bridge", "ports": ["eth-vm"], "bridge": {"stp": False}},
    ]


def bmc_of(place: Place, node: Machine) -> dict[str, Any]:
    """Return how a machine's BMC is reached."""
    login = {"address": node.bmc_address, "username": "admin", "password": "{{ vault_bmc_password }}"}
    if node.bmc == "ipmi":
        return {"driver": "ipmi", **login, "port": 623, "cipher_suite": 3}
    tls = {"scheme": "https", "verify_tls": True, "ca_path": str(place.state / "ca.pem")}
    return {"driver": "redfish", **login, "port": 8443, **tls, "system_id": node.uuid}
