# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Points in time as people write them: ISO 8601, with a time zone.

This module util is private to the collection.
"""

from __future__ import annotations

import datetime


def moment(text: str) -> datetime.datetime:
    """The point in time. Raises ValueError that says what is wrong with the text, and how to write it."""
    try:
        found = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise ValueError(f"{text!r} is no time; write it as 2026-12-24T22:00:00+01:00") from error
    if found.tzinfo is None:
        raise ValueError(f"{text!r} lacks its time zone; append it, such as +01:00 or Z")
    return found
