# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of the input: keys, types and ranges.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import Finding
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import options
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import schema as s
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import TYPES

TABLES = {"main": 254, "local": 255, "default": 253}
NAME = s.text(r"[A-Za-z0-9_.\-]+", "write letters, digits, dot, dash and underscore")
MAC = s.text(s.MAC.pattern, "write a MAC as 52:54:00:70:00:14")


def _option(option: options.Option) -> s.Check:
    if option.kind == "int":
        return s.integer(option.low, option.high)
    return {"bool": s.flag, "choice": s.choice(option.choices), "text": s.text(), "list": s.listing(s.address)}[
        option.kind
    ]


_VF = {"trust": s.flag, "spoofchk": s.flag, "mac": MAC, "vlan": s.integer(0, 4094), "max_tx_rate": s.integer(0, 10**6)}
_IP = {
    "method": s.choice(("none", "static", "dhcp")),
    "addresses": s.listing(s.with_prefix),
    "metric": s.integer(0, 2**32 - 1),
}
_IP6 = {**_IP, "method": s.choice(("none", "static", "dhcp", "slaac", "link-local"))}
_MATCH = {
    "mac": MAC,
    "pci": s.text(),
    "path": s.text(),
    "driver": s.text(),
    "device": s.text(),
    "min_speed": s.integer(1, 10**7),
    "port": s.integer(0, 63),
    "lldp": s.record({"system": s.text(), "port": s.text()}),
}
_PORT = s.record({"name": NAME, "vlans": s.vlan_list, "pvid": s.integer(1, 4094)}, ["name"])


def _port(value: object, place: str) -> list[Finding]:
    return NAME(value, place) if isinstance(value, str) else _PORT(value, place)


_BRIDGE = {**{name: _option(option) for name, option in options.BRIDGE.items()}, "self_vlans": s.vlan_list}
_INTERFACE = s.record(
    {
        "name": NAME,
        "type": s.choice(TYPES),
        "match": s.record(_MATCH),
        "expect": s.integer(1, 64),
        "rename": s.flag,
        "state": s.choice(("up", "down")),
        "mtu": s.integer(68, 65535),
        "mac": MAC,
        "ports": s.listing(_port),
        "bond": s.record({name: _option(option) for name, option in options.BOND.items()}),
        "bridge": s.record(_BRIDGE),
        "parent": NAME,
        "id": s.integer(1, 4094),
        "protocol": s.choice(("802.1q", "802.1ad")),
        "ipv4": s.record(_IP),
        "ipv6": s.record(_IP6),
        "ethtool": s.record(
            {
                "ring": s.mapping(s.integer(1, 2**20)),
                "offload": s.mapping(s.flag),
                "channels": s.mapping(s.integer(0, 4096)),
            }
        ),
        "sriov": s.record(
            {"vfs": s.integer(0, 1024), "vf_defaults": s.record(_VF), "per_vf": s.mapping(s.record(_VF))}, ["vfs"]
        ),
    },
    ["name", "type"],
)


def _table(value: object, place: str) -> list[Finding]:
    return [] if value in TABLES else s.integer(1, 2**32 - 1)(value, place)


_ROUTE = s.record(
    {
        "to": s.network,
        "via": s.address,
        "dev": NAME,
        "metric": s.integer(0, 2**32 - 1),
        "table": _table,
        "onlink": s.flag,
    },
    ["to"],
)
_RULE = s.record(
    {
        "from": s.network,
        "to": s.network,
        "iif": NAME,
        "fwmark": s.text(),
        "table": _table,
        "priority": s.integer(0, 2**32 - 1),
    },
    ["table", "priority"],
)
_DNS = s.record({"servers": s.listing(s.address), "search": s.listing(s.text()), "dev": NAME})


def _names(value: object, place: str) -> list[Finding]:
    return s.text()(value, place) if isinstance(value, str) else s.listing(s.text())(value, place)


_PROBE = s.record(
    {
        "carrier": _names,
        "lacp": _names,
        "pmtu": _names,
        "gateway": _names,
        "duplicate": _names,
        "tcp": _names,
        "size": s.integer(68, 65535),
        "dev": NAME,
        "min_ports": s.integer(1, 64),
        "from": s.choice(("node", "controller")),
    }
)
PROBES = ("carrier", "lacp", "pmtu", "gateway", "duplicate", "tcp")
_STATE = s.record(
    {
        "interfaces": s.listing(_INTERFACE),
        "routes": s.listing(_ROUTE),
        "rules": s.listing(_RULE),
        "dns": _DNS,
        "probes": s.listing(_PROBE),
    }
)


def check(raw: Mapping[str, Any]) -> list[Finding]:
    """All contradictions of shape in `{interfaces, routes, rules, dns, probes}`."""
    found = [Finding(item.place.lstrip("."), item.found, item.way_out) for item in _STATE(raw, "")]
    for index, probe in enumerate(raw.get("probes") or []):
        if isinstance(probe, Mapping) and sum(kind in probe for kind in PROBES) != 1:
            found.append(
                Finding(f"probes[{index}]", "does not say what to probe", f"state exactly one of {', '.join(PROBES)}")
            )
    return found
