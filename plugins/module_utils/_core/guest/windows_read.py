# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what modules of ansible.windows returned to a guest, and from files of the controller to an offer. Pure.

This module util is private to the collection.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import Any

from .model import Card
from .pnputil import packages_of
from .virtio_win import File, Offer, inf_text
from .windows import AGENT_SERVICE, INTERFACES, VERSION_KEY, System, WindowsGuest

# What `manage-bde -status DRIVE -protectionaserrorlevel` ends with.
_PROTECTED = {0: True, 1: False}
Result = Mapping[str, Any]


def system_of(facts: Mapping[str, Any], looks: Iterable[Result]) -> System:
    """facts: of setup (distribution, platform). looks: of win_reg_stat, VERSION_KEY and INTERFACES."""
    by_key = {str(look["item"]): look for look in looks}
    root = values_of(by_key.get(VERSION_KEY, {})).get("SystemRoot") or r"C:\Windows"
    version = str(facts.get("ansible_distribution_version") or "")
    return System(
        version=tuple(int(part) for part in version.split(".") if part.isdigit())[:3],
        server=facts.get("ansible_os_product_type") != "workstation",
        architecture=str(facts.get("ansible_architecture2") or "unknown"),
        root=str(root).rstrip("\\"),
        interfaces=tuple(listed(by_key.get(INTERFACES, {}).get("sub_keys"))),
    )


def guest_of(system: System, facts: Mapping[str, Any], read: Mapping[str, Any]) -> WindowsGuest:
    """read: `drivers` (pnputil's output), `files`, `keys`, `services` and `protection` (a return code or None)."""
    registry = {str(look["item"]): values_of(look) for look in read["keys"] if look.get("exists")}
    cards = [card for card in listed(facts.get("ansible_interfaces")) if card.get("macaddress")]
    services = {str(service.get("name", "")).upper() for service in read["services"]}
    code = read.get("protection")
    return WindowsGuest(
        system=system,
        packages=packages_of(read["drivers"]),
        files={str(file["path"]).lower(): str(file.get("checksum") or "") for file in read["files"]},
        registry=registry,
        cards=tuple(Card(str(card["connection_name"]), str(card["macaddress"]).lower()) for card in cards),
        addresses={str(card["connection_name"]): addresses_of(card) for card in cards},
        agent=AGENT_SERVICE in services,
        protected=False if code is None else _PROTECTED.get(int(code)),
        machine=str(facts.get("ansible_product_uuid") or "").lower(),
    )


def addresses_of(card: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(one["address"]) for one in listed(card.get("ipv4")) if one.get("address"))


def listed(value: Any) -> list[Any]:
    """PowerShell gives one thing as itself and none as null."""
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]


def values_of(look: Result) -> dict[str, Any]:
    """Values of a key by name, not expanded: `%SystemRoot%` stays."""
    return {name: entry.get("raw_value") for name, entry in (look.get("properties") or {}).items()}


def offer_of(root: str, files: Iterable[Result], infs: Iterable[Result]) -> Offer:
    """files: of find with checksums. infs: of slurp, each with its `source`."""
    start = f"{root}/"
    below = [file for file in files if str(file["path"]).startswith(start)]
    return Offer(
        root,
        {file["path"][len(start) :].lower(): File(file["path"], file["checksum"]) for file in below},
        {inf["source"][len(start) :].lower(): inf_text(base64.b64decode(inf["content"])) for inf in infs},
    )
