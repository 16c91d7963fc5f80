"""The stand-in for a vCenter (`lab/vcenter`) in the rack: two guests to import one by one, and a small estate."""

from __future__ import annotations

import json
import shutil
import sys
from functools import partial
from pathlib import Path
from typing import Any

from lab import daemons, keys, process
from lab.build import cache
from lab.build.catalog import all_recipes
from lab.daemons import Daemon
from lab.machine import authority
from lab.place import Place
from lab.rack.model import MGMT
from lab.shell import accepts, inside, run, wait_for

ADDRESS, PORT, CONTROL_PORT = f"{MGMT}.1", 443, 8991
NAMES = ("vcenter", "vcenter.rack.test")
USER = "administrator@vsphere.local"
SECRET = "vcenter"
PATIENCE = 120
DATA_MIB = 32
NETWORK = "VM Network"


def up(place: Place) -> None:
    """Start the stand-in, built if it is not in the cache; one that runs keeps what its machines have written."""
    built = cache.build(all_recipes(), ["vcenter", "guest_ova"])
    if not process.alive(place.data / "run" / "vcenter"):
        folder = place.data / "vcenter"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        (folder / "estate.json").write_text(json.dumps(estate(built["guest_ova"] / "guest.raw")))
    daemons.start(place, daemon(place, built["vcenter"] / "vcenter"))
    there = partial(accepts, place.controller, ADDRESS, PORT)
    wait_for("vcenter", there, PATIENCE, f"see {place.logs / 'vcenter.log'}")


def scribble(place: Place, machine: str, seed: int) -> None:
    """Let a running machine write to its second disk, as its users do while it is copied."""
    url = f"http://127.0.0.1:{CONTROL_PORT}/machines/{machine}/disks/1/scribble"
    body = json.dumps({"seed": seed, "pieces": 50, "bytes": 8192}).encode()
    ask = f"from urllib.request import urlopen; print(urlopen({url!r}, {body!r}, {PATIENCE}).read().decode())"
    print(run(*inside(place.controller, sys.executable, "-c", ask)))


def daemon(place: Place, program: Path) -> Daemon:
    """Return the stand-in as a daemon on the controller's side; its control endpoint is for the controller only."""
    folder = place.data / "vcenter"
    keys.password(place, SECRET)
    certificate, key = authority.certificate_for(place, "vcenter", ADDRESS, NAMES)
    options = {
        "listen": f"{ADDRESS}:{PORT}",
        "control": f"127.0.0.1:{CONTROL_PORT}",
        "certificate": certificate,
        "key": key,
        "estate": folder / "estate.json",
        "folder": folder / "data",
        "username": USER,
        "password-file": place.data / "secrets" / SECRET,
    }
    return Daemon("vcenter", place.controller, (str(program), *(f"-{name}={item}" for name, item in options.items())))


def estate(disk: Path) -> dict[str, Any]:
    """Return the machines, of one guest disk: `legacy-cold` is off, `legacy-warm` runs and has a disk to write to.

    Those of the estate have names of their own, so that imports of single machines and waves do not meet.
    """
    boot = {"backing": str(disk), "controller": "lsilogic"}
    data = {"capacity_bytes": DATA_MIB << 20, "controller": "lsilogic"}
    # Large enough to tell a rate when it is full.
    base = {"capacity_bytes": 3 * DATA_MIB << 20, "controller": "lsilogic"}
    return {
        "hosts": [{"name": "esx1.rack.test", "cluster": "legacy"}, {"name": "esx2.rack.test", "cluster": "legacy"}],
        "networks": [{"name": NETWORK}, {"name": "DMZ"}],
        "machines": [
            machine("legacy-cold", "off", card("22"), boot),
            machine("legacy-warm", "on", card("23"), boot, data),
            machine("estate-web", "on", card("e1"), boot),
            machine("estate-db", "on", card("e2"), boot, base),
            machine("estate-old", "off", card("e3"), boot),
            machine("estate-dmz", "on", {**card("e4"), "network": "DMZ"}, boot),
        ],
    }


def machine(name: str, power: str, nic: dict[str, Any], *disks: dict[str, Any]) -> dict[str, Any]:
    """Return a small Linux guest; hosts take turns."""
    hardware = {"guest_id": "otherLinux64Guest", "memory_mib": 128}
    return {"name": name, "power": power, "nics": [nic], "disks": list(disks), **hardware}


def card(number: str) -> dict[str, Any]:
    """Return a network card by the last part of its address; the DHCP server of the VM network knows some of them."""
    return {"mac": f"52:54:00:80:00:{number}", "mac_type": "manual", "network": NETWORK}


def source(place: Place) -> dict[str, Any]:
    """Return how an import reaches the stand-in, without a machine's name."""
    return {
        "type": "vcenter",
        "hostname": ADDRESS,
        "port": PORT,
        "datacenter": "DC0",
        "username": USER,
        "password": "{{ vault_vcenter_password }}",
        "ca_path": str(place.state / "ca.pem"),
    }
