# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A limit of bytes per second, as a token bucket that holds one second.

This module util is private to the collection.
"""

from __future__ import annotations

import time
from collections.abc import Callable


class Pace:
    """Call it with the size of what was moved; it sleeps when that was too fast. rate 0: no limit."""

    def __init__(
        self,
        rate: int,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.rate, self.clock, self.sleep = rate, clock, sleep
        self.tokens, self.seen = float(rate), clock()

    def __call__(self, size: int) -> None:
        if not self.rate:
            return
        now = self.clock()
        self.tokens = min(self.rate, self.tokens + (now - self.seen) * self.rate) - size
        self.seen = now
        if self.tokens < 0:
            self.sleep(-self.tokens / self.rate)
