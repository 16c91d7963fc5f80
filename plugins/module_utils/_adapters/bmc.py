# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Open a session with a BMC by the driver its endpoint names, or by the first one that answers.

This module util is private to the collection.
"""

from __future__ import annotations

import time
from typing import Union

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.ipmi import IpmiBmc
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.redfish import RedfishBmc
from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.endpoint import Endpoint
from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.errors import BmcError

AnyBmc = Union[IpmiBmc, RedfishBmc]


class SystemClock:
    """Implements _core.bmc.converge.Clock."""

    def now(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


def open_bmc(endpoint: Endpoint) -> AnyBmc:
    """Raises the BmcError of the last driver tried. Another driver is only tried where nothing answered."""
    *earlier, last = endpoint.drivers
    for driver in earlier:
        try:
            return _open(driver, endpoint)
        except BmcError as error:
            if error.kind != "unreachable":
                raise
    return _open(last, endpoint)


def _open(driver: str, endpoint: Endpoint) -> AnyBmc:
    return RedfishBmc(endpoint) if driver == "redfish" else IpmiBmc(endpoint)
