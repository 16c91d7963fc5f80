# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a vSphere cluster does with one of its machines: moves it, binds it to hosts. Pure.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

DRS, RULES, GROUPS = "configurationEx.drsConfig", "configurationEx.rule", "configurationEx.group"


def ties_of(ref: str, cluster: Mapping[str, Any]) -> dict[str, Any]:
    """drs, host_rules: for the assessment. ref: the machine. cluster: its properties, as far as they may be seen."""
    drs = cluster.get(DRS) or {}
    by_itself = bool(drs.get("enabled")) and drs.get("defaultVmBehavior", "fullyAutomated") == "fullyAutomated"
    return {"drs": by_itself, "host_rules": list(_host_rules(ref, cluster))}


def _host_rules(ref: str, cluster: Mapping[str, Any]) -> Iterator[str]:
    groups = {str(group.get("name")) for group in cluster.get(GROUPS) or () if ref in (group.get("vm") or ())}
    for rule in cluster.get(RULES) or ():
        # Rules among machines have no group of machines.
        if rule.get("enabled") is not False and rule.get("vmGroupName") in groups:
            yield str(rule.get("name") or rule.get("key"))
