# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run has to do with a node that is installed from an image, from what is there: receipt, journal, power.

Nothing is remembered on the controller, so that a run that was killed goes on where the machine is.
This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.events import DEADLINES, Progress
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.spec import digest, drift


@dataclass(frozen=True)
class Found:
    """receipt: as read over SSH, None = SSH works and there is none. ssh: ok, down, or foreign (another key or user).

    ticket_digest: of the open ticket, empty = none. idle: seconds since the last event. power: on, off, empty = unread.
    """

    ssh: str
    receipt: Mapping[str, Any] | None = None
    ticket_digest: str = ""
    progress: Progress = field(default_factory=Progress)
    idle: float = 0.0
    power: str = ""


@dataclass(frozen=True)
class Decision:
    """action: none, wait_ssh, wait_install, install, refuse."""

    action: str
    reason: str


def decide(host: str, spec: Mapping[str, Any], found: Found, confirmed: bool = False) -> Decision:
    """confirmed: the operator named this machine's serial number to install over a system that answers."""
    if found.receipt is not None:
        return _with_receipt(host, spec, found.receipt)
    if found.ticket_digest == digest(spec) and not found.progress.fault:
        running = _under_way(found)
        if running:
            return running
    if found.ssh != "down" and not confirmed:
        what = "a system without our receipt" if found.ssh == "ok" else "a system that does not accept our key"
        return Decision(
            "refuse",
            f"{host}: {what} answers at its address; it is never installed over. Set provision: existing to use it as "
            f"it is, switch it off, or confirm with node_provision_confirm: {spec.get('serial')}",
        )
    return Decision("install", _why_install(found))


def _with_receipt(host: str, spec: Mapping[str, Any], receipt: Mapping[str, Any]) -> Decision:
    if receipt.get("digest") == digest(spec):
        return Decision("none", "installed as declared")
    lines = "; ".join(drift(receipt, spec)) or "the receipt is damaged"
    return Decision(
        "refuse",
        f"{host}: installed differently: {lines}. Nothing is reinstalled on drift; put the inventory back, or release "
        "the node and provision it again",
    )


def _under_way(found: Found) -> Decision | None:
    progress = found.progress
    if found.power == "off" or found.idle > DEADLINES.get(progress.stage, 0):
        return None
    if progress.is_under_way:
        return Decision("wait_install", f"under way, at {progress.stage}")
    if progress.stage == "finished":
        return Decision("wait_ssh", "installed, not yet reached by SSH")
    return None


def _why_install(found: Found) -> str:
    if found.progress.fault:
        return f"the last attempt ended: {found.progress.fault}"
    if found.ticket_digest and found.progress.stage not in ("", "armed"):
        return f"the last attempt stopped at {found.progress.stage}"
    return "not installed yet"
