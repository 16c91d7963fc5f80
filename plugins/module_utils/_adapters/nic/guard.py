# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of the guard, the part of node_nic that lives on the node.

    nic-guard boot                       undo what was not confirmed before the last shutdown
    nic-guard apply TXN                  (by the transient unit)
    nic-guard rollback TXN [WHY]         undo
    nic-guard wait TXN SECONDS           wait until applied or undone; print the state
    nic-guard confirm TXN                keep; print the state
    nic-guard status [TXN]               print the state

Prints JSON; exit code 1 with `{"error": ...}` on a fault. This module util is private to the collection.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.journal import ROOT, Journal
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.transaction import Transaction
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError


def main(argv: Sequence[str]) -> int:
    """-> exit code."""
    journal = Journal(os.environ.get("IRONACRE_NIC_ROOT", ROOT))
    try:
        answer = act(journal, argv)
    except PlatformError as error:
        sys.stdout.write(json.dumps({"error": error.message}) + "\n")
        return 1
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0


def act(journal: Journal, argv: Sequence[str]) -> dict[str, Any]:
    """One command -> the state of its transaction."""
    verb, txn = (argv[0] if argv else "status"), (argv[1] if len(argv) > 1 else journal.pending())
    if verb not in ("boot", "apply", "rollback", "wait", "confirm", "status"):
        raise PlatformError(f"nic-guard: no such command: {verb}")
    if not txn:
        return {"state": "idle"}
    transaction = Transaction(txn, journal)
    if verb == "confirm":
        return transaction.confirm()
    if verb == "wait":
        return transaction.wait(float(argv[2]))
    if verb in ("boot", "rollback"):
        transaction.rollback(verb if verb == "boot" else (argv[2] if len(argv) > 2 else "request"))
    elif verb == "apply":
        transaction.apply()
    return journal.state(txn)
