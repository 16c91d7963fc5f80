# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of a whole inventory: every contradiction at once, before anything is changed.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import Finding
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.api import api_address
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.mapping import contradictory_mappings
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.members import (
    advice,
    membership,
    requirements,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.model import Inventory
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.nics import contradictory_nics
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.places import misplaced
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.schema import SHARED, VARIABLES
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.shape import misshapen, unknown
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.uniqueness import duplicates


@dataclass(frozen=True)
class Verdict:
    """findings: what must be corrected. warnings: what should be thought about."""

    findings: tuple[Finding, ...]
    warnings: tuple[str, ...]


def check(inventory: Inventory) -> Verdict:
    """Check everything. The same finding is told once."""
    found = (
        *variables(inventory),
        *membership(inventory),
        *requirements(inventory),
        *duplicates(inventory),
        *misplaced(inventory),
        *api_address(inventory),
        *contradictory_nics(inventory),
        *contradictory_mappings(inventory),
    )
    return Verdict(tuple(dict.fromkeys(found)), tuple(advice(inventory)))


def variables(inventory: Inventory) -> Iterator[Finding]:
    """Names and shapes of all `hci_` variables."""
    for name, value in inventory.shared.items():
        if name not in VARIABLES:
            yield unknown(name, "variable", name, VARIABLES)
        elif name in SHARED:
            yield from misshapen(name, value, SHARED[name])
    if inventory.shared.get("hci_cluster") is None:
        yield Finding("hci_cluster", "is missing", "describe the cluster in group_vars/all")
    for host in inventory.hosts:
        for name, value in inventory.hosts[host].items():
            if name not in VARIABLES:
                yield unknown(f"{host}.{name}", "variable", name, VARIABLES)
            elif name not in SHARED and value is not None:
                yield from misshapen(f"{host}.{name}", value, VARIABLES[name])
