# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is in the rack: groups, and what a node needs for what is asked of it.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import Finding
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.model import Inventory, part

# What the installer needs, and why it is asked for.
FOR_IMAGE = (
    (("bmc",), "the machine is switched on through it"),
    (("boot", "mac"), "only this NIC is given a boot file"),
    (("identity", "serial"), "it is compared before a disk is written"),
    (("root_device",), "it says which disk is written"),
    (("os", "image"), "it is written to the disk"),
)


def membership(inventory: Inventory) -> Iterator[Finding]:
    """Findings about groups."""
    servers, agents = inventory.members("hci_servers"), inventory.members("hci_agents")
    if not servers:
        yield Finding("group hci_servers", "has no host", "put the nodes that run the control plane into it")
    for host in servers:
        if host in agents:
            yield Finding(f"group hci_agents: {host}", "is in hci_servers, too", "take it out of one of the groups")
    for host in inventory.members("hci_nodes"):
        if host not in (*servers, *agents):
            yield Finding(
                f"group hci_nodes: {host}", "is neither server nor agent", "put it into hci_servers or hci_agents"
            )
    boot = inventory.members("hci_boot")
    if len(boot) > 1:
        yield Finding(
            "group hci_boot", f"has {len(boot)} hosts ({', '.join(boot)})", "leave one: a rack has one boot server"
        )
    for host in inventory.node_names():
        if inventory.hosts.get(host, {}).get("hci_node") is None:
            yield Finding(f"{host}.hci_node", "is missing", f"describe the node in host_vars/{host}.yml")


def requirements(inventory: Inventory) -> Iterator[Finding]:
    """A node that is to be installed says everything the installation needs."""
    wanted = [(host, node) for host, node in inventory.nodes() if node.get("provision") == "image"]
    if wanted and not inventory.members("hci_boot"):
        found = f"has no host, and {wanted[0][0]} is to be installed"
        yield Finding("group hci_boot", found, "name the host that serves boot files and images")
    for host, node in wanted:
        for keys, reason in FOR_IMAGE:
            if not part(node, *keys[:-1]).get(keys[-1]):
                place = f"{host}.hci_node.{'.'.join(keys)}"
                yield Finding(place, "is missing, and the node is to be installed", f"state it: {reason}")


def advice(inventory: Inventory) -> Iterator[str]:
    """What is allowed and seldom meant."""
    servers = inventory.members("hci_servers")
    if len(servers) > 1 and len(servers) % 2 == 0:
        fewer = len(servers) - 1
        yield f"group hci_servers: {len(servers)} servers bear no more failures than {fewer}; use an odd number"
    if len(servers) > 1 and part(inventory.cluster(), "api", "vip").get("type", "none") == "none":
        yield "hci_cluster.api.vip: none, so the API's address dies with its server; use kube_vip or external"
    hosts = [host for host, node in inventory.nodes() if node.get("vm_host", True)]
    if inventory.node_names() and len(hosts) < 2:
        yield f"hci_node.vm_host: {len(hosts)} node(s) may carry VMs; live migration needs two"
    yield from unchecked_bmcs(inventory)


def unchecked_bmcs(inventory: Inventory) -> Iterator[str]:
    for host, node in inventory.nodes():
        bmc: dict[str, Any] = part(node, "bmc")
        if bmc.get("verify_tls") is False:
            yield f"{host}.hci_node.bmc.verify_tls: off, so whoever sits between could read the BMC's password"
