# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules that need a look at the node. Same form as validate.py.

This module util is private to the collection.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.kernel import Kernel, Link
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import Interface, State
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.target import Device, Target
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.validate import Breach, place_of

DESTROY = (
    "busctl call org.freedesktop.NetworkManager /org/freedesktop/NetworkManager org.freedesktop.NetworkManager "
    "CheckpointDestroy o"
)
GUESTS = ("tun", "veth", "macvtap", "vnet")


@dataclass(frozen=True)
class Node:
    """What the live rules look at.

    claims: {other manager: its devices}. shadows: {file: name patterns} before ours. checkpoints: of NetworkManager.
    makers: {device that is to go: file of somebody else that makes it}.
    """

    state: State
    previous: State
    kernel: Kernel
    target: Target
    claims: Mapping[str, frozenset[str]] = field(default_factory=dict)
    shadows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    cannot: tuple[tuple[str, str], ...] = ()
    checkpoints: tuple[str, ...] = ()
    makers: Mapping[str, str] = field(default_factory=dict)

    def link(self, item: Interface) -> Link | None:
        """The interface's device, when there is one."""
        return self.kernel.links.get(item.name)


Told = Iterator["tuple[str, str, str]"]
RULES: dict[str, tuple[str, Callable[[Node], Told]]] = {}


def rule(name: str, level: str = "error") -> Callable[[Callable[[Node], Told]], Callable[[Node], Told]]:
    """Register a live rule under its id."""

    def register(function: Callable[[Node], Told]) -> Callable[[Node], Told]:
        RULES[name] = (level, function)
        return function

    return register


def validate(node: Node, level: str = "error") -> list[Breach]:
    """All findings of all live rules of a level: error or warning."""
    rules = [(name, function) for name, (of, function) in RULES.items() if of == level]
    return [Breach(*finding, rule=name) for name, function in rules for finding in function(node)]


@rule("live-enslaved")
def live_enslaved(node: Node) -> Told:
    """A NIC that belongs to somebody else."""
    ours = set(node.state.by_name) | set(node.previous.by_name)
    for item in node.state.interfaces:
        link = node.link(item)
        if link and link.master and link.master not in ours:
            yield (
                place_of(item),
                f"{link.name} is a port of {link.master}, which is not declared",
                "free it or declare its master",
            )


@rule("live-max-mtu")
def live_max_mtu(node: Node) -> Told:
    """An MTU above what the driver takes."""
    for item in node.state.interfaces:
        link = node.link(item)
        if item.type == "ethernet" and item.mtu and link and 0 < link.max_mtu < item.mtu:
            yield f"{place_of(item)}.mtu", f"{item.mtu}, and the driver of {link.name} takes {link.max_mtu}", "lower it"


@rule("live-vf-count")
def live_vf_count(node: Node) -> Told:
    """More virtual functions than the card has."""
    for item in node.state.interfaces:
        link = node.link(item)
        total = int(str(link.options.get("sriov.total", 0))) if link else 0
        if item.sriov and link and item.sriov.vfs > total:
            yield f"{place_of(item)}.sriov.vfs", f"{item.sriov.vfs}, and {link.name} has at most {total}", "lower it"


@rule("live-vf-used")
def live_vf_used(node: Node) -> Told:
    """Another number of virtual functions: the kernel takes all away first, also those in use."""
    for item in node.state.interfaces:
        link = node.link(item)
        used = link.options.get("sriov.used") if link else None
        if item.sriov and link and isinstance(used, tuple) and link.options.get("sriov.vfs") != item.sriov.vfs:
            yield (
                f"{place_of(item)}.sriov.vfs",
                f"{', '.join(used)} of {link.name} are in use",
                "stop what uses them first",
            )


@rule("live-name-taken")
def live_name_taken(node: Node) -> Told:
    """A device that would be made has the name of a real NIC."""
    for item in node.state.interfaces:
        link = node.link(item)
        if item.type != "ethernet" and link and link.kind not in ("bond", "bridge", "vlan"):
            kind = link.kind or "NIC"
            yield f"{place_of(item)}.name", f"a {kind} of this name is there", "choose another name"


