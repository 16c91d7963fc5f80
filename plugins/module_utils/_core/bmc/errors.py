# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of a BMC, told apart by what an operator has to do about them.

This module util is private to the collection.
"""

from __future__ import annotations

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError

WAYS_OUT = {
    "unreachable": "check address, port, cabling and that the BMC's network is reachable from the controller",
    "auth": "check username, password and that the account has administrator privilege; nothing was retried",
    "busy": "the BMC is alive but refuses commands for now; run again in a minute, or reset the BMC",
    "session_limit": "other tools hold all sessions; close them or wait for their timeout, then run again",
    "unsupported": "the BMC cannot do this; choose another driver, boot method or boot mode for this node",
    "ignored": "the BMC accepted the setting but does not show it; reset the BMC or choose another driver",
    "timeout": "the BMC answered, but the machine did not get there in time; look at its console and raise `timeout`",
    "tls": "set `ca_path` to the BMC's certificate authority, or `verify_tls: false` for a self-signed certificate",
}
RETRIED = frozenset({"unreachable", "busy", "session_limit", "timeout"})


class BmcError(PlatformError):
    """kind: a key of WAYS_OUT. address: `host:port`. detail: what the BMC or the library said."""

    def __init__(self, kind: str, address: str, driver: str, detail: str) -> None:
        self.kind = kind
        self.address = address
        self.driver = driver
        self.detail = detail
        super().__init__(
            f"BMC {address} ({driver}): {kind}: {detail}; {WAYS_OUT[kind]}",
            kind=kind,
            address=address,
            driver=driver,
        )

    @property
    def is_worth_a_retry(self) -> bool:
        return self.kind in RETRIED
