# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory's model, as a table. docs/inventory.md is rendered from it.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping

from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.estate import ESTATE
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.mapping import mapping_field
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.shape import Field


def mapping(about: str, fields: Mapping[str, Field] | None = None, required: bool = False) -> Field:
    return Field("map", about, required=required, fields=fields)


def listing(about: str, items: Field | None = None) -> Field:
    return Field("list", about, items=items, default=[])


VIP = mapping(
    "who carries the address of the API when a server dies",
    {
        "type": Field("text", "kind of virtual address", default="none", choices=("kube_vip", "external", "none")),
        "interface": Field("interface", "interface of the servers that carries the address (kube_vip)"),
    },
)

API = mapping(
    "where the Kubernetes API is reached",
    {
        "address": Field("host", "address or name of the API for nodes and controller", required=True),
        "port": Field("port", "port of the API", default=6443),
        "join_port": Field("port", "port where nodes join", default=9345),
        "vip": VIP,
        "tls_san": listing("more names in the API's certificate", Field("host", "a name or an address")),
    },
    required=True,
)

CLUSTER = mapping(
    "the cluster",
    {
        "name": Field("label", "name of the cluster", required=True),
        "version": Field("release", "RKE2 release", required=True),
        "api": API,
        "cluster_cidr": Field("network", "network of the pods", default="10.42.0.0/16"),
        "service_cidr": Field("network", "network of the services", default="10.43.0.0/16"),
        "cluster_dns": Field("address", "address of the cluster's DNS, within service_cidr", default="10.43.0.10"),
        "cni": listing("network plugins, multus first", Field("text", "a plugin's name")),
        "token": Field("text", "secret that lets nodes join (vault_hci_cluster_token)", required=True),
        "config": mapping("more keys of RKE2's configuration, all nodes"),
        "server_config": mapping("more keys of RKE2's configuration, servers"),
        "agent_config": mapping("more keys of RKE2's configuration, agents"),
        "agent_batch": Field("any", "how many agents join at once: a number or a share such as 25%", default="25%"),
    },
)

BMC = mapping(
    "the node's management controller",
    {
        "driver": Field("text", "protocol", default="auto", choices=("auto", "ipmi", "redfish")),
        "address": Field("host", "address or name of the BMC", required=True),
        "port": Field("port", "port; by default that of the protocol"),
        "username": Field("text", "user", required=True),
        "password": Field("text", "password (vault_bmc_password)", required=True),
        "cipher_suite": Field("count", "IPMI cipher suite; by default the strongest both sides know", choices=(3, 17)),
        "scheme": Field("text", "Redfish over", default="https", choices=("https", "http")),
        "verify_tls": Field("bool", "check the BMC's certificate (Redfish)", default=True),
        "ca_path": Field("path", "file with the certificate authority of the BMC"),
        "system_id": Field("text", "member of Redfish's Systems; needed when there are several"),
    },
)

SIZE = Field("count", "size in GiB")
ROOT_DEVICE = mapping(
    "hints that must match exactly one disk",
    {
        "serial": Field("text", "serial number of the disk"),
        "wwn": Field("text", "World Wide Name"),
        "device_name": Field("path", "device such as /dev/disk/by-path/..."),
        "by_path": Field("text", "name below /dev/disk/by-path"),
        "hctl": Field("text", "SCSI address such as 0:0:0:0"),
        "model": Field("text", "model, or part of it"),
        "vendor": Field("text", "vendor, or part of it"),
        "bus": Field("text", "bus such as nvme, sata, virtio"),
        "min_size_gb": SIZE,
        "max_size_gb": SIZE,
        "rotational": Field("bool", "spinning disk"),
    },
)

NODE = mapping(
    "one node",
    {
        "provision": Field("text", "who installs the system", default="existing", choices=("image", "existing")),
        "address": Field("address", "management address of the node", required=True),
        "bmc": BMC,
        "identity": mapping(
            "what proves that it is this machine",
            {
                "serial": Field("text", "serial number of the machine"),
                "uuid": Field("uuid", "UUID of the machine"),
                "asset": Field("text", "asset tag"),
            },
        ),
        "boot": mapping(
            "how it boots for the installation",
            {
                "mac": Field("mac", "MAC address of the NIC that boots"),
                "mode": Field("text", "firmware mode", default="keep", choices=("keep", "uefi", "bios")),
                "method": Field("text", "way to boot", default="pxe", choices=("pxe", "http")),
            },
        ),
        "root_device": ROOT_DEVICE,
        "data_policy": mapping(
            "what may be erased",
            {
                "foreign": Field("text", "disk with unknown data", default="refuse", choices=("refuse", "allow")),
                "allow_foreign": listing("signatures that may be erased", Field("text", "such as vmfs or ext4")),
            },
        ),
        "os": mapping(
            "the operating system",
            {
                "image": Field("text", "name of the artifact with the image"),
                "ssh_authorized_keys": listing("public keys that may log in", Field("text", "a public key")),
            },
        ),
        "nics": listing("interfaces, as the module node_nic takes them", mapping("an interface")),
        "routes": listing("routes", mapping("a route")),
        "rules": listing("routing rules", mapping("a rule")),
        "dns": mapping("DNS servers and search domains"),
        "probes": listing("what must be reachable after a change of the network", mapping("a probe")),
        "class": Field("text", "node class, a key of hci_nic_classes; cluster networks choose their nodes by it"),
        "confirm": mapping("how the node is reached after a change of its network, as the module node_nic takes it"),
        "rollback": mapping("how the node undoes what was not confirmed, as the module node_nic takes it"),
        "rke2_config": mapping("more keys of RKE2's configuration, this node"),
        "labels": mapping("Kubernetes labels"),
        "taints": listing("Kubernetes taints", Field("taint", "a taint")),
        "vm_host": Field("bool", "false: carries containers only, no VMs", default=True),
    },
)

