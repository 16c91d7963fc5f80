# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a failed request means: try again, log in again, or give up.

This module util is private to the collection.
"""

from __future__ import annotations

from .engine import Retriable

TRIES = 5
LONGEST = 60.0
_TRANSIENT = (408, 425, 429, 500, 502, 503, 504)


class Broken(Retriable):
    """The connection broke, or the peer is busy: the same request may succeed in a moment."""


class Unauthenticated(Retriable):
    """The session ended: log in, then ask again."""


def pause_before(attempt: int, chance: float) -> float:
    """Seconds before a retry: 1, 2, 4 ... 60, of which up to a half is left to chance (0..1), so that many spread."""
    return float(min(LONGEST, 2**attempt)) * (1 - chance / 2)


def kind_of_status(status: int) -> str:
    """ok, transport, auth or permanent."""
    if status < 300:
        return "ok"
    if status == 401:
        return "auth"
    return "transport" if status in _TRANSIENT else "permanent"
