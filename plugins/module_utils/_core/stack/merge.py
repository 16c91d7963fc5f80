# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Merging declared settings over the collection's. This module util is private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def deep_merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Mappings are merged key by key, everything else of above replaces what is below; neither is changed."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        merged[key] = deep_merge(old, value) if both and isinstance(old, Mapping) else value
    return merged


def without_empty(value: Mapping[str, Any]) -> dict[str, Any]:
    """The mapping without keys whose value is None, an empty text, list or mapping (False and 0 stay)."""
    return {key: one for key, one in value.items() if one not in (None, "", [], {})}
