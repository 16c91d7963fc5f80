# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that name a source: which kind it is, and everything that contradicts, at once.

This module util is private to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import Finding

LIVE = ("vcenter", "esxi")
LOCAL = ("vmx", "libvirt", "image")
TYPES = ("auto", *LIVE, "ova", "ovf", *LOCAL)
TRANSPORTS = ("auto", "folder", "nfc")
# A folder is told by what lies in it, in this order.
_ENDINGS = {".ova": "ova", ".ovf": "ovf", ".vmx": "vmx", ".xml": "libvirt"}
_ENDINGS.update(dict.fromkeys((".vmdk", ".qcow2", ".vhd", ".vhdx", ".vdi", ".raw", ".img"), "image"))
_THUMBPRINT_LENGTHS = (40, 64)


@dataclass(frozen=True)
class Login:
    """How a vCenter or an ESXi host is reached. thumbprint: hex digits without separators, SHA-1 or SHA-256."""

    hostname: str
    username: str = ""
    password: str = field(default="", repr=False)
    port: int = 443
    ca_path: str = ""
    thumbprint: str = ""

    @property
    def place(self) -> str:
        """The server as messages name it."""
        return f"{self.hostname}:{self.port}"


def kind_of(options: Mapping[str, Any], listing: tuple[str, ...] = ()) -> str:
    """The type a source has: what is said, else what address, ending or the files of a folder tell; else an OVA."""
    said = options.get("type") or "auto"
    if said != "auto":
        return str(said)
    if options.get("hostname"):
        return "vcenter"
    name = str(options.get("url") or options.get("path") or "").partition("?")[0]
    for ending, kind in _ENDINGS.items():
        if name.lower().endswith(ending) or any(entry.lower().endswith(ending) for entry in listing):
            return kind
    return "ova"


def login_of(options: Mapping[str, Any]) -> Login:
    """The login of a vCenter or an ESXi host; the options were checked by `findings` before."""
    return Login(
        hostname=options["hostname"],
        username=options.get("username") or "",
        password=options.get("password") or "",
        port=int(options.get("port") or 443),
        ca_path=options.get("ca_path") or "",
        thumbprint=thumbprint_of(options.get("thumbprint") or ""),
    )


def thumbprint_of(text: str) -> str:
    """Hex digits in lower case; empty when it is none."""
    digits = re.sub(r"[:\s]", "", text).lower()
    return digits if len(digits) in _THUMBPRINT_LENGTHS and re.fullmatch(r"[0-9a-f]+", digits) else ""


def findings(options: Mapping[str, Any], place: str = "source") -> Iterator[Finding]:
    """Everything that contradicts in the options of a source."""
    given = [name for name in ("url", "path", "hostname") if options.get(name)]
    kind = kind_of(options)
    if not given:
        yield Finding(place, "names no source", "give one of path, url and hostname")
    elif len(given) > 1:
        yield Finding(place, f"names {' and '.join(given)}", "keep one of them")
    elif (kind in LIVE) != (given == ["hostname"]):
        way_out = "give hostname" if kind in LIVE else "give path or url, or set type to vcenter"
        yield Finding(f"{place}.type", f"is {kind}, but {given[0]} is given", way_out)
    elif kind in LOCAL and given == ["url"]:
        yield Finding(f"{place}.path", f"a source of type {kind} is a file of this machine", "name it")
    if kind in LIVE:
        yield from _login_findings(options, place)
    elif options.get("thumbprint") or options.get("validate_certs") is False:
        yield Finding(
            f"{place}.thumbprint", "web servers are verified by an authority", "set ca_path, drop the thumbprint"
        )


def _login_findings(options: Mapping[str, Any], place: str) -> Iterator[Finding]:
    for name in ("username", "password"):
        if not options.get(name):
            more = ", or in the environment as VMIMPORT_SOURCE_PASSWORD" if name == "password" else ""
            yield Finding(f"{place}.{name}", "is empty", f"give it{more}")
    if not 0 < int(options.get("port", 443)) < 65536:
        yield Finding(f"{place}.port", f"{options['port']} is no port", "give a number from 1 to 65535")
    thumbprint = options.get("thumbprint") or ""
    if thumbprint and not thumbprint_of(thumbprint):
        yield Finding(
            f"{place}.thumbprint", f"{thumbprint!r} is neither SHA-1 nor SHA-256", "give 40 or 64 hexadecimal digits"
        )
    if thumbprint and options.get("ca_path"):
        yield Finding(f"{place}.thumbprint", "stands beside ca_path", "keep one of them: either verifies the server")
    if options.get("validate_certs") is False and not thumbprint:
        yield Finding(
            f"{place}.validate_certs",
            "is off, so anybody could take the password",
            "give the thumbprint of the server, which is compared instead, or ca_path",
        )
