# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks a guest's web page again and again in the background, and counts what was lost.

This module util is private to the collection.
"""

from __future__ import annotations

import http.client
import threading
import time
from types import TracebackType
from typing import Any

from .guest_checks import http_get


class GuestProbe:
    """A context manager; `report()` afterwards. Times in seconds."""

    def __init__(self, url: str, interval: float, timeout: float) -> None:
        self.url, self.interval, self.timeout = url, interval, timeout
        self.asked = self.lost = 0
        self.longest_gap = 0.0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._ask_on, daemon=True)

    def __enter__(self) -> GuestProbe:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join()

    def report(self) -> dict[str, Any]:
        """asked, lost, longest_gap."""
        return {"asked": self.asked, "lost": self.lost, "longest_gap": round(self.longest_gap, 3)}

    def _ask_on(self) -> None:
        answered = time.monotonic()
        while True:
            self.asked += 1
            if self._answers():
                answered, gap = time.monotonic(), time.monotonic() - answered
            else:
                self.lost += 1
                gap = time.monotonic() - answered
            self.longest_gap = max(self.longest_gap, gap)
            if self._end.wait(self.interval):
                return

    def _answers(self) -> bool:
        try:
            return http_get(self.url, self.timeout)[0] < 400
        except (OSError, http.client.HTTPException):
            return False
