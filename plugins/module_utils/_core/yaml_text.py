# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain data as YAML text. The core has no third party, and nodes have no PyYAML: this writes, nothing here reads.

This module util is private to the collection.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

# Plain scalars that no YAML 1.1 or 1.2 reader takes for something else than text.
_PLAIN = re.compile(r"[A-Za-z/_][A-Za-z0-9_./+-]*(:[A-Za-z0-9_./+-]+)*")
_RESERVED = re.compile(r"(?i)y|n|yes|no|on|off|true|false|null|nan|inf|[0-9a-fox_.]*e[0-9+-]+")


def to_yaml(value: Any) -> str:
    """One YAML document. value: mappings with text keys, lists, texts, numbers, booleans and None, nested."""
    return "\n".join(_lines(value, 0)) + "\n"


def to_yaml_documents(values: Sequence[Any]) -> str:
    """Several documents in one text."""
    return "".join(f"---\n{to_yaml(value)}" for value in values)


def _lines(value: Any, depth: int) -> Iterator[str]:
    pad = "  " * depth
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _entry(f"{pad}{_scalar(str(key))}:", item, depth)
    elif isinstance(value, (list, tuple)) and value:
        for item in value:
            yield from _item(pad, item, depth)
    else:
        yield f"{pad}{_scalar(value)}"


def _entry(head: str, item: Any, depth: int) -> Iterator[str]:
    if _nested(item):
        yield head
        yield from _lines(item, depth + 1)
    elif _block(item):
        yield from _literal(head, item, depth + 1)
    else:
        yield f"{head} {_scalar(item)}"


def _item(pad: str, item: Any, depth: int) -> Iterator[str]:
    if not _nested(item):
        yield from _entry(f"{pad}-", item, depth)
        return
    first, *rest = _lines(item, depth + 1)
    yield f"{pad}- {first[len(pad) + 2 :]}"
    yield from rest


def _nested(value: Any) -> bool:
    return isinstance(value, (Mapping, list, tuple)) and bool(value)


def _block(value: Any) -> bool:
    """Texts of several lines are written as they are, when nothing in them needs an escape."""
    if not isinstance(value, str) or "\n" not in value[:-1] or value.startswith((" ", "\n")) or value.endswith("\n\n"):
        return False
    return all(char == "\n" or (char.isprintable() and char.isascii()) for char in value)


def _literal(head: str, text: str, depth: int) -> Iterator[str]:
    yield f"{head} |" if text.endswith("\n") else f"{head} |-"
    for line in text.rstrip("\n").split("\n"):
        yield f"{'  ' * depth}{line}" if line else ""


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and not _RESERVED.fullmatch(value)
        return value if plain else json.dumps(value)
    if isinstance(value, Mapping):
        return "{}"
    if isinstance(value, (list, tuple)):
        return "[]"
    return json.dumps(value)