@rule("live-guests")
def live_guests(node: Node) -> Told:
    """A bridge that goes away, or stops or starts filtering, under the guests on it."""
    for name in node.target.absent:
        guests = _guests(node, name)
        if guests:
            yield f"interfaces.{name}", f"is to go and carries {', '.join(guests)}", "move or stop what uses it first"
    for item in node.state.interfaces:
        link, guests = node.link(item), _guests(node, item.name)
        wanted = item.bridge.get("vlan_filtering")
        if link and guests and wanted is not None and link.options.get("vlan_filtering") != wanted:
            yield (
                f"{place_of(item)}.bridge.vlan_filtering",
                f"changes under {', '.join(guests)}",
                "stop what uses it first",
            )


def _guests(node: Node, bridge: str) -> list[str]:
    """Ports of the bridge that virtual machines and containers brought, not the declaration."""
    declared = {*node.state.by_name, *node.previous.by_name}
    ports = [name for name in node.kernel.ports(bridge) if name not in declared]
    return [name for name in ports if node.kernel.links[name].kind in GUESTS]


@rule("live-carried")
def live_carried(node: Node) -> Told:
    """A device that goes, or is made anew, under one that nobody declared: the kernel takes that away too."""
    anew = [one.name for one in node.target.devices.values() if _made_anew(one, node.kernel.links.get(one.name))]
    declared = {*node.target.devices, *node.target.absent}
    for name in (*node.target.absent, *anew):
        standing = [link.name for link in node.kernel.links.values() if link.lower == name]
        strangers = sorted(set(standing) - declared)
        if strangers:
            yield f"interfaces.{name}", f"goes away under {', '.join(strangers)}", "declare that, or remove it first"


def _made_anew(device: Device, link: Link | None) -> bool:
    """True when it can only become what is wanted by being deleted first."""
    if not link or not device.kind:
        return False
    other = device.kind == "vlan" and (link.parent != device.parent or dict(link.options) != dict(device.options))
    return link.kind != device.kind or other


@rule("live-maker")
def live_maker(node: Node) -> Told:
    """A device that is to go comes back with the next boot: a file that is not ours makes it."""
    for device, file in node.makers.items():
        yield f"interfaces.{device}", f"is to go, and {file} makes it again", "remove that file, or declare the device"


@rule("live-guest-vlans")
def live_guest_vlans(node: Node) -> Told:
    """A VLAN taken from an uplink while guests on the bridge are in it."""
    for item in node.state.interfaces:
        for port in item.ports if item.type == "bridge" else ():
            link = node.kernel.links.get(port.name)
            before = node.previous.ports.get(port.name)
            gone = (before.vlans or frozenset()) - (port.vlans or frozenset()) if before and link else frozenset()
            for guest in _guests(node, item.name):
                used = sorted(gone & set(node.kernel.links[guest].vlans))
                if used:
                    yield (
                        f"{place_of(item)}.ports.{port.name}.vlans",
                        f"{guest} still uses VLAN {used[0]}",
                        "stop it first",
                    )


@rule("live-manager")
def live_manager(node: Node) -> Told:
    """A second manager holds the same device."""
    for manager, devices in node.claims.items():
        for item in node.state.interfaces:
            if item.name in devices:
                yield (
                    place_of(item),
                    f"{manager} manages {item.name} too",
                    f"tell {manager} to leave it, or use it as backend",
                )


@rule("live-shadow")
def live_shadow(node: Node) -> Told:
    """A file that the daemon reads before ours and that takes the same device."""
    for file, patterns in node.shadows.items():
        for item in node.state.interfaces:
            if any(fnmatch.fnmatchcase(item.name, pattern) for pattern in patterns):
                yield place_of(item), f"{file} takes {item.name} before our file does", "remove that file"


@rule("live-checkpoint")
def live_checkpoint(node: Node) -> Told:
    """Somebody's checkpoint would take our change back when its time is over."""
    for path in node.checkpoints:
        yield (
            "NetworkManager",
            f"a checkpoint waits ({path}): whoever made it did not finish",
            f"finish it, or end it with {DESTROY} {path}",
        )


@rule("backend-cannot")
def backend_cannot(node: Node) -> Told:
    """What the backend has no word for would be gone after a reboot."""
    for place, what in node.cannot:
        yield place, what, "remove it or use another backend"


@rule("live-broadcast", "warning")
def live_broadcast(node: Node) -> Told:
    """systemd-networkd 252, started anew over such an address, gives its link up."""
    for item in node.state.interfaces:
        link = node.link(item)
        for address in sorted(link.bare.intersection(item.addresses)) if link else ():
            yield (
                f"{place_of(item)}.ipv4.addresses",
                f"{address} is there without its broadcast address; systemd-networkd 252 fails when started over it",
                "boot the node before networkd is updated or started anew",
            )
