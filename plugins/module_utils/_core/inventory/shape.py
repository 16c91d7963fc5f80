# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of what an operator writes: unknown keys, missing ones, wrong kinds. All findings of one value at once.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import Finding
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.kinds import KINDS


@dataclass(frozen=True)
class Field:
    """One value. kind: a key of KINDS. fields: what a map may hold (None: anything). items: what a list holds.

    default is for the reference only. example: how it looks, for the reference.
    """

    kind: str
    about: str
    required: bool = False
    default: object = None
    choices: tuple[object, ...] = ()
    fields: Mapping[str, Field] | None = None
    items: Field | None = None


def misshapen(place: str, value: Any, field: Field) -> Iterator[Finding]:
    """Findings about one value and everything in it."""
    if not KINDS[field.kind].holds(value):
        yield Finding(place, f"must be {KINDS[field.kind].wanted}, found {shown(value)}", "correct the value")
    elif field.choices and value not in field.choices:
        yield Finding(place, f"{shown(value)} is not known", f"use one of {', '.join(map(str, field.choices))}")
    elif field.fields is not None:
        yield from misshapen_map(place, value, field.fields)
    elif field.items is not None:
        for index, item in enumerate(value):
            yield from misshapen(f"{place}[{index}]", item, field.items)


def misshapen_map(place: str, value: Mapping[str, Any], fields: Mapping[str, Field]) -> Iterator[Finding]:
    """Findings about the keys of a map. A null counts as not given."""
    for key in value:
        if key not in fields:
            yield unknown(f"{place}.{key}", "key", str(key), fields)
    for key, field in fields.items():
        if value.get(key) is not None:
            yield from misshapen(f"{place}.{key}", value[key], field)
        elif field.required:
            yield Finding(f"{place}.{key}", "is missing", f"give {field.about}")


def unknown(place: str, what: str, name: str, known: Mapping[str, Any]) -> Finding:
    """An unknown name with the nearest known one."""
    near = get_close_matches(name, list(known), n=1)
    way_out = f"did you mean '{near[0]}'?" if near else f"use one of {', '.join(sorted(known))}"
    return Finding(place, f"unknown {what} '{name}'", way_out)


def shown(value: Any) -> str:
    """A value for a message: its kind when it is a collection, so that no secret within is printed."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return f"'{value}'" if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else repr(value)
