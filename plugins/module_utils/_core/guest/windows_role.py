# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role vm_guest_prepare asks about a Windows guest, and what it is told to do. Pure.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from ..errors import Finding
from .plan import receipt_text
from .virtio_win import PLACE, chosen, folders, missing, systems
from .windows import keys, unsupported
from .windows_plan import Wish, plan_windows
from .windows_read import Result, guest_of, offer_of, system_of
from .windows_receipt import refusal, remarks, windows_receipt

FACT_NAME = "ironacre_prepared"


def asks(facts: Mapping[str, Any], looks: Iterable[Result], root: str) -> dict[str, Any]:
    """Where to look on the guest and on the controller, or why there is nothing to do (`refusal`).

    root: the folder virtio-win of the controller.
    """
    system = system_of(facts, looks)
    if found := list(unsupported(system)):
        return {"refusal": refusal(facts, found)}
    way_out = "unpack a virtio-win ISO on the controller and name its folder"
    return {
        "refusal": {},
        "missing": [] if root else [str(Finding(PLACE, "is not set", way_out))],
        "controller": folders(root, systems(system.build, system.server)),
        "keys": keys(system),
        "staging": system.staging,
        "drivers": system.drivers,
        "facts": system.facts,
        "fact_file": rf"{system.facts}\{FACT_NAME}.json",
        "programs": rf"{system.root}\System32",
        "drive": system.root[:2],
    }


def decide(
    facts: Mapping[str, Any],
    looks: Iterable[Result],
    read: Mapping[str, Any],
    offered: Mapping[str, Any],
    wish: Wish,
) -> dict[str, Any]:
    """What is missing on the controller, what is to be done, and the evidence of the guest as it was read.

    read: as guest_of takes it. offered: `root`, `files` and `infs`, as offer_of takes them.
    """
    guest = guest_of(system_of(facts, looks), facts, read)
    offer = offer_of(offered["root"], offered["files"], offered["infs"])
    system = chosen(offer, systems(guest.system.build, guest.system.server))
    plan = plan_windows(guest, offer, system, wish)
    prepared = windows_receipt(guest, offer, system, wish)
    return {
        **{name: list(part) if isinstance(part, tuple) else part for name, part in asdict(plan).items()},
        "missing": [str(finding) for finding in missing(offer, system, wish.agent)],
        "steps": list(plan.steps),
        "remarks": [str(finding) for finding in remarks(guest, offer, system, wish)],
        "prepared": prepared,
        "text": receipt_text(prepared),
    }
