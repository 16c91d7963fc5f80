# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a BMC is reached, out of a node's `bmc` dictionary.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

IPMI_PORT = 623


@dataclass(frozen=True)
class Endpoint:
    """driver: auto, ipmi or redfish. cipher_suite: 3 or 17, None = the strongest both sides know. timeout: seconds."""

    address: str
    username: str
    password: str = field(repr=False)
    driver: str = "auto"
    port: int | None = None
    cipher_suite: int | None = None
    scheme: str = "https"
    verify_tls: bool = True
    ca_path: str | None = None
    system_id: str | None = None
    timeout: float = 20.0

    @property
    def drivers(self) -> tuple[str, ...]:
        """The drivers to try, in order."""
        if self.driver != "auto":
            return (self.driver,)
        return ("ipmi",) if self.port == IPMI_PORT else ("redfish", "ipmi")

    @property
    def host_for_url(self) -> str:
        return f"[{self.address}]" if ":" in self.address else self.address

    def port_of(self, driver: str) -> int:
        if self.port and len(self.drivers) == 1:
            return self.port
        if driver == "ipmi":
            return IPMI_PORT
        return self.port or (443 if self.scheme == "https" else 80)

    def place(self, driver: str) -> str:
        return f"{self.host_for_url}:{self.port_of(driver)}"


def endpoint_of(bmc: Mapping[str, Any], timeout: float = 20.0) -> Endpoint:
    """Build from module parameters of the same names; None means the default."""
    names = set(Endpoint.__dataclass_fields__) - {"timeout"}
    return Endpoint(timeout=timeout, **{name: bmc[name] for name in names if bmc.get(name) is not None})
