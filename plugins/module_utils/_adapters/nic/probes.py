# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Live checks: does the network do what the configuration says? Each tells its evidence.

This module util is private to the collection.
"""

from __future__ import annotations

import ipaddress
import json
import socket
import struct
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.command import attempt
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.links import Links
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import lacp
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.kernel import Kernel, read
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import Probe

# How long a check may keep failing before it counts: LACP with slow timers needs its 90 seconds.
PATIENCE = {"carrier": 10.0, "lacp": 30.0, "pmtu": 10.0, "gateway": 15.0, "duplicate": 0.0, "tcp": 10.0}
SLOW_LACP = 100.0
# How long a check must hold: the kernel tells a port's former aggregation for a moment after its cable came back.
STEADY = {"lacp": 1.0}
# RFC 5227 section 1.1: PROBE_NUM and, in seconds, PROBE_MIN. One request may be lost, or answered late.
ARP_REQUESTS, ARP_INTERVAL = 3, 1.0


@dataclass(frozen=True)
class Answer:
    """Outcome of one check of one target."""

    probe: str
    target: str
    ok: bool
    evidence: str
    ms: int

    def facts(self) -> dict[str, object]:
        """As it is returned."""
        return {"probe": self.probe, "target": self.target, "ok": self.ok, "evidence": self.evidence, "ms": self.ms}


def run(probes: Iterable[Probe], links: Links, patience: float | None = None) -> list[Answer]:
    """All checks, each tried again until it holds or its patience is over."""
    answers = []
    for probe in probes:
        for target in probe.targets:
            answers.append(_settled(probe, target, links, patience))
    return answers


def _settled(probe: Probe, target: str, links: Links, patience: float | None) -> Answer:
    check: Callable[[Probe, str, Kernel], str] = CHECKS[probe.kind]
    started = time.monotonic()
    limit = PATIENCE[probe.kind] if patience is None else patience
    held = 0.0
    while True:
        kernel = read(links.read()) if probe.kind in ("carrier", "lacp", "gateway", "duplicate") else Kernel()
        if probe.kind == "lacp" and patience is None and lacp.is_slow(kernel, target):
            limit = SLOW_LACP
        fault = check(probe, target, kernel)
        spent = time.monotonic() - started
        if fault:
            held = spent
        if spent > limit if fault else spent - held >= STEADY.get(probe.kind, 0.0):
            return Answer(probe.kind, target, not fault, fault or "ok", int(spent * 1000))
        time.sleep(0.3)


def _carrier(probe: Probe, target: str, kernel: Kernel) -> str:
    link = kernel.links.get(target)
    return "" if link and link.carrier else f"{target} has no carrier" if link else f"there is no {target}"


def _lacp(probe: Probe, target: str, kernel: Kernel) -> str:
    return lacp.fault(kernel, target, probe.min_ports)


def _ping(address: str, dev: str | None, *more: str, wait: int = 1) -> bool:
    options = ["-6" if ":" in address else "-4", "-n", "-c", "1", "-W", str(wait), *(["-I", dev] if dev else []), *more]
    return attempt(["ping", *options, address], limit=5)[0] == 0


def _pmtu(probe: Probe, target: str, kernel: Kernel) -> str:
    size = probe.size or 1500
    payload = size - (48 if ":" in target else 28)
    if _ping(target, probe.dev, "-M", "do", "-s", str(payload)):
        return ""
    # A late answer to it would accuse the wrong part of the network.
    small = "smaller ones pass" if _ping(target, probe.dev, wait=3) else "small ones neither"
    return f"packets of {size} bytes do not reach {target}; {small}"


def _gateway(probe: Probe, target: str, kernel: Kernel) -> str:
    if _ping(target, probe.dev):
        return ""
    dev, neighbour = _neighbour(target, probe.dev)
    # A gateway that drops echo requests still answers for its address.
    if neighbour in ("REACHABLE", "DELAY"):
        return ""
    link = kernel.links.get(dev)
    vlan = f" in VLAN {link.options['id']}" if link and link.kind == "vlan" else ""
    return f"{target} does not answer on {dev or 'any link'}{vlan}"


def _neighbour(address: str, dev: str | None) -> tuple[str, str]:
    _code, out, _err = attempt(["ip", "-j", "route", "get", address, *(["oif", dev] if dev else [])])
    found = json.loads(out) if out.strip() else []
    name = found[0].get("dev", "") if found else dev or ""
    _code, out, _err = attempt(["ip", "-j", "neigh", "show", address, *(["dev", name] if name else [])])
    entries = json.loads(out) if out.strip() else []
    return name, "".join(entries[0].get("state") or []) if entries else ""


def _tcp(probe: Probe, target: str, kernel: Kernel) -> str:
    host, _colon, port = target.rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=3):
            return ""
    except OSError as error:
        return f"{target}: {error}"


def _duplicate(probe: Probe, target: str, kernel: Kernel) -> str:
    """Ask for our own address, as a host does before it takes one (RFC 5227): nobody else may answer."""
    address = ipaddress.ip_interface(target).ip
    holders = [
        link.name for link in kernel.links.values() if any(str(address) == one.split("/")[0] for one in link.addresses)
    ]
    dev = probe.dev or (holders[0] if holders else "")
    if not dev:
        return f"no link has {address}; state dev"
    if address.version == 6:
        _code, out, _err = attempt(["ip", "-j", "addr", "show", "dev", dev])
        failed = [one for link in json.loads(out or "[]") for one in link.get("addr_info", []) if one.get("dadfailed")]
        return f"{address} on {dev}: duplicate address detection failed" if failed else ""
    holder = arp_holder(dev, str(address), kernel.links[dev].mac)
    return f"{address} is also held by {holder} on {dev}" if holder else ""


def arp_holder(dev: str, address: str, mac: str) -> str | None:
    """The MAC of another host that answers for the address on this link; None when nobody does."""
    own = bytes.fromhex(mac.replace(":", ""))
    target = socket.inet_aton(address)
    frame = (
        b"\xff" * 6 + own + struct.pack("!HHHBBH", 0x0806, 1, 0x0800, 6, 4, 1) + own + b"\0" * 4 + b"\0" * 6 + target
    )
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806)) as handle:
        handle.bind((dev, 0x0806))
        for _request in range(ARP_REQUESTS):
            handle.send(frame)
            holder = _arp_answer(handle, target, own)
            if holder:
                return holder
    return None


def _arp_answer(handle: socket.socket, target: bytes, own: bytes) -> str | None:
    """Who else says within the interval that the address is his."""
    end = time.monotonic() + ARP_INTERVAL
    while (left := end - time.monotonic()) > 0:
        handle.settimeout(left)
        try:
            answer = handle.recv(2048)
        except OSError:
            return None
        if answer[20:22] == b"\0\2" and answer[28:32] == target and answer[22:28] != own:
            return ":".join(f"{byte:02x}" for byte in answer[22:28])
    return None


CHECKS = {"carrier": _carrier, "lacp": _lacp, "pmtu": _pmtu, "gateway": _gateway, "duplicate": _duplicate, "tcp": _tcp}
