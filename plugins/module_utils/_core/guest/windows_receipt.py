# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of a Windows guest that was prepared, and what a person should know of it. Pure.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import Finding
from .plan import VERSION
from .virtio_win import PACKAGES, Offer, systems
from .windows import INTERFACES, WindowsGuest
from .windows_plan import Wish, shortfalls

_NO_ADDRESSES = ("", "0.0.0.0")


def remarks(guest: WindowsGuest, offer: Offer, system: str, wish: Wish) -> Iterator[Finding]:
    """What is worth knowing and does not keep the guest from starting on virtio hardware."""
    if len(systems(guest.system.build, guest.system.server)) != 1:
        found = f"virtio-win has no folder for this Windows Server; the drivers of {system} are taken"
        yield Finding(f"build {guest.system.build}", found, "import a copy first")
    yield from _bitlocker(guest)
    yield from _static_addresses(guest)
    if not wish.hibernation_off and (guest.hibernates or guest.starts_fast):
        found = "is on: a shutdown may leave the disks as a sleeping system needs them"
        yield Finding("fast start", found, "set vm_guest_prepare_hibernation_off, or restart the guest before its move")
    if not guest.agent and not (wish.agent and offer.agent):
        where = f"{offer.root}/guest-agent/qemu-ga-x86_64.msi"
        yield Finding("QEMU-GA", "the guest agent is not installed", f"offer {where}, or check by address")


def _bitlocker(guest: WindowsGuest) -> Iterator[Finding]:
    place = f"disk {guest.system.root[:1]}"
    way_out = "suspend BitLocker before the move, or keep the recovery key at hand"
    if guest.protected:
        yield Finding(place, "BitLocker protects it, and asks for its key on new hardware", way_out)
    elif guest.protected is None:
        yield Finding(place, "manage-bde does not tell whether BitLocker protects it", way_out)


def _static_addresses(guest: WindowsGuest) -> Iterator[Finding]:
    static = {address for name in guest.system.interfaces for address in _static(guest, rf"{INTERFACES}\{name}")}
    for card in guest.cards:
        kept = [address for address in guest.addresses.get(card.name, ()) if address in static]
        if kept:
            found = f"{card.mac} has the static address {', '.join(kept)}, and its successor asks DHCP"
            way_out = (
                "reserve the address for its MAC, or set it by vm_convert's macs; "
                "a card of any model is a new one to Windows, e1000e too"
            )
            yield Finding(f"network card {card.name}", found, way_out)


def _static(guest: WindowsGuest, key: str) -> list[str]:
    if guest.value(key, "EnableDHCP", 1):
        return []
    found = guest.value(key, "IPAddress") or []
    return [one for one in ([found] if isinstance(found, str) else found) if one not in _NO_ADDRESSES]


def windows_receipt(guest: WindowsGuest, offer: Offer, system: str, wish: Wish) -> dict[str, Any]:
    """The evidence, from what was read of the guest. The same guest yields the same."""
    blocking = list(shortfalls(guest, offer, system))
    return {
        "version": VERSION,
        "family": "windows",
        "virtio": not blocking,
        "drivers": {package.name: guest.newest(package) for package in PACKAGES if guest.newest(package)},
        "interfaces": {card.mac: card.name for card in guest.cards},
        "agent": "installed" if guest.agent else "available" if offer.agent else "absent",
        "machine": guest.machine,
        "findings": [str(finding) for finding in (*blocking, *remarks(guest, offer, system, wish))],
    }


def refusal(facts: Mapping[str, Any], findings: list[Finding]) -> dict[str, Any]:
    """The evidence of a Windows on which nothing was done."""
    return {
        "version": VERSION,
        "family": "windows",
        "virtio": False,
        "drivers": {},
        "machine": str(facts.get("ansible_product_uuid") or "").lower(),
        "findings": [str(finding) for finding in findings],
    }
