# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From differences to ordered steps, each with its commands and what it costs the traffic.

Order: what goes, then what is built from the NICs upwards, then addresses, routes and rules; within one stage the
devices of the management path come last. This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import hardware, options, vids
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.diff import (
    Difference,
    route_text,
    rule_text,
    written,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.kernel import Kernel
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import Route, Rule
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.options import BOUNCE, LIVE, REBUILD
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.target import Device, Target

Command = tuple[str, str]
DELETE, SHRINK, CREATE, OPTIONS, GROW, ENSLAVE, VLANS, LIFT, ADDRESSES, ROUTES = range(10)


@dataclass(frozen=True)
class Step:
    """One change. commands: (tool, line); the tools are ip and bridge in batch form, ethtool and sysfs."""

    device: str
    about: str
    have: str
    want: str
    cost: str
    stage: int
    commands: tuple[Command, ...]

    def facts(self) -> dict[str, object]:
        """The step as it is returned and shown."""
        commands = [f"{tool} {line}" for tool, line in self.commands]
        return {
            "object": self.device,
            "change": self.about,
            "from": self.have,
            "to": self.want,
            "class": self.cost,
            "commands": commands,
        }


def plan(found: Iterable[Difference], kernel: Kernel, target: Target, late: Collection[str] = ()) -> list[Step]:
    """Differences -> steps in order. late: devices of the management path."""
    depth = {name: index for index, name in enumerate(target.devices)}
    steps: list[Step] = []
    for difference in found:
        cost, stage, commands = _how(difference, kernel, target)
        steps.append(
            Step(
                difference.device,
                difference.about,
                written(difference.have),
                written(difference.want),
                cost,
                stage,
                tuple(commands),
            )
        )
    return sorted(steps, key=lambda step: (step.stage, step.device in late, _rank(step, depth)))


def _rank(step: Step, depth: Mapping[str, int]) -> int:
    """Build upwards; shrink an MTU downwards, because nothing may carry more than what is below it."""
    level = depth.get(step.device, -1)
    return -level if step.stage == SHRINK else level


def _how(one: Difference, kernel: Kernel, target: Target) -> tuple[str, int, list[Command]]:
    device = target.devices.get(one.device)
    if one.about == "exists" and not one.want:
        return REBUILD, DELETE, [("ip", f"link del dev {one.device}")]
    if one.about in ("exists", "kind", "parent") and device:
        gone = [("ip", f"link del dev {device.name}")] if one.about != "exists" else []
        return (REBUILD if gone else LIVE), CREATE, gone + _create(device)
    if one.about.startswith("option.") and device:
        return _option(one, device, kernel)
    if one.about in ("route", "rule"):
        return _routing(one)
    if one.about == "vlans":
        return _vlans(one, " self" if device and device.kind == "bridge" else "")
    return {"mtu": _mtu, "mac": _mac, "up": _up, "master": _master, "addresses": _addresses}[one.about](one, kernel)


def _routing(one: Difference) -> tuple[str, int, list[Command]]:
    subject = one.have if one.want is None else one.want
    if isinstance(subject, Route):
        verb = "del" if one.want is None else "replace"
        line = f"-{subject.family} route {verb} {route_text(subject)}"
        return LIVE, DELETE if verb == "del" else ROUTES, [("ip", line)]
    if isinstance(subject, Rule):
        line = f"-{subject.family} rule {'del' if one.want is None else 'add'} {rule_text(subject)}"
        return LIVE, ROUTES, [("ip", line)]
    raise TypeError(f"neither route nor rule: {subject!r}")


def _create(device: Device) -> list[Command]:
    table = {"bond": options.BOND, "bridge": options.BRIDGE}.get(device.kind, {})
    words = [
        f"{table[name].ip_word} {options.to_ip(table[name], value)}"
        for name, value in _mode_first(device.options)
        if name in table and name != "primary" and value != ()
    ]
    kind = f"{device.kind} {' '.join(words)}".rstrip()
    if device.kind == "vlan":
        kind = f"vlan protocol {device.options['protocol']} id {device.options['id']}"
    link = f"link {device.parent} " if device.parent else ""
    # From the first moment: a bond without an address of its own takes its first port's, and neighbours learn that.
    mac = f" address {device.mac}" if device.mac else ""
    return [("ip", f"link add {link}name {device.name}{mac} type {kind}")]


def _mode_first(values: Mapping[str, object]) -> list[tuple[str, object]]:
    """The kernel judges each bond option by the mode it knows at that moment."""
    return sorted(values.items(), key=lambda item: item[0] != "mode")


def _option(one: Difference, device: Device, kernel: Kernel) -> tuple[str, int, list[Command]]:
    name = one.about.partition(".")[2]
    if device.kind == "vlan":
        return REBUILD, CREATE, [("ip", f"link del dev {device.name}"), *_create(device)]
    if device.kind == "":
        return _hardware(name, one, device)
    table = options.BOND if device.kind == "bond" else options.BRIDGE
    option = table[name]
    change = ("ip", f"link set dev {device.name} type {device.kind} {option.ip_word} {options.to_ip(option, one.want)}")
    around = _around(option.cost, device, kernel)
    bridge_cost = BOUNCE if name in ("vlan_filtering", "vlan_protocol") else LIVE
    return (option.cost if device.kind == "bond" else bridge_cost), OPTIONS, [*around[0], change, *around[1]]


def _around(cost: str, device: Device, kernel: Kernel) -> tuple[list[Command], list[Command]]:
    """What must be done before and after, so that the kernel accepts the change of a bond option."""
    if cost == LIVE:
        return [], []
    name, ports = device.name, kernel.ports(device.name) if cost == REBUILD else []
    before = [("ip", f"link set dev {port} nomaster") for port in ports] + [("ip", f"link set dev {name} down")]
    if ports:
        # A bond whose last port has left makes up an address, and then takes that of the first one to come.
        before.append(("ip", f"link set dev {name} address {device.mac or kernel.links[name].mac}"))
    after = [line for port in ports for line in _enslave(port, name, bond=True)]
    return before, [*after, ("ip", f"link set dev {name} up")]


def _enslave(port: str, master: str, bond: bool) -> list[Command]:
    down = [("ip", f"link set dev {port} down")] if bond else []
    return [*down, ("ip", f"link set dev {port} master {master}"), ("ip", f"link set dev {port} up")]


def _hardware(name: str, one: Difference, device: Device) -> tuple[str, int, list[Command]]:
    group, _dot, key = name.partition(".")
    if group == "sriov":
        # The kernel only goes through 0 from one number to another.
        lines = [
            ("sysfs", f"class/net/{device.name}/device/sriov_numvfs={number}")
            for number in dict.fromkeys((0, one.want))
        ]
        return REBUILD, OPTIONS, lines
    if group == "vf":
        return LIVE, OPTIONS, [("ip", hardware.command(device.name, key, one.want))]
    flag = {"ring": "-G", "channels": "-L", "offload": "-K"}[group]
    value = {True: "on", False: "off"}.get(one.want, one.want) if isinstance(one.want, bool) else one.want
    return (LIVE if group == "offload" else BOUNCE), OPTIONS, [("ethtool", f"{flag} {device.name} {key} {value}")]


def _mtu(one: Difference, kernel: Kernel) -> tuple[str, int, list[Command]]:
    shrinks = one.device in kernel.links and int(str(one.want)) < kernel.links[one.device].mtu
    return LIVE, SHRINK if shrinks else GROW, [("ip", f"link set dev {one.device} mtu {one.want}")]


def _mac(one: Difference, kernel: Kernel) -> tuple[str, int, list[Command]]:
    link = kernel.links.get(one.device)
    # A bond gives its address to its ports, and not every driver takes one while its NIC is up.
    ports = kernel.ports(one.device) if link and link.kind == "bond" else []
    down = [("ip", f"link set dev {name} down") for name in (one.device, *ports)]
    again = [("ip", f"link set dev {name} up") for name in (*ports, one.device)] if link and link.up else []
    return BOUNCE, OPTIONS, [*down, ("ip", f"link set dev {one.device} address {one.want}"), *again]


def _up(one: Difference, kernel: Kernel) -> tuple[str, int, list[Command]]:
    return (LIVE if one.want else BOUNCE), LIFT, [("ip", f"link set dev {one.device} {'up' if one.want else 'down'}")]


def _master(one: Difference, kernel: Kernel) -> tuple[str, int, list[Command]]:
    if not one.want:
        return BOUNCE, SHRINK, [("ip", f"link set dev {one.device} nomaster")]
    # Whether the new master is a bond decides little: a bond refuses a port that is up, a bridge takes both.
    moved = [("ip", f"link set dev {one.device} nomaster")] if one.have else []
    cost = BOUNCE if one.device in kernel.links else LIVE
    return cost, ENSLAVE, moved + _enslave(one.device, str(one.want), bond=True)


def _vlans(one: Difference, own: str) -> tuple[str, int, list[Command]]:
    have, want = dict(one.have), dict(one.want)  # type: ignore[call-overload]
    gone = [vid for vid, flags in have.items() if want.get(vid) != flags]
    new = {vid: flags for vid, flags in want.items() if have.get(vid) != flags}
    lines = [f"vlan del dev {one.device} vid {_range(pair)}{own}" for pair in vids.ranges(gone)]
    lines += [
        f"vlan add dev {one.device} vid {_range(pair)}{own}" for pair in vids.ranges(v for v, f in new.items() if not f)
    ]
    for vid, flags in sorted(new.items()):
        if flags:
            words = (" pvid" if "P" in flags else "") + (" untagged" if "U" in flags else "")
            lines.append(f"vlan add dev {one.device} vid {vid}{words}{own}")
    return LIVE, VLANS, [("bridge", line) for line in lines]


def _range(pair: tuple[int, int]) -> str:
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}-{pair[1]}"


def _addresses(one: Difference, kernel: Kernel) -> tuple[str, int, list[Command]]:
    have, want = frozenset(one.have), frozenset(one.want)  # type: ignore[call-overload]
    # New ones first: the kernel drops secondary addresses with their primary.
    lines = [f"addr replace {address}{_broadcast(address)} dev {one.device}" for address in _by_family(want - have)]
    lines += [f"addr del {address} dev {one.device}" for address in _by_family(have - want)]
    return LIVE, ADDRESSES, [("ip", line) for line in lines]


def _broadcast(address: str) -> str:
    """As networkd and NetworkManager set it.

    Started anew over an address that lacks it, networkd 252 asks for the address 65000 times, gives the link up, and
    leaves the ports below it down.
    """
    return "" if ":" in address else " broadcast +"


def _by_family(addresses: Iterable[str]) -> Iterator[str]:
    return iter(sorted(addresses, key=lambda address: (":" in address, address)))
