# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the nodes of a class can carry the VM networks that are declared for it.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import InputErrors
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import merge
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import Interface, State
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.parse import parse
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.validate import Breach

Told = Iterator["tuple[str, str, str]"]


@dataclass(frozen=True)
class Carrier:
    """One cluster network on one host of its classes. networks: the VM networks of it. bridge: None when missing."""

    host: str
    name: str
    cluster: Mapping[str, Any]
    networks: tuple[Mapping[str, Any], ...]
    state: State

    @property
    def bridge(self) -> Interface | None:
        """The bridge as the host declares it."""
        return self.state.interface(str(self.cluster["bridge"]))


RULES: dict[str, Callable[[Carrier], Told]] = {}


def rule(name: str) -> Callable[[Callable[[Carrier], Told]], Callable[[Carrier], Told]]:
    """Register a rule under its id."""

    def register(function: Callable[[Carrier], Told]) -> Callable[[Carrier], Told]:
        RULES[name] = function
        return function

    return register


def findings(networks: Mapping[str, Any], hosts: Mapping[str, tuple[str, Mapping[str, Any]]]) -> list[Breach]:
    """hosts: {name: (class, declaration)}. Cluster networks without classes are for whoever has the bridge."""
    found = []
    for host, (node_class, desired) in hosts.items():
        try:
            state = parse(merge.with_uplinks(desired, networks, node_class))
        except InputErrors:
            continue  # told with the host's own findings
        for name, cluster in (networks.get("cluster_networks") or {}).items():
            if node_class in (cluster.get("classes") or ()):
                members = [one for one in networks.get("vm_networks") or [] if one.get("cluster_network") == name]
                carrier = Carrier(host, name, cluster, tuple(members), state)
                found += [Breach(*told, rule=key) for key, function in RULES.items() for told in function(carrier)]
    return found


@rule("nad-bridge")
def nad_bridge(carrier: Carrier) -> Told:
    """A node of the class without the bridge: pods would wait there for ever."""
    if not carrier.bridge:
        bridge = carrier.cluster["bridge"]
        yield f"{carrier.host}.interfaces", f"lacks the bridge {bridge} of cluster network {carrier.name}", "declare it"


@rule("nad-vlan")
def nad_vlan(carrier: Carrier) -> Told:
    """A VLAN of a VM network that the uplink does not carry."""
    bridge = carrier.bridge
    if bridge:
        port = next((one for one in bridge.ports if one.name == carrier.cluster.get("uplink")), None)
        wanted = {vid for one in carrier.networks for vid in merge.vids_of(one)}
        missing = sorted(wanted - ((port.vlans if port else None) or frozenset()))
        if missing:
            place = f"{carrier.host}.interfaces.{bridge.name}"
            way_out = f"make {carrier.cluster.get('uplink')} its port and set vlan_filtering: true"
            yield place, f"does not carry VLAN {missing[0]} of cluster network {carrier.name}", way_out


@rule("nad-mtu")
def nad_mtu(carrier: Carrier) -> Told:
    """A VM network with larger packets than the bridge takes."""
    for one in carrier.networks if carrier.bridge else ():
        limit = carrier.bridge.mtu or 1500 if carrier.bridge else 0
        if int(one.get("mtu") or 0) > limit:
            place = f"{carrier.host}.interfaces.{carrier.cluster['bridge']}.mtu"
            yield (
                place,
                f"{limit}, and VM network {one['name']} has {one['mtu']}",
                "raise it or lower that of the network",
            )
