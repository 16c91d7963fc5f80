# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the kernel should say: of a State, or of an earlier reading that is to be put back.

A value of None in a Target means: not ours to say. This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import hardware
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.kernel import DEFAULT_METRIC, Kernel, Link
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import Interface, Route, Rule, State

FREE = ""  # a master of "" means: enslaved to nobody


@dataclass(frozen=True)
class Device:
    """One wanted device. vlans and addresses are what must be there; what else may be there, Owned decides."""

    name: str
    kind: str = ""
    mtu: int | None = None
    mac: str | None = None
    up: bool | None = None
    master: str | None = None
    parent: str | None = None
    options: Mapping[str, object] = field(default_factory=dict)
    vlans: Mapping[int, str] | None = None
    addresses: frozenset[str] | None = None
    ports: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Target:
    """Wanted devices by name (in an order that can be built), devices that must be gone, routes, rules."""

    devices: Mapping[str, Device] = field(default_factory=dict)
    absent: tuple[str, ...] = ()
    routes: frozenset[Route] = frozenset()
    rules: frozenset[Rule] = frozenset()


@dataclass(frozen=True)
class Owned:
    """What may be removed when it is not wanted: everything that was ours before."""

    addresses: Mapping[str, frozenset[str]] = field(default_factory=dict)
    vlans: Mapping[str, frozenset[int]] = field(default_factory=dict)
    routes: frozenset[Route] = frozenset()
    rules: frozenset[Rule] = frozenset()


def wanted(state: State, previous: State | None = None) -> Target:
    """The Target of a resolved State; devices of the previous State that are no longer declared are to go."""
    masters = state.controller_of
    devices = {item.name: _device(item, state) for item in in_order(state.interfaces)}
    before = previous or State()
    gone = [item for item in before.interfaces if item.name not in devices]
    # A NIC cannot be deleted: it is only set free.
    freed = [item for item in gone if item.type == "ethernet" and item.name not in masters]
    devices.update({item.name: Device(item.name, master=FREE) for item in freed if item.name in before.controller_of})
    absent = tuple(item.name for item in in_order(gone) if item.type != "ethernet")[::-1]
    routes = frozenset(replace(route, metric=metric_of(route)) for route in state.routes)
    return Target(devices, absent, routes, frozenset(state.rules))


def metric_of(route: Route) -> int:
    """The metric the kernel will show."""
    return DEFAULT_METRIC[route.family] if not route.metric else route.metric


def _device(item: Interface, state: State) -> Device:
    port = state.ports.get(item.name)
    owner = state.controller_of.get(item.name)
    vlans = None
    if owner and owner.type == "bridge" and port and owner.vlan_aware and (port.vlans is not None or port.pvid):
        vlans = {**dict.fromkeys(port.vlans or (), ""), **({port.pvid: "PU"} if port.pvid else {})}
    elif item.vlan_aware and item.self_vlans is not None:
        vlans = dict.fromkeys(item.self_vlans, "")
    names = {
        "bond": item.bond,
        "bridge": _without_idle(item.bridge),
        "vlan": {"id": item.id, "protocol": item.protocol},
    }
    return Device(
        name=item.name,
        kind="" if item.type == "ethernet" else item.type,
        mtu=item.mtu,
        mac=item.mac,
        up=item.up,
        master=owner.name if owner else FREE,
        parent=item.parent,
        options={**names.get(item.type, {}), **hardware.kernel_options(item)},
        vlans=vlans,
        addresses=frozenset(item.addresses),
        ports=tuple(one.name for one in item.ports) if item.type in ("bond", "bridge") else None,
    )


def _without_idle(bridge: Mapping[str, object]) -> dict[str, object]:
    """A bridge's options without the timers of a spanning tree that is off: they do nothing, and backends skip them."""
    idle = ("forward_delay", "hello_time", "max_age") if bridge.get("stp") is False else ()
    return {name: value for name, value in bridge.items() if name not in idle}


def in_order(interfaces: Iterable[Interface]) -> list[Interface]:
    """Interfaces so that ports and parents come before what stands on them; the given order otherwise."""
    items = {item.name: item for item in interfaces}
    done: dict[str, Interface] = {}

    def visit(item: Interface, trail: tuple[str, ...]) -> None:
        for name in (*(port.name for port in item.ports), item.parent):
            if name in items and name not in done and name not in trail:
                visit(items[str(name)], (*trail, str(name)))
        done.setdefault(item.name, item)

    for item in items.values():
        visit(item, (item.name,))
    return list(done.values())


