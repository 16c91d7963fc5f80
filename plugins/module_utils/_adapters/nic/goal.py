# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a written-down transaction wants of the kernel. This module util is private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import exclusive
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.kernel import Kernel, read
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.match import Nic, resolve
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import Rule, State
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.parse import parse
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.target import Owned, Target, owned, restore, wanted


def resolved(record: Mapping[str, Any]) -> State:
    """A record `{desired, nics}` -> the State with the devices it meant then."""
    if not record:
        return State()
    return resolve(parse(record["desired"]), [Nic(**nic) for nic in record["nics"]])[0]


def goal(spec: Mapping[str, Any]) -> tuple[Target, Owned]:
    """Forward: the declared state, or (kind restore) an earlier reading."""
    if spec["kind"] == "restore":
        return undo({**spec, "before": spec["snapshot"]})
    previous = resolved(spec["previous"]) if spec["previous"] else None
    state = resolved(spec["record"])
    before = read(spec["before"])
    target, ours = wanted(state, previous), owned(previous, before, state)
    if spec["record"].get("scope") == "exclusive":
        return exclusive.extend(target, ours, before, state, spec["management"])
    return target, ours


def undo(spec: Mapping[str, Any]) -> tuple[Target, Owned]:
    """Backward: everything touched as it was read before."""
    before: Kernel = read(spec["before"])
    return restore(before, spec["touched"], frozenset(Rule(**rule) for rule in spec["rules"]))
