"""The machines of a rack: powered off until somebody uses their BMC."""

from __future__ import annotations

import shutil
import sys
from functools import partial

from lab import daemons
from lab.daemons import Daemon
from lab.machine import authority
from lab.machine.qemu import QemuMachine
from lab.place import Place
from lab.rack.model import Machine, Rack
from lab.shell import accepts, wait_for

REDFISH_PORT = 8443
# Seconds that a busy machine may need to load a BMC's program.
PATIENCE = 120


def up(place: Place, rack: Rack, accel: str) -> None:
    """Prepare the machines' hardware and start their BMCs."""
    authority.authority(place)
    (place.state / "faults").mkdir(exist_ok=True)
    for machine in rack.machines:
        QemuMachine(place, machine).prepare(accel)
        daemons.start(place, bmc(place, machine))


def wait(place: Place, rack: Rack) -> None:
    """Wait until the BMCs answer: who switches a machine does not ask twice."""
    for machine in rack.machines:
        there = partial(accepts, place.controller, machine.bmc_address, REDFISH_PORT)
        wait_for(f"{machine.name}: its BMC", there, PATIENCE, f"see {place.logs / f'bmc-{machine.name}.log'}")


def cut(place: Place, machine: Machine, empty: bool) -> None:
    """Cut a machine's power, and on wish give it an empty disk and the firmware settings of a new one."""
    qemu = QemuMachine(place, machine)
    qemu.off()
    if empty:
        for name in ("disk.qcow2", "vars.fd", "boot.json"):
            (qemu.folder / name).unlink(missing_ok=True)
        qemu.prepare((qemu.folder / "accel").read_text())


def bmc(place: Place, machine: Machine) -> Daemon:
    """Return the daemon that is a machine's BMC."""
    command = (sys.executable, "-m", "lab.machine.bmc", machine.name)
    return Daemon(f"bmc-{machine.name}", place.network, command)


def down(place: Place) -> None:
    """Cut the power of every machine that has a folder, also of one that is not in the rack any more, and remove it."""
    for folder in sorted((place.data / "machines").glob("*")):
        QemuMachine(place, Machine(folder.name, 2, "agent")).off()
        shutil.rmtree(folder)


def status(place: Place, rack: Rack) -> list[tuple[str, str, str]]:
    """Return name, power state and addresses of each machine."""
    rows = []
    for machine in rack.machines:
        state = "on" if QemuMachine(place, machine).pid() else "off"
        rows.append((machine.name, state, f"{machine.address} BMC {machine.bmc_address}"))
    return rows
