# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the boot server answers a machine: boot your disk, or install. Whatever is not surely right boots its disk.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.events import Progress
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.guard import foreign_data
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.hints import DiskNotFound, choose_disk, describe
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.inspection import Disk, Inspection
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.ticket import Ticket, stranger


@dataclass(frozen=True)
class Answer:
    """install: hand out the agent. reason: for the log, and for whoever wonders why a machine booted its disk.

    swapped: the ticket is armed, but the machine that came with its MAC address is not the one it was written for.
    """

    install: bool
    reason: str
    swapped: bool = False


def answer_boot(ticket: Ticket | None, progress: Progress, seen: Mapping[str, str], now: float) -> Answer:
    """seen: serial and uuid as the boot firmware tells them."""
    if ticket is None:
        return Answer(False, "no ticket for this MAC address")
    if not ticket.open:
        return Answer(False, "the ticket is closed")
    if progress.has_reached("finished"):
        return Answer(False, "the installation is finished")
    if not ticket.is_armed(now, finished=False):
        return Answer(False, "the ticket has expired")
    reason = stranger(ticket, seen)
    return Answer(False, f"another machine: {reason}", swapped=True) if reason else Answer(True, "armed")


@dataclass(frozen=True)
class Verdict:
    """disk: what may be erased, None = nothing. stage: the event this becomes, reason: its detail."""

    disk: Disk | None = None
    stage: str = "approved"
    reason: str = ""


def judge(ticket: Ticket, progress: Progress, inspection: Inspection) -> Verdict:
    """Identity, root device and foreign data, in this order; a claimed disk holds our own unfinished image."""
    reason = stranger(ticket, inspection.system)
    if reason:
        return Verdict(
            stage="held", reason=f"this is another machine: {reason}; check BMC and cabling of {ticket.host}"
        )
    try:
        disk = choose_disk(inspection.disks, ticket.spec["root_device"])
    except DiskNotFound as error:
        return Verdict(stage="held", reason=error.message)
    if ticket.allow_all or progress.has_claimed(disk.identity, ticket.armed_at):
        return Verdict(disk, reason=disk.identity)
    foreign = foreign_data(disk.signatures, ticket.allow_foreign)
    if foreign:
        words = sorted({finding.split("@")[0] for finding in foreign})
        return Verdict(
            stage="held",
            reason=f"{describe(disk)} holds {', '.join(foreign)}; nothing was written. To erase it, list "
            f"{', '.join(words)} in hci_node.data_policy.allow_foreign of {ticket.host}",
        )
    return Verdict(disk, reason=disk.identity)


def agent_plan(verdict: Verdict, ticket: Ticket) -> str:
    """The agent's orders, one `KEY value` per line: it reads them with `read`, nothing is evaluated."""
    if verdict.disk is None:
        return f"ACTION stop\nREASON {verdict.reason}\n"
    image = ticket.image
    return (
        f"ACTION install\nDISK /dev/{verdict.disk.name}\nIMAGE_FILE {image['file']}\n"
        f"IMAGE_SHA256 {image['sha256']}\nIMAGE_SIZE {image.get('size_bytes') or 0}\n"
    )
