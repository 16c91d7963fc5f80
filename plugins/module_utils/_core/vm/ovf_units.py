# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Quantities of OVF: allocation units and the properties a capacity may refer to.

This module util is private to the collection.
"""

from __future__ import annotations

import re

from ..errors import PlatformError

MIB = 1024 * 1024
_NAMES = {"byte": 1, "bytes": 1, "b": 1, "kilobyte": 1024, "kilobytes": 1024, "kb": 1024}
_NAMES.update({"megabyte": MIB, "megabytes": MIB, "mb": MIB, "gigabyte": 1024 * MIB, "gigabytes": 1024 * MIB})
_NAMES.update({"gb": 1024 * MIB, "terabyte": MIB * MIB, "terabytes": MIB * MIB, "tb": MIB * MIB})
_PRODUCT = re.compile(r"byte\s*\*\s*(\d{1,4})(?:\s*\^\s*(\d{1,2}))?")


def unit_bytes(units: str, default: int, place: str) -> int:
    """Bytes of one unit, as `byte * 2^20`, `byte * 1024`, `MegaBytes`, `MB`; `default` when nothing is stated."""
    name = units.strip().lower()
    if not name:
        return default
    if name in _NAMES:
        return _NAMES[name]
    match = _PRODUCT.fullmatch(name)
    if match:
        return int(pow(int(match[1]), int(match[2] or 1)))
    raise PlatformError(f"{place}: the unit {units!r} is unknown; use for example 'byte * 2^20'")


def whole_number(value: str, place: str) -> int:
    """A number that is not negative, of at most 19 digits."""
    if not re.fullmatch(r"\d{1,19}", value.strip()):
        raise PlatformError(f"{place}: {value!r} is no number; correct the descriptor")
    return int(value)
