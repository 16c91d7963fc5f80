from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.hints import MATCHERS
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.check import check
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.schema import ROOT_DEVICE
from tests.unit.plugins.module_utils._core.inventory.rack import GONE, broken, findings, node

N1, N2 = "hosts.n1.hci_node", "hosts.n2.hci_node"
API = "shared.hci_cluster.api"


def test_a_sound_rack_has_no_findings_and_no_warnings() -> None:
    verdict = check(broken({}))
    assert (verdict.findings, verdict.warnings) == ((), ())


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        # shape
        ({"shared.hci_clustr": {}}, "hci_clustr: unknown variable 'hci_clustr'; did you mean 'hci_cluster'?"),
        ({f"{N1}.adress": "x"}, "n1.hci_node.adress: unknown key 'adress'; did you mean 'address'?"),
        ({f"{N1}.bmc.pasword": "x"}, "n1.hci_node.bmc.pasword: unknown key 'pasword'; did you mean 'password'?"),
        ({f"{N1}.address": GONE}, "n1.hci_node.address: is missing; give management address of the node"),
        ({f"{N1}.vm_host": "yes"}, "n1.hci_node.vm_host: must be true or false, found 'yes'; correct the value"),
        (
            {f"{API}.port": True},
            "hci_cluster.api.port: must be a port number from 1 to 65535, found true; correct the value",
        ),
        (
            {f"{N1}.boot.mode": "efi"},
            "n1.hci_node.boot.mode: 'efi' is not known; use one of keep, uefi, bios",
        ),
        (
            {f"{N1}.taints": ["bad"]},
            "n1.hci_node.taints[0]: must be a taint such as key=value:NoSchedule, found 'bad'; correct the value",
        ),
        ({"shared.hci_cluster": GONE}, "hci_cluster: is missing; describe the cluster in group_vars/all"),
        # groups
        (
            {"groups.hci_servers": [], "groups.hci_nodes": ["n4"]},
            "group hci_servers: has no host; put the nodes that run",
        ),
        ({"groups.hci_agents": ["n4", "n1"]}, "group hci_agents: n1: is in hci_servers, too; take it out of one of"),
        (
            {"groups.hci_nodes": ["n1", "n9"]},
            "group hci_nodes: n9: is neither server nor agent; put it into hci_servers",
        ),
        ({"groups.hci_boot": ["a", "b"]}, "group hci_boot: has 2 hosts (a, b); leave one: a rack has one boot server"),
        ({"groups.hci_boot": []}, "group hci_boot: has no host, and n1 is to be installed; name the host that serves"),
        ({"hosts.n1.hci_node": GONE}, "n1.hci_node: is missing; describe the node in host_vars/n1.yml"),
        # what an installation needs
        ({f"{N1}.bmc": GONE}, "n1.hci_node.bmc: is missing, and the node is to be installed; state it: the machine is"),
        ({f"{N1}.identity": {}}, "n1.hci_node.identity.serial: is missing, and the node is to be installed; state it:"),
        # twice
        (
            {f"{N2}.boot.mac": "52-54-00-00-00-11"},
            "n2.hci_node.boot.mac: MAC address 52:54:00:00:00:11 is also that of n1.hci_node.boot.mac",
        ),
        ({f"{N2}.identity.serial": "SRV11"}, "n2.hci_node.identity.serial: serial number SRV11 is also that of n1."),
        (
            {f"{N2}.bmc.address": "10.20.1.11"},
            "n2.hci_node.bmc.address: BMC 10.20.1.11 is also that of n1.hci_node.bmc",
        ),
        (
            {f"{N2}.root_device.serial": "DISK11"},
            "n2.hci_node.root_device.serial: disk serial number DISK11 is also that",
        ),
        (
            {f"{N2}.nics.1.ipv4.addresses": ["10.20.0.12/24", "10.20.0.11/24"]},
            "n2.hci_node.nics[1].ipv4.addresses: address 10.20.0.11 is also that of n1.hci_node.address; give each",
        ),
        (
            {"shared.hci_imports": [{"name": "a", "source": {}, "target": {"namespace": "x"}}] * 2},
            "hci_imports[1].name: VM x/a is also that of hci_imports[0].name; give each its own VM",
        ),
        # places
        (
            {f"{API}.address": "10.20.0.12"},
            "hci_cluster.api.address: 10.20.0.12 is also n2.hci_node.address; choose an",
        ),
        (
            {f"{API}.address": "10.20.1.11"},
            "hci_cluster.api.address: 10.20.1.11 is also n1.hci_node.bmc.address; choose",
        ),
        (
            {f"{API}.address": "10.42.7.1"},
            "hci_cluster.api.address: 10.42.7.1 lies in hci_cluster.cluster_cidr 10.42.0.0",
        ),
        (
            {f"{API}.address": "10.99.0.1"},
            "hci_cluster.api.address: 10.99.0.1 lies in none of the networks of n1 (10.20",
        ),
        (
            {f"{API}.address": "api.rack1"},
            "hci_cluster.api.address: 'api.rack1' is no IP address; give the address that",
        ),
        ({f"{API}.vip.interface": GONE}, "hci_cluster.api.vip.interface: is missing; name the servers' interface"),
        ({f"{API}.join_port": 6443}, "hci_cluster.api.join_port: equals port 6443; use two ports"),
        (
            {"shared.hci_networks.vm_networks": [{"range": {"start": "10.20.0.5", "end": "10.20.0.10"}}]},
            "hci_cluster.api.address: 10.20.0.10 lies in the pool hci_networks.vm_networks[0] (10.20.0.5 to 10",
        ),
        (
            {"shared.hci_cluster.service_cidr": "10.42.8.0/24"},
            "hci_cluster.service_cidr: 10.42.8.0/24 overlaps cluster",
        ),
        ({"shared.hci_cluster.cluster_cidr": "10.20.0.0/16"}, "n1.hci_node.address: 10.20.0.11 lies in hci_cluster.cl"),
        ({"shared.hci_cluster.cluster_dns": "10.44.0.1"}, "hci_cluster.cluster_dns: 10.44.0.1 lies outside of service"),
        (
            {"shared.hci_cluster.cluster_dns": "10.43.0.1"},
            "hci_cluster.cluster_dns: 10.43.0.1 is the API's own service",
        ),
        (
            {f"{N1}.address": "10.20.0.99"},
            "n1.hci_node.address: 10.20.0.99 is not an address of the node's interfaces;",
        ),
        (
            {f"{N1}.routes": [{"via": "10.9.0.1"}]},
            "n1.hci_node.routes[0].via: 10.9.0.1 lies in none of the node's netw",
        ),
        # what moves here
        (
            {"shared.hci_imports": [{"mapping": {"networks": [{"source": "a", "target": "x/b", "bindin": "sriov"}]}}]},
            "hci_imports[0].mapping.networks[0].bindin: unknown key 'bindin'; did you mean 'binding'?",
        ),
        (
            {"shared.hci_imports": [{"mapping": {"networks": [{"source": "a", "target": "pod", "binding": "tap"}]}}]},
            "hci_imports[0].mapping.networks[0].binding: 'tap' is for network attachments, and the target is pod;",
        ),
        (
            {"shared.hci_estate": {"mapping": {"networks": [{"source": "a", "target": "lan"}]}}},
            "hci_estate.mapping.networks[0].target: 'lan' is no target; write namespace/name of a network attachment",
        ),
        (
            {"shared.hci_estate": {"machines": [{"mapping": {"networks": [{"source": "a", "target": "lan"}]}}]}},
            "hci_estate.machines[0].mapping.networks[0].target: 'lan' is no target; write namespace/name of a network",
        ),
        (
            {"shared.hci_estate": {"machines": [{"mapping": {"storage": [{"volume_mode": "block"}]}}]}},
            "hci_estate.machines[0].mapping.storage[0].volume_mode: 'block' is not known; use one of Block, Filesystem",
        ),
        # interfaces
        ({f"{N1}.nics.1.mtu": 9000}, "n1.hci_node.nics.br-mgmt.mtu: 9000 over the 1500 of mgmt0; set mtu on mgmt0"),
        ({f"{N1}.nics.1.mtu": 9000}, "subnet 10.20.0.0/24: has different MTUs: 1500 on n2, n3, n4; 9000 on n1"),
        ({f"{N1}.nics.1.mtuu": 9000}, "n1.hci_node.nics[1].mtuu: "),
        ({f"{N1}.nics.0.name": "an-interface-name"}, "n1.hci_node.nics.an-interface-name.name: 17 bytes; shorten it"),
        ({f"{N1}.nics.0.name": "br-mgmt"}, "n1.hci_node.nics.br-mgmt: is declared 2 times; give each its own name"),
        (
            {"shared.hci_networks.vm_networks": [{"name": "a", "cluster_network": "vm", "vlan": 7}]},
            "hci_networks.vm_networks[0] (a).cluster_network: 'vm' is not declared; known are",
        ),
    ],
)
def test_each_contradiction_is_told_with_place_finding_and_way_out(changes: dict[str, Any], told: str) -> None:
    assert [text for text in findings(changes) if text.startswith(told)], findings(changes)