BOOT_NETWORK = mapping(
    "the network that machines boot from",
    {
        "mode": Field("text", "who gives addresses", default="dhcp", choices=("dhcp", "proxy", "off")),
        "interface": Field("text", "interface of the boot server in it"),
        "subnet": Field("text", "the network with its prefix length"),
        "router": Field("address", "default gateway told to the machines"),
        "dns": listing("name servers told to the machines", Field("address", "a name server")),
        "ipv6_prefix": Field("text", "prefix the boot server advertises; iPXE waits long where nobody does"),
    },
)

IMPORT = mapping(
    "one import",
    {
        "name": Field("text", "name of the import, and of the VM unless target.name says otherwise", required=True),
        "source": mapping("where the VM comes from", required=True),
        "target": mapping("where the VM goes: namespace, name, labels", required=True),
        "mapping": mapping_field("what becomes of networks and disks"),
        "overrides": mapping("what shall differ from the source"),
        "verify": mapping("how the guest proves that it lives"),
        "upload": mapping("the way to CDI's upload endpoint"),
        "services": listing("guest ports that every node answers on: port, node_port", mapping("a port")),
        "probe": mapping("how the VM is watched while it moves"),
        "run_strategy": Field("text", "run strategy of the imported VM", default="Always"),
        "engine": Field("text", "what moves it", default="stream", choices=("stream", "cdi", "forklift", "harvester")),
        "engine_options": mapping("what the other engines need to know"),
        "state": Field(
            "text",
            "present or absent; for a VM that runs at its source also precopied, cutover or rolled_back",
            default="present",
            choices=("present", "precopied", "cutover", "rolled_back", "absent"),
        ),
        "method": Field("text", "how a VM that runs is moved", default="auto", choices=("auto", "cold", "warm")),
        "shutdown": mapping("how the source is stopped: graceful_timeout, then"),
        "cutover_not_before": Field("moment", "time before which nothing is stopped"),
        "cutover_not_after": Field("moment", "time by which the cut-over has ended"),
        "compare": Field("text", "what the last copy reads", default="changed", choices=("changed", "all")),
        "max_downtime": Field("count", "seconds the VM may be down, 0 for no limit", default=0),
        "sink": Field("text", "how files get into volumes", default="cdi_upload", choices=("cdi_upload", "receiver")),
        "receiver": mapping("image of the pod that writes the volumes, and the way to it"),
    },
)

MIGRATION = mapping(
    "one migration",
    {
        "name": Field("text", "name of the VM", required=True),
        "namespace": Field("label", "its namespace"),
        "node": Field("text", "node it moves to; by default the cluster chooses"),
        "probe": Field("any", "how it is watched while it moves"),
    },
)

SHARED: Mapping[str, Field] = {
    "hci_cluster": CLUSTER,
    "hci_boot_network": BOOT_NETWORK,
    "hci_stack": mapping("what is installed on the cluster, with its knobs"),
    "hci_networks": Field("any", "networks for VMs"),
    "hci_imports": listing("VMs to import", IMPORT),
    "hci_import_receiver": mapping("for all imports: image of the pod that writes volumes, and the way to it"),
    "hci_estate": ESTATE,
    "hci_migrations": listing("VMs to move; by default those of hci_imports", MIGRATION),
    "hci_artifacts_lock": Field("text", "lock file with every pinned artifact"),
    "hci_artifacts_cache": Field("path", "folder for artifacts on boot host and controller"),
    "hci_kubeconfig": Field("text", "where the kubeconfig lies on the controller"),
    "hci_known_hosts": Field("text", "file with the SSH host keys of all nodes, on the controller"),
}

# Variables of a host or of its groups: they may differ from node to node.
OWN: Mapping[str, Field] = {
    "hci_node": NODE,
    "hci_nic_classes": mapping("networks of node classes, the weakest layer: class -> interfaces, routes, rules, dns"),
    "hci_nic_group": mapping("network of a group, between class and node: interfaces, routes, rules, dns"),
    "hci_allow_disruption": Field(
        "text",
        "most disruptive class of network change that is done",
        default="bounce",
        choices=("live", "bounce", "rebuild"),
    ),
}

VARIABLES: Mapping[str, Field] = {**OWN, **SHARED}
