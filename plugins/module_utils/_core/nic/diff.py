# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The differences between what the kernel says and what it should say. None left means: as declared.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import vids
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.kernel import Kernel, Link
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import Route, Rule
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.target import FREE, Device, Owned, Target


@dataclass(frozen=True)
class Difference:
    """One thing that is not as wanted.

    about: exists, kind, parent, mtu, mac, up, master, option.<name>, vlans, addresses, route, rule.
    """

    device: str
    about: str
    have: object
    want: object


def differences(kernel: Kernel, target: Target, owned: Owned) -> list[Difference]:
    """All differences, devices in the target's order."""
    found = [Difference(name, "exists", True, False) for name in target.absent if name in kernel.links]
    for device in target.devices.values():
        link = kernel.links.get(device.name)
        found.extend(_of_device(link, device, kernel, owned) if link else _missing(device))
    found.extend(_of_routes(kernel, target, owned))
    rules = {rule for rule in kernel.rules if rule in owned.rules and rule.priority not in (0, 32766, 32767)}
    found.extend(Difference("", "rule", rule, None) for rule in sorted(rules - target.rules, key=str))
    found.extend(Difference("", "rule", None, rule) for rule in sorted(target.rules - kernel.rules, key=str))
    # A port that leaves its bond is seen from both ends.
    return list({(one.device, one.about, str(one.have), str(one.want)): one for one in found}.values())


def _missing(device: Device) -> Iterator[Difference]:
    yield Difference(device.name, "exists", False, True)
    if device.master:
        yield Difference(device.name, "master", FREE, device.master)
    if device.mtu:
        yield Difference(device.name, "mtu", 1500, device.mtu)
    if device.up:
        yield Difference(device.name, "up", False, True)
    if device.addresses:
        yield Difference(device.name, "addresses", frozenset(), device.addresses)
    if device.vlans:
        yield Difference(device.name, "vlans", {}, device.vlans)


def _of_device(link: Link, device: Device, kernel: Kernel, owned: Owned) -> Iterator[Difference]:
    if device.kind and link.kind != device.kind:
        yield Difference(device.name, "kind", link.kind, device.kind)
        return
    if device.kind == "vlan" and device.parent and link.parent != device.parent:
        yield Difference(device.name, "parent", link.parent, device.parent)
    # The mode first: the kernel judges the other options by it.
    for name, value in sorted(device.options.items(), key=lambda item: item[0] != "mode"):
        have = link.options.get(name)
        if have != value:
            yield Difference(device.name, f"option.{name}", have, value)
    plain = {"mtu": link.mtu, "mac": link.mac, "up": link.up, "master": link.master or FREE}
    for name, have in plain.items():
        value = getattr(device, name)
        if value is not None and value != have:
            yield Difference(device.name, name, have, value)
    kept = kernel.ports(device.name) if device.ports is None or device.kind != "bond" else device.ports
    for port in kernel.ports(device.name):
        if port not in kept:
            yield Difference(port, "master", device.name, FREE)
    yield from _of_vlans(link, device, owned)
    yield from _of_addresses(link, device, owned)


def _of_vlans(link: Link, device: Device, owned: Owned) -> Iterator[Difference]:
    if device.vlans is None:
        return
    ours = owned.vlans.get(device.name, frozenset())
    want = {vid: flags for vid, flags in link.vlans.items() if vid in device.vlans or vid not in ours}
    want.update(device.vlans)
    if want != dict(link.vlans):
        yield Difference(device.name, "vlans", dict(link.vlans), want)


def _of_addresses(link: Link, device: Device, owned: Owned) -> Iterator[Difference]:
    if device.addresses is None:
        return
    ours = owned.addresses.get(device.name, frozenset())
    want = frozenset(one for one in link.addresses if one in device.addresses or one not in ours) | device.addresses
    # What an autoconfiguring link learned is there, even when it is also declared.
    missing = want - link.addresses - link.dynamic
    if missing or link.addresses - want:
        yield Difference(device.name, "addresses", link.addresses, want)


def _of_routes(kernel: Kernel, target: Target, owned: Owned) -> Iterator[Difference]:
    gone = set(target.absent)
    wanted = {_bare(route) for route in target.routes}
    extra = [route for route in kernel.routes if route in owned.routes and _bare(route) not in wanted]
    touched = set(target.devices) | {route.dev for route in owned.routes}
    for route in sorted(extra, key=str):
        if route.dev in touched and route.dev not in gone:
            yield Difference(route.dev, "route", route, None)
    have = {_bare(route) for route in kernel.routes}
    for route in sorted(target.routes, key=str):
        if _bare(route) not in have:
            yield Difference(route.dev, "route", None, route)


def _bare(route: Route) -> tuple[object, ...]:
    """A route's identity. The kernel tells `onlink` only where it was needed."""
    return (route.family, route.to, route.dev, route.via, route.metric, route.table)


def written(value: object) -> str:
    """A value of a difference as an operator reads it."""
    if isinstance(value, dict):
        plain = vids.compact(vid for vid, flags in value.items() if not flags)
        return ", ".join(plain + [f"{vid} (untagged)" for vid, flags in sorted(value.items()) if flags]) or "none"
    if isinstance(value, frozenset):
        return ", ".join(sorted(map(str, value))) or "none"
    if isinstance(value, (tuple, list)):
        return ", ".join(map(str, value)) or "none"
    if isinstance(value, (Route, Rule)):
        return route_text(value) if isinstance(value, Route) else rule_text(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value in (None, "") else str(value)


def route_text(route: Route) -> str:
    """A route as `ip route` takes it."""
    parts = [route.to, *(["via", route.via] if route.via else []), "dev", route.dev]
    if route.metric:
        parts += ["metric", str(route.metric)]
    return " ".join(
        [*parts, *(["table", str(route.table)] if route.table != 254 else []), *(["onlink"] if route.onlink else [])]
    )


def rule_text(rule: Rule) -> str:
    """A rule as `ip rule` takes it."""
    pairs = (("from", rule.source), ("to", rule.to), ("iif", rule.iif), ("fwmark", rule.fwmark))
    words = [word for name, value in pairs if value for word in (name, value)]
    return " ".join([*words, "table", str(rule.table), "priority", str(rule.priority)])
