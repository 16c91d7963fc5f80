# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A BMC that is asked again when it was busy, full or silent.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.converge import Bmc, Journal
from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.errors import BmcError
from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.model import Override, State

T = TypeVar("T")


def retry(call: Callable[[], T], attempts: int, pause: float, journal: Journal) -> T:
    """Call until it succeeds; pauses double. A wrong password is never tried twice: BMCs lock accounts."""
    for attempt in range(1, attempts + 1):
        try:
            return call()
        except BmcError as error:
            if attempt == attempts or not error.is_worth_a_retry:
                raise
            journal.add(f"{error.kind}: {error.detail} (attempt {attempt} of {attempts})")
            journal.clock.sleep(pause * 2 ** (attempt - 1))
    raise ValueError("attempts must be at least 1")


class PatientBmc:
    """Wraps a Bmc. All commands sent here are states, not toggles, so that saying one twice does no harm."""

    def __init__(self, bmc: Bmc, attempts: int, pause: float, journal: Journal) -> None:
        self._bmc, self._attempts, self._pause, self._journal = bmc, attempts, pause, journal
        self.driver, self.address = bmc.driver, bmc.address

    def _patiently(self, call: Callable[[], T]) -> T:
        return retry(call, self._attempts, self._pause, self._journal)

    def read(self) -> State:
        return self._patiently(self._bmc.read)

    def set_override(self, override: Override) -> None:
        self._patiently(lambda: self._bmc.set_override(override))

    def set_power(self, power: str) -> None:
        self._patiently(lambda: self._bmc.set_power(power))
