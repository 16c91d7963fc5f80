# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asking the guard about a transaction, or for its end. This module util is private to the collection."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic import change, timers
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.journal import Journal
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.links import Links
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.transaction import GUARD, Transaction
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError


def armed(txn: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """What the controller needs to follow a transaction."""
    guard = [sys.executable, "-I", GUARD]
    return {"txn": txn, "state": "armed", "timeout": settings["timeout"], "guard": guard}


def settle(
    state: str, txn: str | None, settings: Mapping[str, Any], journal: Journal, links: Links, check: bool
) -> dict[str, Any]:
    """End a transaction as asked: keep the pending one, undo it, or undo a committed one."""
    if not check:
        change.conclude(journal)
    pending = journal.pending()
    name = txn or pending
    if not name:
        raise PlatformError("no network transaction is pending; name one with txn", known=journal.known())
    now = journal.state(name)["state"]
    done = {"confirmed": "committed", "rolled_back": "rolled_back"}[state]
    if now == done:
        return {"changed": False, "txn": name, "state": now}
    if check:
        return {"changed": True, "txn": name, "state": now}
    if state == "confirmed":
        answer = Transaction(name, journal, links).confirm()
        if answer["state"] != "committed":
            raise PlatformError(f"transaction {name} is {answer['state']}; it cannot be confirmed", **answer)
        return {"changed": True, "txn": name, **answer}
    if name != pending:
        return {"changed": True, **armed(change.go_back(name, settings, journal, links), settings)}
    # Undoing may cut this session: it is done beside it.
    timers.later(f"ironacre-nic-request-{name}", [sys.executable, "-I", GUARD, "rollback", name, "request"], 1)
    return {"changed": True, **armed(name, settings), "undoing": True}
