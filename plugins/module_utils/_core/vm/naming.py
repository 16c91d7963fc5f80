# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names in the cluster from names of machines.

This module util is private to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Collection

MAX_LENGTH = 63


def object_name(name: str, taken: Collection[str] = (), limit: int = MAX_LENGTH) -> str:
    """A DNS label: lower case, other characters become `-`, at most `limit` long; `-2` and so on when it is taken."""
    base = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:limit].rstrip("-") or "vm"
    candidate, number = base, 1
    while candidate in taken:
        number += 1
        suffix = f"-{number}"
        candidate = base[: limit - len(suffix)].rstrip("-") + suffix
    return candidate


def label_value(text: str) -> str:
    """A label value: at most 63 of the characters a label may have, beginning and ending with a letter or digit."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", text)[:MAX_LENGTH].strip("-_.")


def serial_of(uuid: str) -> str:
    """The serial of a virtio disk: its letters and digits, at most 20."""
    return re.sub(r"[^A-Za-z0-9]", "", uuid)[:20]
