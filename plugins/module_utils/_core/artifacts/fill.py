# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing digests into the text of a lock file without touching anything else in it (comments stay).

This module util is private to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_ITEM = re.compile(r"^\s*-\s+name:\s*['\"]?([A-Za-z0-9_]+)['\"]?\s*$")
_FIELD = re.compile(r"^(?P<head>\s+(?P<key>sha256|size_bytes):)\s*\S+(?P<tail>.*)$")


def fill_lock(text: str, digests: Mapping[str, tuple[str, int]]) -> str:
    """The same text with `sha256` and `size_bytes` of the named artifacts set. digests: name -> (sha256, bytes)."""
    name = ""
    lines = []
    for line in text.splitlines(keepends=True):
        item = _ITEM.match(line)
        name = item.group(1) if item else name
        lines.append(_filled(line, digests[name]) if name in digests else line)
    return "".join(lines)


def _filled(line: str, digest: tuple[str, int]) -> str:
    field = _FIELD.match(line.rstrip("\n"))
    if not field:
        return line
    value = digest[0] if field["key"] == "sha256" else str(digest[1])
    return f"{field['head']} {value}{field['tail']}\n"


def find_checksum(text: str, file: str) -> str:
    """The digest of a file in the text of a `sha256sum` list, or an empty text."""
    for line in text.splitlines():
        fields = line.split()
        if len(fields) == 2 and fields[1].lstrip("*") == file:
            return fields[0].lower()
    return ""
