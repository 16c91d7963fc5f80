# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A ticket: the permission to install one machine, bound to its MAC address and its serial number or UUID.

This module util is private to the collection.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any


@dataclass(frozen=True)
class Ticket:
    """spec: see spec.py. kernel, ramdisk, image: entries of the artifact lock. files: {path, mode, content in base64}.

    Times are seconds since the epoch. A closed ticket keeps no files, because they hold the node's host key.
    """

    host: str
    mac: str
    token: str
    armed_at: float
    expires_at: float
    spec: Mapping[str, Any]
    digest: str
    image: Mapping[str, Any]
    kernel: Mapping[str, Any]
    ramdisk: Mapping[str, Any]
    kernel_args: str = ""
    allow_foreign: tuple[str, ...] = ()
    allow_all: bool = False
    files: tuple[Mapping[str, str], ...] = ()
    open: bool = True

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def is_armed(self, now: float, finished: bool) -> bool:
        return self.open and not finished and now < self.expires_at

    def closed(self) -> Ticket:
        return replace(self, open=False, files=())


def ticket_from(data: Mapping[str, Any]) -> Ticket:
    known = {field.name for field in fields(Ticket)}
    values: dict[str, Any] = {key: value for key, value in data.items() if key in known}
    for key in ("allow_foreign", "files"):
        values[key] = tuple(values.get(key, ()))
    return Ticket(**values)


def normal_mac(text: str) -> str:
    """Lower case with colons, whichever of the usual spellings came in."""
    digits = "".join(char for char in text.lower() if char in "0123456789abcdef")
    return ":".join(digits[index : index + 2] for index in range(0, len(digits), 2))


def same_token(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def stranger(ticket: Ticket, seen: Mapping[str, str]) -> str | None:
    """Why a machine with these `serial` and `uuid` is not the ticket's, None when it is.

    Every declared value must be seen and equal; at least one is declared, else a swapped cable could erase a machine.
    """
    declared = {key: str(ticket.spec[key]) for key in ("serial", "uuid") if ticket.spec.get(key)}
    if not declared:
        return "the ticket names neither serial nor uuid"
    for key, value in declared.items():
        if value.lower() != seen.get(key, "").strip().lower():
            return f"{key} is '{seen.get(key, '')}', declared is '{value}'"
    return None
