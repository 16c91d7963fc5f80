# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kinds of single values: what a text or number must look like, said in one sentence.

This module util is private to the collection.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass

from ansible_collections.ironacre.hci.plugins.module_utils._core.moments import moment

LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"


@dataclass(frozen=True)
class Kind:
    """holds: is the value one of this kind. wanted: what it is, continuing the words 'must be'."""

    wanted: str
    holds: Callable[[object], bool]


def text(pattern: str) -> Callable[[object], bool]:
    """A non-empty text that matches the whole pattern."""
    compiled = re.compile(pattern, re.DOTALL)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


def number(low: int, high: int) -> Callable[[object], bool]:
    """A whole number within both bounds. True and False are no numbers, although Python says so."""
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def readable(read: Callable[[str], object]) -> Callable[[object], bool]:
    """A text that a function of the standard library reads without ValueError."""

    def holds(value: object) -> bool:
        try:
            read(str(value))
        except ValueError:
            return False
        return isinstance(value, str)

    return holds


def interface_address(value: str) -> object:
    """An address with its prefix length, e.g. 10.0.0.11/24."""
    if "/" not in value:
        raise ValueError(value)
    return ipaddress.ip_interface(value)


KINDS = {
    "any": Kind("anything", lambda value: True),
    "map": Kind("a mapping (key: value)", lambda value: isinstance(value, dict)),
    "list": Kind("a list", lambda value: isinstance(value, list)),
    "bool": Kind("true or false", lambda value: isinstance(value, bool)),
    "text": Kind("a non-empty text", text(r".+")),
    "count": Kind("a whole number from 0", number(0, 2**63)),
    "port": Kind("a port number from 1 to 65535", number(1, 65535)),
    "mtu": Kind("an MTU in bytes from 576 to 65535", number(576, 65535)),
    "vlan": Kind("a VLAN id from 1 to 4094", number(1, 4094)),
    "mac": Kind("a MAC address such as 52:54:00:12:34:56", text(r"[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}")),
    "address": Kind("an IP address without prefix, such as 10.0.0.11", readable(ipaddress.ip_address)),
    "network": Kind("a network such as 10.42.0.0/16", readable(ipaddress.ip_network)),
    "interface_address": Kind("an address with prefix, such as 10.0.0.11/24", readable(interface_address)),
    "host": Kind("an IP address or a DNS name", text(r"[0-9A-Za-z]([-.:0-9A-Za-z]*[0-9A-Za-z:])?")),
    "label": Kind("a DNS label: a-z, 0-9 and -, at most 63 characters", text(LABEL)),
    "interface": Kind("a network interface name of at most 15 characters", text(r"[^\s/]{1,15}")),
    "uuid": Kind("a UUID", text(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")),
    "url": Kind("a URL such as https://host/file", text(r"[a-z][a-z0-9+.-]*://\S+")),
    "moment": Kind("a time with its zone, in quotes, such as '2026-12-24T22:00:00+01:00'", readable(moment)),
    "path": Kind("an absolute path", text(r"/.*")),
    "release": Kind("an RKE2 release such as v1.35.4+rke2r1", text(r"v\d+\.\d+\.\d+(-\S+)?\+rke2r\d+")),
    "taint": Kind(
        "a taint such as key=value:NoSchedule", text(r"[^=:\s]+(=[^=:\s]*)?:(NoSchedule|PreferNoSchedule|NoExecute)")
    ),
}
