# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One IPMI session with one BMC, by pyghmi.

This module util is private to the collection.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from struct import error as struct_error
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.endpoint import Endpoint
from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.errors import BmcError
from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.ipmi import (
    KEEP_FLAGS,
    decode,
    encode,
    kind_of_code,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.model import Override, State

try:
    from pyghmi.exceptions import IpmiException
    from pyghmi.ipmi.private import session as pyghmi_session

    HAS_PYGHMI = True

    class Suite3Session(pyghmi_session.Session):  # type: ignore[misc]
        """Asks for HMAC-SHA1 at once. The library begins with SHA-256, which some BMCs answer with a wrong length."""

        def _initsession(self) -> None:
            super()._initsession()
            self.attemptedhash = 1

except ImportError:
    HAS_PYGHMI = False

CHASSIS, APPLICATION = 0x00, 0x06
GET_STATUS, CONTROL, SET_BOOT, GET_BOOT = 0x01, 0x02, 0x08, 0x09
POWER = {"off": 0, "on": 1}
AUTH_WORDS = ("password", "unauthorized name", "integrity check", "privilege", "username", "invalid role", "kg?")
SUITE_3 = 3


def kind_of_text(text: str) -> str:
    """The error kind of pyghmi's words; it has no codes for a failed login."""
    lowered = text.lower()
    if any(word in lowered for word in AUTH_WORDS):
        return "auth"
    if "insufficient resources" in lowered:
        return "session_limit"
    if "algorithm" in lowered or "cipher" in lowered or "payload" in lowered:
        return "unsupported"
    return "unreachable"


class IpmiBmc:
    """Implements _core.bmc.converge.Bmc. Use as a context manager: sessions of a BMC are few and must be given back."""

    driver = "ipmi"

    def __init__(self, endpoint: Endpoint) -> None:
        self.address = endpoint.place(self.driver)
        if not HAS_PYGHMI:
            raise self._error("unsupported", "the Python library pyghmi is not installed on the controller")
        try:
            self._session = self._open(endpoint)
        except (IpmiException, OSError, struct_error) as error:
            text = str(error) or "no answer"
            raise self._error(kind_of_text(text), f"no session: {text}") from error

    @staticmethod
    def _open(endpoint: Endpoint) -> Any:
        kind = Suite3Session if endpoint.cipher_suite == SUITE_3 else pyghmi_session.Session
        # Bytes, because the library forgets a pending session by its bytes but looks it up by what was given.
        user, password = endpoint.username.encode(), endpoint.password.encode()
        return kind(endpoint.address, user, password, port=endpoint.port_of("ipmi"))

    def __enter__(self) -> IpmiBmc:
        return self

    def __exit__(self, *exc_info: object) -> None:
        # A session that is lost already has nothing to give back.
        with contextlib.suppress(IpmiException, OSError, KeyError, AttributeError):
            self._session.logout()

    def read(self) -> State:
        power = "on" if self._ask(GET_STATUS)[0] & 1 else "off"
        return State(power, self._read_override(), mode_needed=True)

    def _read_override(self) -> Override:
        """A BMC without this command still has a power state worth reading."""
        try:
            return decode(self._ask(GET_BOOT, (5, 0, 0)))
        except BmcError as error:
            if error.kind != "unsupported":
                raise
            return Override(None, None)

    def set_override(self, override: Override) -> None:
        try:
            data = encode(override)
        except ValueError as error:
            raise self._error("unsupported", str(error)) from error
        self._ask(SET_BOOT, KEEP_FLAGS)
        self._ask(SET_BOOT, data)

    def set_power(self, power: str) -> None:
        self._ask(CONTROL, (POWER[power],))

    def _ask(self, command: int, data: Sequence[int] = ()) -> list[int]:
        try:
            answer = self._session.raw_command(netfn=CHASSIS, command=command, data=data)
        except IpmiException as error:
            raise self._error("unreachable", f"the session broke: {error}") from error
        code = answer.get("code", 0)
        if "error" in answer or code:
            text = answer.get("error") or f"completion code 0x{code:02x}"
            raise self._error(kind_of_code(code) or "unsupported", f"command 0x{command:02x}: {text}")
        return list(answer["data"])

    def _error(self, kind: str, detail: str) -> BmcError:
        return BmcError(kind, self.address, self.driver, detail)
