"""The lab's two network namespaces: bridges in one, the controller in the other.

The machine's own network is not touched.
"""

from __future__ import annotations

from pathlib import Path

from lab.place import Place
from lab.rack.model import BMC, MGMT, MGMT6, VMS, Rack
from lab.rack.network import TAGGED
from lab.shell import LabError, inside, run, works

# Bridges with a fixed address: else it changes whenever a port joins, and neighbours keep the old one for minutes.
BRIDGES = {"br-mgmt": "52:54:00:70:ff:01", "br-vm": "52:54:00:80:ff:01"}
# The lab's own address for VM leases, in the bridges' namespace.
LEASES = f"{VMS}.2"
# Where the tagged frames of the machines leave the management bridge.
TRUNK_PORT = "trunk"


def exists(namespace: str) -> bool:
    """Tell whether a namespace is there and usable."""
    return works(*inside(namespace, "true"))


def up(place: Place, rack: Rack) -> None:
    """Make both namespaces; does nothing when they are there."""
    if exists(place.network) and exists(place.controller):
        if not has_link(place, TRUNK_PORT):
            raise LabError("the lab that is up was made by another version of this checkout; run `python -m lab down`")
        return
    for namespace in (place.network, place.controller):
        run("ip", "netns", "add", namespace)
        ip(namespace, "link", "set", "lo", "up")
    for name, mac in BRIDGES.items():
        bridge(place, name, "address", mac)
    cable(place, "mgmt", "br-mgmt", [f"{MGMT}.1/24", f"{BMC}.1/24", f"{MGMT6}1/64"])
    cable(place, "vm", "br-vm", [f"{VMS}.1/24"])
    for vid, subnet in TAGGED.items():
        bridge(place, f"br-v{vid}")
        cable(place, f"v{vid}", f"br-v{vid}", [f"{subnet}.1/24"])
        tap(place, f"access-{vid}", f"br-v{vid}")
    tap(place, TRUNK_PORT, "br-mgmt")
    address(place.network, "br-vm", f"{LEASES}/24")
    for machine in rack.machines:
        address(place.network, "br-mgmt", f"{machine.bmc_address}/24")
        for card in taps(machine.name):
            tap(place, card, "br-mgmt")
    for setting in ("net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding"):
        run(*inside(place.controller, "sysctl", "-qw", f"{setting.replace('/', '.')}=1"))


def down(place: Place) -> None:
    """Remove both namespaces with all that is in them."""
    for namespace in (place.controller, place.network):
        if Path("/run/netns", namespace).exists():
            run("ip", "netns", "delete", namespace)


def taps(machine: str) -> tuple[str, str]:
    """Return the taps of a machine in the order of its network cards; both are at the management bridge."""
    return f"{machine}-0", f"{machine}-1"


def bridge(place: Place, name: str, *words: str) -> None:
    """Make a bridge that forwards at once."""
    quick = ("stp_state", "0", "forward_delay", "0", "mcast_snooping", "0")
    ip(place.network, "link", "add", name, *words, "type", "bridge", *quick)
    ip(place.network, "link", "set", name, "up")


def tap(place: Place, name: str, master: str) -> None:
    """Make the card of a process, at a bridge."""
    ip(place.network, "tuntap", "add", "dev", name, "mode", "tap")
    ip(place.network, "link", "set", name, "master", master, "up")


def cable(place: Place, name: str, bridge: str, addresses: list[str]) -> None:
    """Connect the controller to a bridge."""
    ip(place.network, "link", "add", f"ctl-{name}", "type", "veth", "peer", "name", name, "netns", place.controller)
    ip(place.network, "link", "set", f"ctl-{name}", "master", bridge, "up")
    for item in addresses:
        address(place.controller, name, item)
    ip(place.controller, "link", "set", name, "up")


def address(namespace: str, device: str, value: str) -> None:
    """Give a device an address; IPv6 addresses are usable at once, nobody else can have them."""
    ip(namespace, "address", "add", value, "dev", device, *(["nodad"] if ":" in value else []))


def attach(place: Place, device: str, bridge: str) -> None:
    """Make a device of the bridges' namespace a port of a bridge."""
    ip(place.network, "link", "set", device, "master", bridge, "up")


def has_link(place: Place, device: str) -> bool:
    """Tell whether the bridges' namespace has this device."""
    return works("ip", "-n", place.network, "link", "show", device)


def ip(namespace: str, *arguments: str) -> str:
    """Run `ip` for a namespace."""
    return run("ip", "-n", namespace, *arguments)


def users(place: Place) -> list[int]:
    """Return the processes that live in the lab's namespaces, hosts' own not counted."""
    pids: set[int] = set()
    for namespace in (place.network, place.controller):
        if Path("/run/netns", namespace).exists():
            pids.update(int(pid) for pid in run("ip", "netns", "pids", namespace).split())
    return sorted(pids)