def test_all_contradictions_come_at_once() -> None:
    changes = {f"{N2}.boot.mac": "52:54:00:00:00:11", f"{API}.address": "10.20.0.11", f"{N1}.vm_hosts": True}
    assert len(findings(changes)) == 3


def test_nodes_of_one_chassis_may_share_a_bmc_by_its_systems() -> None:
    assert findings({f"{N1}.bmc.system_id": "1", f"{N2}.bmc.system_id": "2", f"{N2}.bmc.address": "10.20.1.11"}) == []


def test_no_value_of_a_mapping_is_printed_where_something_else_belongs() -> None:
    assert findings({f"{N1}.bmc.address": {"password": "hunter2"}})[0] == (
        "n1.hci_node.bmc.address: must be an IP address or a DNS name, found a mapping; correct the value"
    )


@pytest.mark.parametrize("value", [None, 7, "text", [], {}, [None], [7], {"nics": 7}, {"nics": [7], "bmc": 7}])
@pytest.mark.parametrize("place", ["hosts.n1.hci_node", "shared.hci_cluster", "shared.hci_imports", f"{N1}.nics", API])
def test_nonsense_is_told_and_never_crashes(place: str, value: Any) -> None:
    verdict = check(broken({place: value}))
    assert all(finding.way_out for finding in verdict.findings)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"groups.hci_servers": ["n1", "n2"]}, "group hci_servers: 2 servers bear no more failures than 1; use an odd"),
        ({f"{API}.vip": {"type": "none"}}, "hci_cluster.api.vip: none, so the API's address dies with its server"),
        ({f"{N1}.bmc.verify_tls": False}, "n1.hci_node.bmc.verify_tls: off, so whoever sits between"),
        ({f"hosts.n{n}.hci_node.vm_host": False for n in (1, 2, 3)}, "hci_node.vm_host: 1 node(s) may carry VMs;"),
    ],
)
def test_what_is_seldom_meant_is_a_warning(changes: dict[str, Any], told: str) -> None:
    assert any(warning.startswith(told) for warning in check(broken(changes)).warnings)


def test_an_existing_node_needs_only_its_address() -> None:
    bare = {"provision": "existing", "address": node(11)["address"]}
    assert findings({N1: bare}) == []


def test_the_hints_for_a_disk_are_those_the_installer_knows() -> None:
    assert set(ROOT_DEVICE.fields or ()) == set(MATCHERS)
