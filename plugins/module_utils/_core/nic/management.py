# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The management path: the devices a session with the node, and its way out, run over.

This module util is private to the collection.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.kernel import Kernel
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.plan import Step

TRIVIAL = ("vlans",)


def path(kernel: Kernel, addresses: Iterable[str], devices: Iterable[str] = ()) -> tuple[str, ...]:
    """Local addresses in use (of the SSH session, to the API server) -> devices, from the top down to the NICs.

    A link-local one is written with its link: fe80::1%eno1.
    """
    used = [one for one in addresses if one]
    wanted = {ipaddress.ip_address(one) for one in used}
    zones = [zone for _address, _percent, zone in (one.partition("%") for one in used) if zone]
    tops = [
        link.name
        for link in kernel.links.values()
        if any(ipaddress.ip_interface(own).ip in wanted for own in link.addresses | link.dynamic)
    ]
    found: list[str] = []
    todo = [*tops, *zones, *devices]
    while todo:
        name = todo.pop(0)
        if name in found or name not in kernel.links or name == "lo":
            continue
        found.append(name)
        link = kernel.links[name]
        todo += [*([link.parent] if link.parent else []), *kernel.ports(name)]
    return tuple(found)


def vids_of(kernel: Kernel, devices: Iterable[str]) -> frozenset[int]:
    """VLAN ids the path itself runs in."""
    names = set(devices)
    ids = [kernel.links[name].options.get("id") for name in names if kernel.links[name].kind == "vlan"]
    pvids = [vid for name in names for vid, flags in kernel.links[name].vlans.items() if "P" in flags]
    return frozenset(int(str(vid)) for vid in [*ids, *pvids] if vid)


def touched(steps: Iterable[Step], devices: Iterable[str], vids: frozenset[int]) -> list[Step]:
    """The steps that change the path. More VLANs on an uplink do not; taking away the path's own VLAN does."""
    names = set(devices)
    return [step for step in steps if step.device in names and not (step.about in TRIVIAL and not _takes(step, vids))]


def _takes(step: Step, vids: frozenset[int]) -> bool:
    lines = [line.split() for tool, line in step.commands if tool == "bridge" and line.startswith("vlan del")]
    gone = {vid for words in lines for vid in _span(words[words.index("vid") + 1])}
    return bool(gone & vids)


def _span(written: str) -> range:
    first, _dash, last = written.partition("-")
    return range(int(first), int(last or first) + 1)
