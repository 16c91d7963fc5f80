"""A BMC that speaks real IPMI 2.0 (pyghmi's server) and does nothing but remember.

`python -m tests.peers.ipmi_bmc PORT FOLDER`.

FOLDER/state.json holds power, flags (five bytes of boot parameter 5) and faults; FOLDER/log one line per command.
Faults: busy (commands refused), forget (boot writes lost), hide (flags read back as invalid), slow (seconds until a
power command shows), late (seconds until a power command is answered), full (no session left). Each is a number of
times, except slow and late.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from pyghmi.ipmi import bmc
from pyghmi.ipmi.private import serversession

from lab.machine.once import OnceSession

PORT, FOLDER = int(sys.argv[1]), Path(sys.argv[2])
NO_RESOURCES, BAD_ALGORITHM = 0x01, 0x04


def load() -> dict[str, Any]:
    state: dict[str, Any] = json.loads((FOLDER / "state.json").read_text())
    return state


def save(state: dict[str, Any]) -> None:
    part = FOLDER / "state.part"
    part.write_text(json.dumps(state))
    part.replace(FOLDER / "state.json")


def note(line: str) -> None:
    with (FOLDER / "log").open("a") as log:
        print(line, file=log)


def strikes(fault: str) -> bool:
    state = load()
    left = state["faults"].get(fault, 0)
    if left:
        state["faults"][fault] = left - 1
        save(state)
    return bool(left)


class Session(OnceSession):
    def create_open_session_response(self, request: bytes) -> bytearray:
        # The library's server answers suite 3 whatever was asked, so that clients that asked for 17 break later.
        status = NO_RESOURCES if strikes("full") else BAD_ALGORITHM if request[12] != 1 else 0
        note(f"open status={status}")
        if not status:
            return bytearray(super().create_open_session_response(request))
        self.clientsessionid = request[4:8]
        self.managedsessionid, self.privlevel = bytes(4), 4
        return bytearray([request[0], status, 0, 0]) + self.clientsessionid


serversession.ServerSession = Session


class RecordingBmc(bmc.Bmc):
    shown = (0.0, "")

    def get_power_state(self) -> str:
        due, old = self.shown
        return old if time.monotonic() < due else str(load()["power"])

    def _power(self, power: str) -> int:
        note(f"power {power}")
        if strikes("busy"):
            return 0xC0
        state = load()
        RecordingBmc.shown = (time.monotonic() + state["faults"].get("slow", 0), state["power"])
        save({**state, "power": power})
        time.sleep(state["faults"].get("late", 0))
        return 0

    def power_on(self) -> int:
        return self._power("on")

    def power_off(self) -> int:
        return self._power("off")

    def set_system_boot_options(self, request: dict[str, Any], session: Any) -> None:
        data = bytes(request["data"])
        note(f"set {data[0]} {data[1:].hex()}")
        if data[0] == 5 and not strikes("forget"):
            save({**load(), "flags": list(data[1:6])})
        session.send_ipmi_response()

    def get_system_boot_options(self, request: dict[str, Any], session: Any) -> None:
        if strikes("busy"):
            session.send_ipmi_response(code=0xC0)
            return
        parameter = 0x85 if load()["faults"].get("hide") else 5
        session.send_ipmi_response(data=[1, parameter, *load()["flags"]])


if __name__ == "__main__":
    server = RecordingBmc({"admin": "secret"}, port=PORT, address="127.0.0.1")
    note("listening")
    server.listen()
