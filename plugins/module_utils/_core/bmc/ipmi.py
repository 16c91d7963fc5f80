# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bytes of IPMI's boot flags (IPMI 2.0 specification, table 28-14, parameter 5) and completion codes.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.model import Override

VALID, PERSISTENT, EFI = 0x80, 0x40, 0x20
DEVICES = {"none": 0x0, "pxe": 0x1, "disk": 0x2, "cdrom": 0x5, "setup": 0x6}
NAMES = {number: name for name, number in DEVICES.items()}
# Parameter 3, bit 3: do not clear the flags when no reset arrives within 60 seconds (slow power-on would lose them).
KEEP_FLAGS = (3, 0x08)
CODE_KINDS = {
    0xC0: "busy",
    0xC3: "busy",
    0xCE: "busy",
    0xD2: "busy",
    0xD5: "busy",
    0xD4: "auth",
    0x80: "unsupported",
    0xC1: "unsupported",
    0xC7: "unsupported",
    0xC9: "unsupported",
    0xCC: "unsupported",
    0xFF: "busy",
    0xFFFF: "unreachable",
}


def encode(override: Override) -> tuple[int, ...]:
    """The data of Set System Boot Options for `override`. The mode is required, except for clearing the override."""
    if override.target not in DEVICES:
        raise ValueError(f"IPMI has no boot device '{override.target}'")
    flags = EFI if override.mode == "uefi" else 0
    if override.target != "none":
        if override.mode is None:
            raise ValueError("IPMI flags always say a boot mode")
        flags |= VALID | (0 if override.once else PERSISTENT)
    return (5, flags, DEVICES[override.target] << 2, 0, 0, 0)


def decode(data: Sequence[int]) -> Override:
    """Read the answer to Get System Boot Options, parameter 5 (7 bytes: version, parameter, five of flags).

    Flags marked invalid say nothing: neither a target nor that the mode is BIOS. A set EFI bit is believed even then.
    """
    if len(data) < 4 or data[1] & 0x80:
        return Override(None, None)
    flags, device = data[2], (data[3] >> 2) & 0x0F
    mode = "uefi" if flags & EFI else None
    if not flags & VALID:
        return Override(None if device else "none", mode)
    return Override(NAMES.get(device), mode or "bios", not flags & PERSISTENT)


def kind_of_code(code: int) -> str | None:
    """The error kind of a completion code, None when it is not known."""
    return CODE_KINDS.get(code)
