# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading one LLDP frame. Source: IEEE 802.1AB. This module util is private to the collection."""

from __future__ import annotations

ETHERTYPE = 0x88CC


def neighbour(frame: bytes) -> tuple[str, str] | None:
    """An Ethernet frame -> (system name or chassis id, port id); None when it is no whole LLDP frame."""
    if len(frame) < 16 or int.from_bytes(frame[12:14], "big") != ETHERTYPE:
        return None
    chassis = system = port = ""
    rest = frame[14:]
    while len(rest) >= 2:
        head = int.from_bytes(rest[:2], "big")
        kind, length = head >> 9, head & 0x1FF
        value, rest = rest[2 : 2 + length], rest[2 + length :]
        if kind == 0 or len(value) < length:
            break
        if kind == 1:
            chassis = _id(value, 4)
        elif kind == 2:
            port = _id(value, 3)
        elif kind == 5:
            system = value.decode(errors="replace")
    return (system or chassis, port) if port else None


def _id(value: bytes, mac_kind: int) -> str:
    """A chassis or port id: a MAC where its kind says so, else text."""
    if value[:1] == bytes([mac_kind]):
        return ":".join(f"{byte:02x}" for byte in value[1:])
    return value[1:].decode(errors="replace")
