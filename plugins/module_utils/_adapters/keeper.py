# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does something small again and again while the main work takes long.

This module util is private to the collection.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from .._core.errors import PlatformError

EVERY = 5.0


class Keeper:
    """Calls `work` in a thread of its own. A PlatformError ends it; `complain` raises it where the work is done."""

    def __init__(self, work: Callable[[], None], every: float = EVERY) -> None:
        self.work, self.every = work, every
        self._end = threading.Event()
        self._thread: threading.Thread | None = None
        self._error: PlatformError | None = None

    def start(self) -> None:
        self._end.clear()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._end.wait(self.every):
            try:
                self.work()
            except PlatformError as error:
                self._error = error
                return

    def complain(self) -> None:
        """Raise what went wrong, once."""
        error, self._error = self._error, None
        if error is not None:
            raise error

    def stop(self) -> None:
        self._end.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
