# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of a configuration without its secrets, for differences and results. What reads as YAML still does.

This module util is private to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .rke2.keys import SECRET_KEYS

_KEY = re.compile(r"""(?P<lead>\s*(?:-\s+)*)["']?(?P<name>[\w./-]+\+?)["']?\s*:(?:\s|$)""")
_WORDS = r"pass(?:word|wd|phrase)|token|secret|(?:private|access)[_-]?key"
_NAME = re.compile(rf"(?:{'|'.join(SECRET_KEYS)}|auth|(?:.*[._-])?(?:{_WORDS}))\+?", re.IGNORECASE)
_MENTION = re.compile(_WORDS, re.IGNORECASE)
_LOGIN = re.compile(r"://[^/@\s]+@")
HIDDEN = "# (hidden: may hold a secret)"


def redact(text: str) -> str:
    """Values of keys that hold secrets are `***`, nested lines included. Lines that only mention one are hidden."""
    kept = [_LOGIN.sub("://***@", line) for line in _shown(text)]
    return "\n".join(kept) + "\n" if kept else ""


def _shown(text: str) -> Iterator[str]:
    inside: int | None = None
    for line in text.splitlines():
        bare = line.lstrip()
        indent = len(line) - len(bare)
        if inside is not None and (not bare or indent > inside or (indent == inside and bare.startswith("-"))):
            continue
        inside = None
        key = _KEY.match(line)
        if key and _NAME.fullmatch(key["name"]):
            inside = indent
            yield f"{key['lead']}{key['name']}: '***'"
        elif not key and _MENTION.search(line):
            inside = indent
            yield " " * indent + HIDDEN
        else:
            yield line
