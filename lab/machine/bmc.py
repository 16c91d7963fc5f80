"""The BMC of one machine, a process of its own: ``python -m lab.machine.bmc NAME``."""

from __future__ import annotations

import sys
import threading

from lab import keys
from lab.machine import redfish
from lab.machine.authority import certificate_for
from lab.machine.console import Watch
from lab.machine.faults import Faults
from lab.machine.ipmi import IpmiBmc
from lab.machine.qemu import QemuMachine
from lab.place import here
from lab.rack import model
from lab.shell import LabError


def main(name: str) -> None:
    """Serve until killed."""
    place = here()
    rack = model.load((place.state / "rack").read_text().strip())
    found = [machine for machine in rack.machines if machine.name == name]
    if not found:
        raise LabError(f"rack {rack.name}: there is no machine {name}")
    machine = QemuMachine(place, found[0])
    faults = Faults(place.state / "faults" / f"{name}.yml")
    watch = Watch(machine, faults)
    machine.before_start = watch.heed
    password = keys.password(place, "bmc")
    address = found[0].bmc_address
    ipmi = IpmiBmc(machine, faults, password, address)
    # Its port is opened last: who finds it open finds the whole BMC.
    https = redfish.server(machine, faults, password, address, certificate_for(place, name, address))
    threading.Thread(target=https.serve_forever, daemon=True).start()
    threading.Thread(target=watch.run, daemon=True).start()
    ipmi.listen()


if __name__ == "__main__":
    main(sys.argv[1])