def owned(previous: State | None, kernel: Kernel, state: State) -> Owned:
    """What of the kernel's state is ours by the last committed State.

    A link never managed before is adopted: its other subnet addresses go (an address left beside the new one, or on a
    NIC that became a port, is the classic trap), but single-host addresses stay: they are somebody's virtual address.
    """
    before = previous or State()
    known = before.by_name
    addresses = {name: frozenset(item.addresses) for name, item in known.items()}
    vlans = {
        name: (port.vlans or frozenset()) | ({port.pvid} if port.pvid else set()) for name, port in before.ports.items()
    }
    vlans.update({item.name: item.self_vlans for item in before.interfaces if item.self_vlans})
    for item in state.interfaces:
        adopts = item.addresses or item.name in state.controller_of
        if item.name not in known and item.name in kernel.links and adopts:
            addresses[item.name] = frozenset(filter(is_subnet, kernel.links[item.name].addresses))
    routes = frozenset(replace(route, metric=metric_of(route)) for route in before.routes)
    adopted = {item.name for item in state.interfaces if item.name not in known}
    routes |= {
        route for route in kernel.routes if route.dev in adopted and route.to == "default" and _rivals(route, state)
    }
    return Owned(addresses, vlans, routes, frozenset(before.rules))


def is_subnet(address: str) -> bool:
    """False for the address of a single host, such as the API's virtual address."""
    return not address.endswith("/128" if ":" in address else "/32")


def _rivals(route: Route, state: State) -> bool:
    """A default route beside a declared one of the same family and table."""
    return any(one.to == "default" and (one.family, one.table) == (route.family, route.table) for one in state.routes)


def restore(snapshot: Kernel, touched: Iterable[str], rules: frozenset[Rule]) -> tuple[Target, Owned]:
    """The Target that puts the touched devices back as they were in the snapshot; all else on them is to go.

    rules: those that the undone change brought; of the node's other rules none is removed.
    """
    names = [name for name in touched if name != "lo"]
    links = _stacked(snapshot, names)
    absent = tuple(name for name in names if name not in snapshot.links)
    devices = {link.name: _as_device(link, snapshot) for link in links}
    routes = frozenset(route for route in snapshot.routes if route.dev in devices)
    return Target(devices, absent, routes, snapshot.rules), everything(names, rules)


class _All(frozenset):  # type: ignore[type-arg]
    """A set that holds everything."""

    def __contains__(self, item: object) -> bool:
        return True


def everything(names: Iterable[str], rules: frozenset[Rule]) -> Owned:
    """Owned that lets all on these devices be removed."""
    each = list(names)
    return Owned({name: _All() for name in each}, {name: _All() for name in each}, _All(), rules)


def _stacked(kernel: Kernel, names: list[str]) -> list[Link]:
    """The existing ones of these links, what carries others first."""
    levels = {name: 0 for name in names if name in kernel.links}
    for _round in levels:
        for name in levels:
            link = kernel.links[name]
            below = [kernel.links[one] for one in levels if kernel.links[one].master == name]
            low = [levels[one.name] for one in below] + ([levels[link.parent]] if link.parent in levels else [])
            levels[name] = max(low, default=-1) + 1
    return [kernel.links[name] for name in sorted(levels, key=lambda name: levels[name])]


def _as_device(link: Link, kernel: Kernel) -> Device:
    kind = link.kind if link.kind in ("bond", "bridge", "vlan") else ""
    ports = tuple(kernel.ports(link.name)) if kind in ("bond", "bridge") else None
    options = {
        name: value for name, value in link.options.items() if value not in (None, ()) and name != "ad_actor_system"
    }
    master = link.master or FREE
    # A bond gives its ports its own address; the ports' addresses come back by themselves.
    mac = link.mac if link.port.get("kind") != "bond" else None
    return Device(
        link.name,
        kind,
        link.mtu,
        mac,
        link.up,
        master,
        link.parent,
        options,
        dict(link.vlans) or None,
        link.addresses,
        ports,
    )
