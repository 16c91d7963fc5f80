# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal of network transactions: survives the session, the controller and the power.

    <root>/pending            id of the transaction that is not yet confirmed
    <root>/committed.json     what was declared and confirmed last
    <root>/<id>/spec.json     everything needed to apply it or to undo it
    <root>/<id>/state.json    where it stands, why, and its time line

This module util is private to the collection.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic import files
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError

ROOT = "/var/lib/ironacre/nic"
FINAL = ("committed", "rolled_back", "unverified", "refused")


class Journal:
    """All transactions of one node."""

    def __init__(self, root: str = ROOT) -> None:
        self.root = Path(root)

    @contextmanager
    def lock(self, patience: float = 30.0, evict: bool = False) -> Iterator[None]:
        """Hold the node's network lock. evict: after the patience kill the holder; a rollback cannot wait."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        # The folder itself: a lock that had to be written could not be had on a full disk, by no rollback either.
        handle = os.open(self.root, os.O_RDONLY)
        try:
            end = time.monotonic() + patience
            while not _taken(handle):
                if time.monotonic() > end:
                    if not evict:
                        raise PlatformError("another network transaction runs on this node; wait for it")
                    _kill(self.root / "lock")
                    end += patience
                time.sleep(0.1)
            _sign(self.root / "lock")
            yield
        finally:
            os.close(handle)

    def pending(self) -> str | None:
        """The id of the unconfirmed transaction."""
        marker = self.root / "pending"
        return marker.read_text().strip() if marker.exists() else None

    def open(self, spec: dict[str, Any]) -> str:
        """Write a new transaction down; it is not pending yet."""
        # To the microsecond: one process may write down two in a second.
        txn = f"{datetime.now(timezone.utc):%Y%m%dT%H%M%S%f}-{os.getpid()}"
        folder = self.root / txn
        folder.mkdir(parents=True, mode=0o700)
        files.put(str(folder / "spec.json"), json.dumps(spec), 0o600)
        self.note(txn, "prepared")
        return txn

    def mark(self, txn: str) -> None:
        """From here on a boot undoes the transaction."""
        files.put(str(self.root / "pending"), txn, 0o600)

    def clear(self) -> None:
        """No transaction is pending any more."""
        files.remove(str(self.root / "pending"))

    def spec(self, txn: str) -> dict[str, Any]:
        """What the transaction is about. PlatformError when it is not known."""
        path = self.root / txn / "spec.json"
        if not path.exists():
            raise PlatformError(f"there is no network transaction {txn} on this node", known=self.known())
        return dict(json.loads(path.read_text()))

    def state(self, txn: str) -> dict[str, Any]:
        """`{state, why, timeline, ...}`."""
        path = self.root / txn / "state.json"
        return dict(json.loads(path.read_text())) if path.exists() else {"state": "unknown", "timeline": []}

    def note(self, txn: str, state: str, **facts: object) -> None:
        """Move the transaction to a state."""
        old = self.state(txn)
        line = [*old["timeline"], {"state": state, "at": round(time.time(), 3)}]
        files.put(
            str(self.root / txn / "state.json"), json.dumps({**old, **facts, "state": state, "timeline": line}), 0o600
        )

    def known(self) -> list[str]:
        """Ids, oldest first."""
        return sorted(path.parent.name for path in self.root.glob("*/spec.json"))

    def since(self, txn: str) -> list[str]:
        """Ids of those that were committed after this one."""
        return [one for one in self.known() if one > txn and self.state(one)["state"] == "committed"]

    def committed(self) -> dict[str, Any]:
        """What was declared and confirmed last: `{desired, nics}`, or empty."""
        path = self.root / "committed.json"
        return dict(json.loads(path.read_text())) if path.exists() else {}

    def commit(self, record: dict[str, Any]) -> None:
        """Remember what is declared now."""
        if record != self.committed():
            files.put(str(self.root / "committed.json"), json.dumps(record), 0o600)

    def prune(self, keep: int, but: str) -> None:
        """Drop the oldest finished transactions, but not the one whose end is just told."""
        spared = (but, self.pending())
        done = [txn for txn in self.known() if self.state(txn)["state"] in FINAL and txn not in spared]
        for txn in done[: max(len(done) + 1 - max(keep, 1), 0)]:
            shutil.rmtree(self.root / txn)


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sign(lock: Path) -> None:
    """Tell who holds it. Rather nobody than somebody else."""
    try:
        lock.write_text(str(os.getpid()))
    except OSError:
        with suppress(OSError):
            lock.unlink()


def _kill(lock: Path) -> None:
    holder = lock.read_text().strip() if lock.exists() else ""
    if holder.isdigit() and int(holder) != os.getpid():
        try:
            os.kill(int(holder), signal.SIGKILL)
        except ProcessLookupError:
            return
