"""The IPMI face of a machine's BMC, on pyghmi's server."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

from pyghmi.ipmi import bmc as pyghmi_bmc
from pyghmi.ipmi.private import serversession

from lab.machine.boot import BootFlags
from lab.machine.faults import Faults
from lab.machine.once import OnceSession
from lab.machine.qemu import QemuMachine

NODE_BUSY, NOT_SUPPORTED, BAD_FIELD = 0xC0, 0x80, 0xCC
NO_MATCHING_SUITE = 0x11
# Clients send a command again when no answer came within about a second; a second reset would eat the boot override.
SAME_COMMAND_SECONDS = 3.0
CHASSIS, CONTROL = 0, 2


def answer_open_session(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return pyghmi's answer to a login, but one that refuses what it does not speak.

    Its server always answers with cipher suite 3, whatever was asked for. A client that asked for suite 17 first then
    expects longer digests and breaks; refused, it asks again with suite 3.
    """

    def answer(session: Any, request: Any) -> Any:
        sha1 = 1
        if request[12] == sha1:
            return original(session, request)
        session.clientsessionid = request[4:8]
        session.managedsessionid = bytes(4)
        session.privlevel = 4
        return bytearray([request[0], NO_MATCHING_SUITE, 0, 0]) + request[4:8]

    return answer


OnceSession.create_open_session_response = answer_open_session(OnceSession.create_open_session_response)
# What pyghmi's server makes for every client.
serversession.ServerSession = OnceSession


class IpmiBmc(pyghmi_bmc.Bmc):  # type: ignore[misc]
    """Answers at once and acts afterwards, as a BMC does."""

    def __init__(self, machine: QemuMachine, faults: Faults, password: str, address: str) -> None:
        super().__init__({"admin": password}, port=623, bmcuuid=uuid.UUID(machine.machine.uuid), address=address)
        self.machine, self.faults = machine, faults
        self.last: tuple[str, float] = ("", 0.0)

    def handle_raw_request(self, request: Any, session: Any) -> Any:
        """Refuse commands while busy, else do as pyghmi does."""
        if self.faults.take("busy"):
            return session.send_ipmi_response(code=NODE_BUSY)
        return super().handle_raw_request(request, session)

    def act(self, name: str, action: Callable[[], None]) -> int:
        """Start an action in the background, once, however often the same command comes; return the completion code."""
        now = time.monotonic()
        if self.last[0] != name or now - self.last[1] > SAME_COMMAND_SECONDS:
            threading.Thread(target=action, name=name).start()
        self.last = (name, now)
        return 0

    def get_system_guid(self) -> uuid.UUID:
        return uuid.UUID(self.machine.machine.uuid)

    def get_power_state(self) -> int:
        return int(bool(self.machine.pid()))

    def power_on(self) -> int:
        return self.act("on", self.machine.on)

    def power_off(self) -> int:
        return self.act("off", self.machine.off)

    def power_cycle(self) -> int:
        return self.act("cycle", self.machine.cycle)

    def power_reset(self) -> int:
        return self.act("reset", self.machine.reset)

    def power_shutdown(self) -> int:
        return self.act("soft", self.machine.soft)

    def get_system_boot_options(self, request: Any, session: Any) -> Any:
        """Answer parameter 5 with the flags as they were set, byte by byte."""
        if request["data"][0] != 5:
            return session.send_ipmi_response(code=NOT_SUPPORTED)
        return session.send_ipmi_response(data=[1, 5, *self.machine.flags.to_ipmi()])

    def set_system_boot_options(self, request: Any, session: Any) -> Any:
        """Keep parameter 5; the parameters around it (locks, timers, acknowledgements) change nothing here."""
        number, *data = request["data"]
        if number == 5:
            try:
                flags = BootFlags.from_ipmi(data)
            except (ValueError, IndexError):
                return session.send_ipmi_response(code=BAD_FIELD)
            if not self.faults.take("lose_boot"):
                self.machine.flags = flags
        elif number not in (0, 3, 4):
            return session.send_ipmi_response(code=NOT_SUPPORTED)
        return session.send_ipmi_response()
