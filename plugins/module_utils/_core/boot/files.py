# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files a node is given at its installation: name, first network, who may log in, who it is.

This module util is private to the collection.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.archive import as_file
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.ticket import normal_mac

# Sorts after node_nic's files, which take over the interface as soon as they exist.
NETWORK_FILE = "/etc/systemd/network/90-ironacre-install.network"
HOST_KEY = "/etc/ssh/ssh_host_ed25519_key"


def node_files(
    host: str, node: Mapping[str, Any], network: Mapping[str, Any], host_key: str, public_key: str
) -> list[dict[str, str]]:
    """network: of the boot server, for the prefix length, router and name servers of the first boot."""
    name = host.split(".")[0]
    keys = (node.get("os") or {}).get("ssh_authorized_keys") or []
    return [
        as_file("/etc/hostname", "0644", f"{name}\n"),
        as_file("/etc/hosts", "0644", f"127.0.0.1 localhost\n::1 localhost\n{node['address']} {name}\n"),
        as_file(NETWORK_FILE, "0644", first_network(node, network)),
        as_file("/root/.ssh/authorized_keys", "0600", "".join(f"{key.strip()}\n" for key in keys)),
        as_file(HOST_KEY, "0600", host_key.rstrip("\n") + "\n"),
        as_file(f"{HOST_KEY}.pub", "0644", public_key.rstrip("\n") + "\n"),
    ]


def first_network(node: Mapping[str, Any], network: Mapping[str, Any]) -> str:
    """The management address on the NIC that booted, as systemd-networkd reads it.

    Matched by the permanent MAC address: a bridge or bond later carries the same address, but not as its own.
    """
    prefix = ipaddress.ip_network(network["subnet"]).prefixlen
    lines = [
        "[Match]",
        f"PermanentMACAddress={normal_mac(node['boot']['mac'])}",
        "",
        "[Network]",
        f"Address={node['address']}/{prefix}",
        "IPv6AcceptRA=no",
    ]
    if network.get("router"):
        lines.append(f"Gateway={network['router']}")
    lines += [f"DNS={server}" for server in network.get("dns") or []]
    return "\n".join([*lines, ""])
