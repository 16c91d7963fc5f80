# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desired network of one node: what an operator wrote, checked and typed.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

TYPES = ("ethernet", "bond", "vlan", "bridge")
BACKENDS = ("networkd", "networkmanager", "netplan", "wicked", "ifcfg", "kernel")


@dataclass(frozen=True)
class Match:
    """How a NIC is recognised. All stated properties must hold. min_speed in Mbit/s; mac is the permanent one."""

    mac: str | None = None
    pci: str | None = None
    path: str | None = None
    driver: str | None = None
    device: str | None = None  # PCI vendor:device, e.g. 15b3:101d
    min_speed: int | None = None
    port: int | None = None
    lldp_system: str | None = None
    lldp_port: str | None = None


@dataclass(frozen=True)
class Port:
    """A member of a bond or bridge. vlans: tagged VIDs it carries; None: this side says nothing about VLANs."""

    name: str
    vlans: frozenset[int] | None = None
    pvid: int | None = None


@dataclass(frozen=True)
class Ip:
    """Addresses of one family. method: none, static, dhcp; for IPv6 also slaac and link-local."""

    method: str = "none"
    addresses: tuple[str, ...] = ()
    metric: int | None = None


@dataclass(frozen=True)
class Sriov:
    """Virtual functions. defaults and per: trust, spoofchk (bool), mac, vlan, max_tx_rate (Mbit/s)."""

    vfs: int
    defaults: Mapping[str, object] = field(default_factory=dict)
    per: Mapping[int, Mapping[str, object]] = field(default_factory=dict)


@dataclass(frozen=True)
class Interface:
    """One declared interface. Maps hold only what was stated: what is not stated is left as it is."""

    name: str
    type: str
    match: Match | None = None
    expect: int = 1
    rename: bool = False
    up: bool = True
    mtu: int | None = None
    mac: str | None = None
    ports: tuple[Port, ...] = ()
    bond: Mapping[str, object] = field(default_factory=dict)
    bridge: Mapping[str, object] = field(default_factory=dict)
    self_vlans: frozenset[int] | None = None
    parent: str | None = None
    id: int | None = None
    protocol: str = "802.1q"
    ipv4: Ip | None = None
    ipv6: Ip | None = None
    ethtool: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    sriov: Sriov | None = None
    label: str | None = None  # the operator's name when the device has another

    @property
    def stem(self) -> str:
        """What the interface's files are named after: the same before and after the device is known."""
        return self.label or self.name

    @property
    def addresses(self) -> tuple[str, ...]:
        """All static addresses with prefix, IPv4 first."""
        return (self.ipv4.addresses if self.ipv4 else ()) + (self.ipv6.addresses if self.ipv6 else ())

    @property
    def vlan_aware(self) -> bool:
        """True for a bridge that filters by VLAN."""
        return self.type == "bridge" and bool(self.bridge.get("vlan_filtering"))


@dataclass(frozen=True)
class Route:
    """One static route. to: prefix or `default`; table: number or main."""

    to: str
    dev: str
    via: str | None = None
    metric: int | None = None
    table: int = 254
    family: int = 4
    onlink: bool = False


@dataclass(frozen=True)
class Rule:
    """One routing policy rule."""

    table: int
    priority: int
    source: str | None = None
    to: str | None = None
    iif: str | None = None
    fwmark: str | None = None
    family: int = 4


@dataclass(frozen=True)
class Dns:
    """Resolvers. dev: only for this link; None: for the node."""

    servers: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    dev: str | None = None


@dataclass(frozen=True)
class Probe:
    """One live check. kind: carrier, lacp, pmtu, gateway, duplicate, tcp."""

    kind: str
    targets: tuple[str, ...]
    size: int | None = None
    dev: str | None = None
    min_ports: int | None = None
    source: str = "node"


@dataclass(frozen=True)
class State:
    """Everything that is wanted of one node's network."""

    interfaces: tuple[Interface, ...] = ()
    routes: tuple[Route, ...] = ()
    rules: tuple[Rule, ...] = ()
    dns: Dns = Dns()
    probes: tuple[Probe, ...] = ()

    def interface(self, name: str) -> Interface | None:
        """The interface of this name, or None."""
        return self.by_name.get(name)

    @property
    def by_name(self) -> Mapping[str, Interface]:
        """Interfaces by name; of two with one name the last."""
        return {item.name: item for item in self.interfaces}

    @property
    def controller_of(self) -> Mapping[str, Interface]:
        """The bond or bridge that owns each port."""
        return {port.name: owner for owner in self.interfaces for port in owner.ports}

    @property
    def ports(self) -> Mapping[str, Port]:
        """What is declared about each port, by the port's name."""
        return {port.name: port for owner in self.interfaces for port in owner.ports}

    @property
    def dns_device(self) -> str | None:
        """The link of the node's resolvers: stated, else that of the default route, else the first with addresses."""
        candidates = [self.dns.dev, *(route.dev for route in self.routes if route.to == "default")]
        candidates += [item.name for item in self.interfaces if item.addresses]
        return next((name for name in candidates if name), None)
