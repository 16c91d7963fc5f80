# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From an examination to an armed transaction. This module util is private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic import package, surroundings, timers
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.backends import backend
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.examine import Examination
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.journal import FINAL, Journal
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.links import Links
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.transaction import GUARD, Transaction
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import options


def conclude(journal: Journal) -> None:
    """Finish the end of a transaction that a killed guard left half told."""
    txn = journal.pending()
    if txn and journal.state(txn)["state"] in FINAL:
        with journal.lock(patience=5.0):
            Transaction(txn, journal).conclude()


def refuse_pending(journal: Journal) -> None:
    """A change that waits for its confirmation blocks the next one."""
    txn = journal.pending()
    state = journal.state(txn)["state"] if txn else FINAL[0]
    if state not in FINAL:
        raise PlatformError(
            f"network transaction {txn} is not finished ({state}); it undoes itself by its timer, "
            "or now with state: rolled_back",
            txn=txn,
        )


def refuse_unwanted(found: Examination, allowed: str, protect: str) -> None:
    """What the operator did not allow: more disruption, or a change of the way to the node."""
    if options.CLASSES.index(found.cost) > options.CLASSES.index(allowed):
        steps = [step.facts() for step in found.steps if step.cost == found.cost]
        told = ", ".join(f"{step['object']} {step['change']}" for step in steps)
        raise PlatformError(
            f"the change is of class {found.cost} ({told}), allowed is {allowed}; set allow_disruption: {found.cost}",
            plan=[step.facts() for step in found.steps],
        )
    touching = found.on_management()
    if touching and protect == "refuse":
        told = ", ".join(f"{step.device} {step.about}" for step in touching)
        raise PlatformError(
            f"the change touches the management path {' over '.join(found.management)} ({told}); "
            "set protect_management: confirm",
            plan=[step.facts() for step in found.steps],
        )


def start(found: Examination, settings: Mapping[str, Any], journal: Journal, guard: str = GUARD) -> str:
    """Write the change down and arm it. -> its id."""
    return arm(spec_of(found, settings), journal, guard)


def spec_of(found: Examination, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that is needed to apply the change, or to undo it."""
    return {
        "kind": "declare",
        "backend": found.backend.name,
        "record": found.record,
        "previous": found.previous,
        "probes": list(found.record["desired"].get("probes") or []),
        "files_before": found.files_before,
        "files_after": found.files_after,
        "before": found.raw,
        "touched": found.touched(),
        "rules": [asdict(rule) for rule in found.target.rules],
        "management": list(found.management),
        **_settings(settings),
    }


def go_back(txn: str, settings: Mapping[str, Any], journal: Journal, links: Links, guard: str = GUARD) -> str:
    """Undo a confirmed transaction by a transaction of its own, which can itself be undone. -> its id."""
    old = journal.spec(txn)
    if journal.state(txn)["state"] != "committed":
        raise PlatformError(f"transaction {txn} is {journal.state(txn)['state']}, not committed", known=journal.known())
    manager = backend(old["backend"])
    since = [old, *(journal.spec(one) for one in journal.since(txn))]
    spec = {
        **old,
        # Everything goes back to that moment, as the files do, so also what later changes made.
        "touched": list(dict.fromkeys(name for one in since for name in one["touched"])),
        "rules": [rule for one in since for rule in one["rules"]],
        "kind": "restore",
        "snapshot": old["before"],
        "record": old["previous"],
        "previous": journal.committed(),
        "probes": [],
        "files_before": {**manager.current(), **surroundings.existing(old["files_after"])},
        "files_after": old["files_before"],
        "before": links.read(),
        **_settings(settings),
    }
    return arm(spec, journal, guard)


def arm(spec: dict[str, Any], journal: Journal, guard: str) -> str:
    """The guard and the boot unit are there before the first change is armed."""
    package.install(guard)
    if timers.systemd():
        timers.install_boot_unit(guard, str(journal.root))
    conclude(journal)
    with journal.lock(patience=5.0):
        refuse_pending(journal)
        txn = journal.open(spec)
        # Under the lock: a second run that comes meanwhile must find it pending.
        Transaction(txn, journal).arm(guard)
    return txn


def _settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {"timeout": settings["timeout"], "on_failure": settings["on_failure"], "keep": settings["keep"]}
