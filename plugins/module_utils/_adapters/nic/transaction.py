# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One network change on the node: armed, applied, proved, confirmed; or undone.

The order of the writes is the whole safety: the way back is on the disk and armed before the first change.
This module util is private to the collection.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic import files, probes, timers
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.announce import announce
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.backends import Backend, backend
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.command import attempt
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.converge import Convergence
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.goal import goal, undo
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.journal import FINAL, Journal
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.links import Links
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.parse import parse
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.target import Owned, Target

Goal = Callable[[dict[str, Any]], tuple[Target, Owned]]
TRIES = 5
GUARD = "/usr/local/lib/ironacre/nic-guard"


class Transaction:
    """A transaction of the journal."""

    def __init__(self, txn: str, journal: Journal, links: Links | None = None) -> None:
        self.txn, self.journal = txn, journal
        self.links = links or Links()
        self.spec = journal.spec(txn)
        self.backend: Backend = backend(self.spec["backend"])

    def arm(self, guard: str = GUARD) -> None:
        """Make sure that without a confirmation everything is undone: by the timer, and by the next boot."""
        argv = [sys.executable, "-I", guard]
        self.journal.mark(self.txn)
        try:
            timers.later(self.unit("rollback"), [*argv, "rollback", self.txn, "timer"], self.spec["timeout"])
            self.journal.note(self.txn, "armed")
            timers.later(self.unit("apply"), [*argv, "apply", self.txn], 1)
        except (PlatformError, OSError):
            self._close("refused", why="could not arm the rollback")
            raise

    def unit(self, what: str) -> str:
        """Name of the transient unit."""
        return f"ironacre-nic-{what}-{self.txn}"

    def state(self) -> str:
        """Where it stands."""
        return str(self.journal.state(self.txn)["state"])

    def apply(self) -> None:
        """Do it and prove it on the node; undo it at once when it does not hold."""
        with self.journal.lock():
            if self.state() != "armed":
                return
            try:
                self.journal.note(self.txn, "applying", held=self.backend.hold(self.spec["timeout"]))
                fault, facts = self._forward()
            except (PlatformError, OSError, ValueError, KeyError) as error:
                fault, facts = f"{type(error).__name__}: {error}", {}
            if not fault:
                self.journal.note(self.txn, "applied", **facts)
                return
            self.journal.note(self.txn, "failed", why=fault, **facts)
            self._back(fault)

    def _forward(self) -> tuple[str, dict[str, Any]]:
        left, problems, deaf = self._move(goal, self.spec["files_after"], self.spec.get("settle", 40))
        if deaf:
            return f"the daemon did not take its files: {deaf}", {"left": left, "problems": problems}
        if left:
            return f"the kernel is not as declared: {'; '.join(left)}", {"left": left, "problems": problems}
        wanted = parse({"probes": self.spec["probes"], "interfaces": []}).probes
        answers = probes.run([probe for probe in wanted if probe.source == "node"], self.links)
        facts = {"probes": [answer.facts() for answer in answers], "problems": problems}
        failed = [f"{answer.probe}: {answer.evidence}" for answer in answers if not answer.ok]
        return "; ".join(failed), facts

    def _move(
        self, wanted: Goal, content: dict[str, str], limit: float, lost: Sequence[str] = ()
    ) -> tuple[list[str], list[str], str]:
        target, ours = wanted(self.spec)
        changed = [] if lost else self._swap(content)
        attempt_ = Convergence(self.links, self.backend, target, ours, tuple(self.spec["management"]))
        left = attempt_.reach(changed, limit)
        # A courtesy: it must not keep a rollback from being finished.
        with suppress(PlatformError, ValueError):
            announce(attempt_.kernel, target.devices)
        return [*left, *lost], [*lost, *attempt_.problems], attempt_.deaf

    def _swap(self, content: dict[str, str]) -> list[str]:
        """Have these files. -> paths that changed. What is there now includes what comes from elsewhere (resolver)."""
        of_change = {**self.spec["files_before"], **self.spec["files_after"]}
        now = {**self.backend.current(), **files.read(of_change)}
        changed = files.swap(now, content)
        files.sweep({**of_change, **now})
        return changed

    def rollback(self, why: str) -> None:
        """Undo it, unless it was confirmed. why: timer, boot, request, or the fault."""
        with self.journal.lock(patience=10.0, evict=True):
            self.conclude()
            # The timer of one that was never begun must not undo what came after it.
            if self.journal.pending() == self.txn:
                self._back(why)

    def conclude(self) -> None:
        """Do the rest of an end that a power cut, or a killed guard, came into: decided, and still pending."""
        state = self.state()
        if self.journal.pending() == self.txn and state in FINAL:
            self._tidy(state)

    def _back(self, why: str) -> None:
        before = self.spec["files_before"]
        if why == "boot":
            # Nothing of the network runs yet: the files decide what comes up.
            self._swap(before)
            left = self._before_daemons()
            self._finish("unverified" if left else "rolled_back", why, left)
            return
        left, problems = self._undone()
        if problems:
            self.journal.note(self.txn, "undoing", problems=problems)
        left = self._settle_daemon(left)
        self._finish("unverified" if left else "rolled_back", why, left)
        if left and self.spec["on_failure"] == "reboot":
            attempt(["systemctl", "reboot"])

    def _settle_daemon(self, left: list[str]) -> list[str]:
        """Of the daemon's own way back only what we could not do ourselves is used. -> what is left then."""
        held = self.journal.state(self.txn).get("held")
        if not held:
            return left
        try:
            if not left:
                self.backend.release(held)
                return left
            self.backend.revert(held)
        except PlatformError as error:
            self.journal.note(self.txn, "undoing", problems=[error.message])
            return left
        return self._undone()[0]

    def _undone(self) -> tuple[list[str], list[str]]:
        """Go back. -> what is left, problems. A tool that does not answer on a busy node does not end it."""
        lost: list[str] = []
        for _attempt in range(TRIES):
            try:
                return self._move(undo, self.spec["files_before"], 30, lost)[:2]
            except OSError as error:
                # A disk that takes no files must not keep the kernel as it is: that is what cuts the node off.
                lost = [f"the former files could not be written: {error}"]
                told = str(error)
            except (PlatformError, ValueError, KeyError) as error:
                told = str(error)
        return [told], [told]

    def _before_daemons(self) -> list[str]:
        """What is to be done with the files at boot. -> what could not."""
        try:
            self.backend.prepare_boot()
        except PlatformError as error:
            return [error.message]
        return []

    def _finish(self, state: str, why: str, left: list[str]) -> None:
        self._close(state, cancels=why != "boot", why=why, left=left)

    def _close(self, state: str, cancels: bool = True, **facts: object) -> None:
        """Write the end down, then do what follows from it: what is cut off in between, `conclude` does later."""
        self.journal.note(self.txn, state, **facts)
        self._tidy(state, cancels)

    def _tidy(self, state: str, cancels: bool = False) -> None:
        if state == "committed":
            self.journal.commit(self.spec["record"])
        self.journal.clear()
        if cancels:
            timers.cancel(self.unit("rollback"))
        self.journal.prune(self.spec["keep"], self.txn)

    def confirm(self) -> dict[str, Any]:
        """Keep it. -> state; anything but `committed` means that it was too late."""
        with self.journal.lock():
            if self.state() == "applied":
                held = self.journal.state(self.txn).get("held")
                if held:
                    # First: should it fail, our own rollback is still armed.
                    self.backend.release(held)
                self._close("committed")
            return self.journal.state(self.txn)

    def wait(self, seconds: float) -> dict[str, Any]:
        """Wait until it is applied or undone, at most so long."""
        end = time.monotonic() + seconds
        while self.state() not in (*FINAL, "applied") and time.monotonic() < end:
            time.sleep(0.2)
        return self.journal.state(self.txn)
