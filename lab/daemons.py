"""The lab's own services: files for the controller's side, names, leases for virtual machines."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from lab import process
from lab.networks import TRUNK_PORT
from lab.place import Place
from lab.rack.model import MGMT, VMS, Rack
from lab.rack.network import TAGGED
from lab.shell import inside

FILES_PORT = 8090
# Guests of the rehearsal get an address by their network card: ...:00:21 is .21.
GUESTS = range(21, 61)


@dataclass(frozen=True)
class Daemon:
    """A background process in one of the lab's namespaces."""

    name: str
    namespace: str
    command: Sequence[str]


def all_daemons(place: Place, rack: Rack) -> list[Daemon]:
    """Return the services of a lab; writes their configuration."""
    return [files(place), names(place, rack), leases(place), access_ports(place)]


def files(place: Place) -> Daemon:
    """Return the file server of the artifacts."""
    command = (sys.executable, "-m", "lab.fileserver", f"{MGMT}.1", str(FILES_PORT), str(place.artifacts))
    return Daemon("files", place.controller, command)


def names(place: Place, rack: Rack) -> Daemon:
    """Return the name server that hosts and machines ask: it knows the rack and says at once that it knows no more."""
    hosts = place.data / "names"
    everybody = [(f"{MGMT}.1", "controller"), (f"{MGMT}.1", "vcenter")]
    everybody += [(item.address, item.name) for item in (*rack.hosts, *rack.machines)]
    hosts.write_text("".join(f"{address} {name} {name}.lab {name}.rack.test\n" for address, name in everybody))
    lines = ["port=53", "no-resolv", "no-hosts", f"addn-hosts={hosts}", f"listen-address={MGMT}.1", "local=/#/"]
    return dnsmasq(place, "names", place.controller, lines)


def leases(place: Place) -> Daemon:
    """Return the DHCP server of the VM network."""
    lines = [
        "port=0",
        "interface=br-vm",
        "dhcp-authoritative",
        # A guest that is started again at once must not wait for the server to look for its own old address.
        "no-ping",
        "log-dhcp",
        f"dhcp-range={VMS}.100,{VMS}.150,1h",
        f"dhcp-option=option:router,{VMS}.1",
        f"dhcp-leasefile={place.data / 'leases'}",
        *(f"dhcp-host=52:54:00:80:00:{number},{VMS}.{number}" for number in GUESTS),
        "dhcp-ignore-names",
    ]
    return dnsmasq(place, "leases", place.network, lines)


def access_ports(place: Place) -> Daemon:
    """Return the switch that gives each VLAN of the machines a port of its own."""
    ports = [f"{vid}=access-{vid}" for vid in TAGGED]
    return Daemon("access-ports", place.network, (sys.executable, "-m", "lab.accessports", TRUNK_PORT, *ports))


def dnsmasq(place: Place, name: str, namespace: str, lines: list[str]) -> Daemon:
    """Write a dnsmasq configuration and return the daemon that runs with it."""
    common = [
        "bind-interfaces",
        "except-interface=lo",
        "user=root",
        "group=root",
        "pid-file",
        "keep-in-foreground",
        "log-facility=-",
    ]
    path = place.data / f"{name}.conf"
    path.write_text("\n".join([*common, *lines]) + "\n")
    return Daemon(name, namespace, ("dnsmasq", f"--conf-file={path}"))


def start(place: Place, daemon: Daemon) -> None:
    """Start a daemon; does nothing when it runs."""
    pid_file = place.data / "run" / daemon.name
    if not process.alive(pid_file):
        process.start(
            pid_file, inside(daemon.namespace, *daemon.command), place.logs / f"{daemon.name}.log", environment(place)
        )


def environment(place: Place) -> dict[str, str]:
    """Return what lab modules need when they run as a process of their own."""
    return {"PYTHONPATH": str(place.checkout), "PYTHONUNBUFFERED": "1"}
