# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory's `hci_stack` as variables of the roles of the stack.

This module util is private to the collection.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import Finding, refuse

# Options of a component are the variables of its role without the prefix; a test compares this with the roles.
OPTIONS: dict[str, tuple[str, ...]] = {
    "multus": ("namespace", "daemon_set", "timeout", "chart_values"),
    "longhorn": (
        "namespace",
        "node_selector",
        "settings",
        "extra_settings",
        "storage_classes",
        "snapshot_classes",
        "timeout",
    ),
    "kubevirt": (
        "namespace",
        "node_selector",
        "operator_replicas",
        "infra_replicas",
        "use_emulation",
        "hide_kvm",
        "feature_gates",
        "eviction_strategy",
        "workload_update_methods",
        "vm_state_storage_class",
        "migrations",
        "configuration",
        "component_patches",
        "timeout",
    ),
    "cdi": (
        "namespace",
        "node_selector",
        "infra_replicas",
        "feature_gates",
        "scratch_storage_class",
        "clone_strategy",
        "resources",
        "config",
        "storage_profiles",
        "upload_node_port",
        "timeout",
    ),
}
# Values of the chart are written before the first start by the role rke2, they are no variable of the role multus.
ELSEWHERE = {"multus": ("chart_values",)}


def stack_variables(stack: Mapping[str, Any]) -> dict[str, Any]:
    """Role variables for everything that is said. Raises InputErrors with every unknown key.

    `use_emulation` at the top is a word for `kubevirt.use_emulation`.
    """
    refuse(_unknown(stack))
    variables = {"kubevirt_use_emulation": stack["use_emulation"]} if "use_emulation" in stack else {}
    for component, names in OPTIONS.items():
        for name, value in (stack.get(component) or {}).items():
            if name in names and name not in ELSEWHERE.get(component, ()):
                variables[f"{component}_{name}"] = value
    return variables


def _unknown(stack: Mapping[str, Any]) -> Iterator[Finding]:
    for key, value in stack.items():
        if key != "use_emulation" and key not in OPTIONS:
            yield _finding(f"hci_stack.{key}", str(key), ("use_emulation", *OPTIONS))
        elif key in OPTIONS:
            for name in value or {}:
                if name not in OPTIONS[key]:
                    yield _finding(f"hci_stack.{key}.{name}", str(name), OPTIONS[key])


def _finding(place: str, key: str, known: tuple[str, ...]) -> Finding:
    near = difflib.get_close_matches(key, known, 1)
    return Finding(place, "unknown key", f"did you mean {near[0]}?" if near else f"use one of {', '.join(known)}")
