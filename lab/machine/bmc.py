"""The BMC of one machine, a process of its own: ``python -m lab.machine.bmc NAME``."""

from __future__ import annotations

import sys
import threading
import time

from lab import keys
from lab.machine import redfish
from lab.machine.authority import certificate_for
from lab.machine.faults import Faults
from lab.machine.ipmi import IpmiBmc
from lab.machine.qemu import QemuMachine
from lab.place import here
from lab.rack import model
from lab.shell import LabError

LOOK_SECONDS = 0.2


def watch_console(machine: QemuMachine, faults: Faults) -> None:
    """Cut the power when the serial console says what a fault waits for."""
    waiting, position = "", 0
    while True:
        time.sleep(LOOK_SECONDS)
        text = str(faults.load().get("power_cut_at", ""))
        if not text:
            waiting = ""
            continue
        if text != waiting:
            waiting, position = text, len(said(machine))
        if text.encode() not in said(machine)[position:]:
            continue
        machine.note(f"fault: power cut at {text!r}")
        faults.take_text("power_cut_at")
        machine.off()


def said(machine: QemuMachine) -> bytes:
    """Return all that has come out of the serial console."""
    return machine.console.read_bytes() if machine.console.exists() else b""


def main(name: str) -> None:
    """Serve until killed."""
    place = here()
    rack = model.load((place.state / "rack").read_text().strip())
    found = [machine for machine in rack.machines if machine.name == name]
    if not found:
        raise LabError(f"rack {rack.name}: there is no machine {name}")
    machine = QemuMachine(place, found[0])
    faults = Faults(place.state / "faults" / f"{name}.yml")
    password = keys.password(place, "bmc")
    address = found[0].bmc_address
    ipmi = IpmiBmc(machine, faults, password, address)
    # Its port is opened last: who finds it open finds the whole BMC.
    https = redfish.server(machine, faults, password, address, certificate_for(place, name, address))
    threading.Thread(target=https.serve_forever, daemon=True).start()
    threading.Thread(target=watch_console, args=(machine, faults), daemon=True).start()
    ipmi.listen()


if __name__ == "__main__":
    main(sys.argv[1])
