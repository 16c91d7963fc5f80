# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking at a node and at what is wanted of it: everything that can be known before anything is touched.

This module util is private to the collection.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic import neighbours, surroundings
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.backends import Backend, backend
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.goal import resolved
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.journal import Journal
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.links import Links
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import refuse
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import exclusive, management, options, preflight
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.diff import Difference, differences
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.kernel import Kernel, read
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.match import resolve
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import State
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.parse import parse
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.plan import Step, plan
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.target import Owned, Target, owned, wanted
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.validate_live import Node
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.validate_live import validate as validate_live


@dataclass(frozen=True)
class Examination:
    """A node, a wish, and what lies between them."""

    backend: Backend
    record: dict[str, Any]
    previous: dict[str, Any]
    state: State
    raw: dict[str, Any]
    kernel: Kernel
    target: Target
    owned: Owned
    found: list[Difference]
    steps: list[Step]
    files_before: dict[str, str]
    files_after: dict[str, str]
    management: tuple[str, ...]
    matched: dict[str, Any]
    warnings: list[str] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """True when files or kernel are not as declared."""
        return bool(self.found) or self.files_before != self.files_after

    @property
    def cost(self) -> str:
        """The most disruptive class of all steps."""
        return options.worst([step.cost for step in self.steps])

    def on_management(self) -> list[Step]:
        """Steps that touch the way to the node."""
        vids = management.vids_of(self.kernel, self.management)
        return management.touched(self.steps, self.management, vids)

    def touched(self) -> list[str]:
        """Every device the change, or the daemon on its behalf, may alter."""
        names = [*self.target.devices, *self.target.absent, *(one.device for one in self.found)]
        return [name for name in dict.fromkeys(names) if name]

    def disruption(self) -> dict[str, object]:
        """`{class, devices, management}`."""
        hard = [step.device for step in self.steps if step.cost != options.LIVE and step.device]
        devices = sorted(self.kernel.above(hard))
        return {"class": self.cost, "devices": devices, "management": bool(self.on_management())}


def examine(
    desired: Mapping[str, Any],
    name: str,
    journal: Journal,
    links: Links,
    addresses: list[str],
    scope: str = "managed",
) -> Examination:
    """Read the node and compare. InputErrors with every finding: shape, rules, live rules, the node's own parser."""
    written = parse(desired)
    warnings = preflight.refuse_static(written)
    manager = backend(name)
    raw = links.read(sorted(item.name for item in written.interfaces if item.ethtool or item.sriov))
    nics = links.nics(raw, neighbours.read(raw, written))
    state, matched = resolve(written, nics)
    meant = [asdict(nic) for nic in nics if nic.name in state.by_name]
    record = {"desired": dict(desired), "nics": meant, "scope": scope}
    previous, kernel = journal.committed(), read(raw)
    target, ours = wanted(state, resolved(previous)), owned(resolved(previous), kernel, state)
    path = management.path(kernel, [*addresses, session_address()], surroundings.default_devices(raw))
    if scope == "exclusive":
        target, ours = exclusive.extend(target, ours, kernel, state, path)
    after = {**manager.render(state), **surroundings.resolver(state, manager.name)}
    before = {**manager.current(), **surroundings.existing(after)}
    node = seen(manager, state, resolved(previous), kernel, target, before)
    refuse(validate_live(node))
    if before != after:
        refuse(manager.verify(manager.render(state)))
    found = differences(kernel, target, ours)
    steps = plan(found, kernel, target, path)
    return Examination(
        manager, record, previous, state, raw, kernel, target, ours, found, steps,
        before, after, path, matched, [*warnings, *map(str, validate_live(node, "warning"))],
    )  # fmt: skip


def seen(
    manager: Backend, state: State, previous: State, kernel: Kernel, target: Target, files: Mapping[str, str]
) -> Node:
    """What the live rules look at. files: ours, as they are."""
    strangers = [name for name in target.absent if name not in previous.by_name]
    return Node(
        state,
        previous,
        kernel,
        target,
        claims=surroundings.claims(manager.name),
        shadows=surroundings.shadows(manager.name),
        cannot=tuple(manager.cannot(state)),
        checkpoints=surroundings.checkpoints(manager.name),
        makers=surroundings.makers(manager.name, strangers, files),
    )


def session_address(proc: Path = Path("/proc")) -> str:
    """This node's address in the SSH session that runs us; empty when there is none.

    Whoever becomes root on the way, as sudo does, drops the variable: then a parent process still has it.
    """
    pid = os.getpid()
    while pid > 1:
        try:
            words = (proc / str(pid) / "environ").read_bytes().split(b"\0")
            status = (proc / str(pid) / "status").read_text()
        except OSError:
            return ""
        stated = [word for word in words if word.startswith(b"SSH_CONNECTION=")]
        parts = stated[0].decode().partition("=")[2].split() if stated else []
        if len(parts) == 4:
            return parts[2]
        pid = int(status.partition("\nPPid:")[2].split()[0])
    return ""
