# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Telling the neighbours where an address is now.

An address that moves to another link often moves to another MAC, and a neighbour that remembers the old one, such as
the controller or a router, reaches nobody until its entry is given up. This module util is private to the collection.
"""

from __future__ import annotations

import ipaddress
import socket
import struct
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.kernel import Kernel, Link

ARP, ICMP6, HOPS = 0x0806, 58, 255
EVERYBODY = "ff02::1"
# RFC 4861, 4.4: overrides what the neighbour had.
OVERRIDE, ADVERTISEMENT, TARGET_ADDRESS = 0x20000000, 136, 2
# A bridge tells its carrier up to a second after its port has it; then IPv6 asks for up to two seconds whether somebody
# else has the address, and lets nobody send from it until then.
PATIENCE, PAUSE = 5.0, 0.3


def announce(read: Callable[[], Kernel], names: Iterable[str]) -> None:
    """Announce all static addresses of these links, each as soon as it can be sent from.

    What cannot within the patience is not worth a failure.
    """
    end, links, done = time.monotonic() + PATIENCE, tuple(names), set[tuple[str, str]]()
    while True:
        now = read().links
        own = {(name, one) for name in links if name in now and now[name].up for one in now[name].addresses}
        ready = {(name, one) for name, one in own if now[name].carrier and one not in now[name].tentative}
        for name, one in sorted(ready - done):
            _send(now[name], one)
        done |= ready
        if own <= done or time.monotonic() > end:
            return
        time.sleep(PAUSE)


def _send(link: Link, written: str) -> None:
    address = ipaddress.ip_interface(written).ip
    with suppress(OSError):
        (_arp if address.version == 4 else _advertise)(link.name, link.mac, address.packed)


def arp_frame(mac: bytes, address: bytes) -> bytes:
    """A gratuitous ARP request (RFC 5227, announcement): sender and target are the same."""
    head = b"\xff" * 6 + mac + struct.pack("!HHHBBH", ARP, 1, 0x0800, 6, 4, 1)
    return head + mac + address + b"\0" * 6 + address


def advertisement(mac: bytes, address: bytes) -> bytes:
    """An unsolicited neighbour advertisement; the kernel fills the checksum in."""
    return struct.pack("!BBHI", ADVERTISEMENT, 0, 0, OVERRIDE) + address + struct.pack("!BB", TARGET_ADDRESS, 1) + mac


def _arp(name: str, mac: str, address: bytes) -> None:
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ARP)) as handle:
        handle.bind((name, ARP))
        handle.send(arp_frame(bytes.fromhex(mac.replace(":", "")), address))


def _advertise(name: str, mac: str, address: bytes) -> None:
    index = socket.if_nametoindex(name)
    with socket.socket(socket.AF_INET6, socket.SOCK_RAW, ICMP6) as handle:
        handle.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, HOPS)
        handle.bind((socket.inet_ntop(socket.AF_INET6, address), 0, 0, index))
        message = advertisement(bytes.fromhex(mac.replace(":", "")), address)
        handle.sendto(message, (EVERYBODY, 0, 0, index))
