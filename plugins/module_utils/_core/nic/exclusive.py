# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scope `exclusive`: what nobody declared goes too, unless somebody lives on it.

Never taken away: the way to the node, what a container network or a hypervisor made, bridges with guests on them, the
VLANs of those guests, and addresses of single hosts. This module util is private to the collection.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Collection
from dataclasses import replace

from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import vids
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.kernel import Kernel, Link
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import State
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.target import Owned, Target, is_subnet

GUESTS = ("tun", "veth", "macvtap", "vnet")
# Made and taken away by container networks and hypervisors.
FOREIGN = (
    "cni*", "flannel*", "cali*", "vxlan.calico", "cilium*", "lxc*", "kube-*", "nodelocaldns", "docker*", "podman*",
    "virbr*", "k6t-*", "ovs*", "br-int",
)  # fmt: skip
# What stands on others goes before them.
ORDER = {"vlan": 0, "bridge": 1, "bond": 2}


def surplus(kernel: Kernel, state: State, management: Collection[str]) -> tuple[str, ...]:
    """Bonds, bridges and VLANs that are to go, in an order in which they can."""
    lived_in = {name for name in kernel.links if _is_foreign(name) or guests(kernel, name)}
    kept = {*state.by_name, *management, *lived_in}
    while True:
        more = {name for name in kernel.links if name not in kept and _carries(kernel, name, kept)}
        if not more:
            break
        kept |= more
    gone = [link for link in kernel.links.values() if link.kind in ORDER and link.name not in kept]
    return tuple(link.name for link in sorted(gone, key=lambda link: ORDER[link.kind]))


def _carries(kernel: Kernel, lower: str, uppers: Collection[str]) -> bool:
    """True when one of these devices stands on the lower one."""
    standing = [name for name in uppers if name in kernel.links and kernel.links[name].parent == lower]
    return bool(standing) or kernel.links[lower].master in uppers


def guests(kernel: Kernel, bridge: str) -> list[str]:
    """Ports that virtual machines and containers brought."""
    return [name for name in kernel.ports(bridge) if kernel.links[name].kind in GUESTS]


def _is_foreign(name: str) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in FOREIGN)


def extend(
    target: Target, ours: Owned, kernel: Kernel, state: State, management: Collection[str]
) -> tuple[Target, Owned]:
    """Target and Owned of the declaration, with all that nobody declared."""
    gone = [name for name in surplus(kernel, state, management) if name not in target.absent]
    addresses, vlans = dict(ours.addresses), dict(ours.vlans)
    for name in target.devices:
        link = kernel.links.get(name)
        if link:
            addresses[name] = frozenset(filter(is_subnet, link.addresses))
            vlans[name] = frozenset(link.vlans) - _lived_in(kernel, link)
    routes = ours.routes | {route for route in kernel.routes if route.dev in target.devices}
    return replace(target, absent=(*gone, *target.absent)), Owned(addresses, vlans, routes, ours.rules)


def _lived_in(kernel: Kernel, link: Link) -> frozenset[int]:
    """VLANs that guests on the link's bridge are in."""
    bridge = link.name if link.kind == "bridge" else link.master or ""
    return frozenset(vid for name in guests(kernel, bridge) for vid in kernel.links[name].vlans if vid <= vids.LAST)
