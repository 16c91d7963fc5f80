# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The schema of the inventory as a page of the documentation.

This module util is private to the collection.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.kinds import KINDS
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.shape import Field


def tables(variables: Mapping[str, Field]) -> str:
    """Markdown: one section for each variable, one row for each value in it."""
    return "\n".join(line for name, field in variables.items() for line in section(name, field))


def section(name: str, field: Field) -> Iterator[str]:
    yield from ("", f"### `{name}`", "", f"{field.about[0].upper()}{field.about[1:]}.", "")
    rows = list(rows_of("", field))
    if rows:
        yield from ("| key | what | must be | default |", "|---|---|---|---|", *rows)


def rows_of(prefix: str, field: Field) -> Iterator[str]:
    """Rows of everything within a field."""
    for key, inner in (field.fields or {}).items():
        yield row(f"{prefix}{key}", inner)
        yield from rows_of(f"{prefix}{key}.", inner)
    if field.items is not None and (field.items.fields or field.kind == "list"):
        yield from rows_of(f"{prefix.removesuffix('.')}[].", field.items) if field.items.fields else ()


def row(key: str, field: Field) -> str:
    wanted = ", ".join(f"`{choice}`" for choice in field.choices) or KINDS[field.kind].wanted
    if field.kind == "list" and field.items is not None and not field.items.fields:
        wanted = f"a list; each: {KINDS[field.items.kind].wanted}"
    default = "**required**" if field.required else "" if field.default is None else f"`{json.dumps(field.default)}`"
    return f"| `{key}` | {field.about} | {wanted} | {default} |"
