# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a guest needs before it moves to virtio hardware: texts to write, images to build, what a person must do.

This module util is private to the collection.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ..errors import Finding
from .initramfs import CONFIG, config_text
from .model import WANTED, Guest, Kernel
from .names import name_files, name_findings
from .tables import GRUB, PLACES, boot_findings, table_findings, with_uuids

FACT_FILE = "/etc/ansible/facts.d/ironacre_prepared.fact"
VERSION = 1
# Beside the image while a new one is made, so that a person can name it at the boot loader's prompt.
BACKUP = ".before-ironacre"
_SPARE = 16 << 20


@dataclass(frozen=True)
class Plan:
    """files: texts to write by path. kernels: whose images are built again. blocking: what keeps virtio from working.

    remarks: what is worth knowing and blocks nothing.
    """

    files: dict[str, str]
    kernels: tuple[Kernel, ...]
    blocking: tuple[Finding, ...]
    remarks: tuple[Finding, ...]

    @property
    def steps(self) -> tuple[str, ...]:
        return (
            *(f"write {path}" for path in self.files),
            *(f"build {kernel.image} again" for kernel in self.kernels),
        )


def plan_guest(guest: Guest, names: bool = True) -> Plan:
    """names: whether network names are bound to addresses. A guest that is prepared yields an empty plan."""
    tables = _tables(guest)
    bound = name_files(guest.cards, guest.links) if names else {}
    short = [kernel for kernel in guest.kernels if kernel.lacking and guest.tool]
    # udev inside the initramfs names the cards first: it must know the new names too.
    again = [kernel for kernel in guest.kernels if guest.tool and (kernel.lacking or kernel.stale or bound)]
    files = {**tables, **bound, **(_config(guest) if short else {})}
    after = replace(guest, files={**guest.files, **tables})
    return Plan(
        files={path: text for path, text in files.items() if guest.files.get(path) != text},
        kernels=tuple(again),
        blocking=(*_blocking(after), *_no_room(again)),
        remarks=tuple(_remarks(guest) if names else ()),
    )


def _tables(guest: Guest) -> dict[str, str]:
    return {
        path: with_uuids(guest.files[path], place, guest.devices)
        for path, place in PLACES.items()
        if path in guest.files
    }


def _config(guest: Guest) -> dict[str, str]:
    path = CONFIG[guest.tool]
    offered = frozenset.union(*(kernel.offers | kernel.builtin for kernel in guest.kernels))
    drivers = [name for name in WANTED if name in offered]
    return {path: config_text(guest.tool, guest.files.get(path, ""), drivers)}


def _blocking(guest: Guest) -> Iterator[Finding]:
    if not guest.kernels:
        yield Finding(
            "/boot", "no kernel with an initramfs was found", "convert the machine in the cluster: vm_convert"
        )
    if not guest.tool and any(kernel.lacking for kernel in guest.kernels):
        yield Finding(
            "initramfs",
            "none of update-initramfs, dracut and mkinitrd is installed, and the image lacks virtio drivers",
            "install the system's own tool, or convert the machine in the cluster: vm_convert",
        )
    for kernel in guest.kernels:
        if kernel.without:
            yield Finding(
                f"kernel {kernel.release}",
                f"it has no {', '.join(kernel.without)}",
                "install the distribution's standard kernel, or import with disk_bus sata and nic_model e1000e",
            )
    for path in PLACES:
        yield from table_findings(path, guest.files.get(path, ""))
    yield from boot_findings(guest.command_line, guest.files.get(GRUB, ""))


def _no_room(kernels: list[Kernel]) -> Iterator[Finding]:
    """Backup and new image lie beside the old one for a while."""
    for kernel in kernels:
        need = 2 * kernel.size + _SPARE
        if kernel.free < need:
            yield Finding(
                kernel.image,
                f"{kernel.free >> 20} MiB are free beside it, {need >> 20} MiB are needed",
                "remove old kernels",
            )


def _remarks(guest: Guest) -> Iterator[Finding]:
    yield from name_findings(guest.cards)
    if guest.agent == "absent":
        yield Finding(
            "qemu-guest-agent", "is not installed, and no package source offers it", "install it, or check by address"
        )


def receipt(guest: Guest, plan: Plan) -> dict[str, Any]:
    """What is known of a prepared guest. Stable: the same guest yields the same text."""
    return {
        "version": VERSION,
        "virtio": not plan.blocking and not any(kernel.lacking for kernel in guest.kernels),
        "tool": guest.tool,
        "kernels": {kernel.release: sorted(kernel.has.intersection(WANTED)) for kernel in guest.kernels},
        "interfaces": {card.mac: card.name for card in guest.cards},
        "agent": guest.agent,
        "machine": guest.machine,
        "findings": [str(finding) for finding in (*plan.blocking, *plan.remarks)],
    }


def receipt_text(facts: dict[str, Any]) -> str:
    """The text of FACT_FILE: plain JSON, which setup reads as ansible_local.ironacre_prepared."""
    return json.dumps(facts, indent=2, sort_keys=True) + "\n"
