# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of vm_import for machines that run at their source, and the wish they make.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.moments import moment
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.cutover import MIB, Wish

RECEIVER_IMAGE = "docker.io/library/python:3.13.5-slim"
_SHUTDOWN: dict[str, Any] = {
    "graceful_timeout": {"type": "int", "default": 600},
    "then": {"type": "str", "choices": ["fail", "power_off"], "default": "fail"},
}
_RECEIVER: dict[str, Any] = {
    "image": {"type": "str", "default": RECEIVER_IMAGE},
    "url": {"type": "str"},
}
MOVE_SPEC: dict[str, Any] = {
    "method": {"type": "str", "choices": ["auto", "cold", "warm"], "default": "auto"},
    "shutdown": {"type": "dict", "options": _SHUTDOWN, "apply_defaults": True},
    "fence": {"type": "bool", "default": True},
    "quiesce": {"type": "bool", "default": True},
    "compare": {"type": "str", "choices": ["changed", "all"], "default": "changed"},
    "cutover_not_before": {"type": "str"},
    "cutover_not_after": {"type": "str"},
    "delta_threshold_mib": {"type": "int", "default": 256},
    "max_downtime": {"type": "int", "default": 0},
    "sink": {"type": "str", "choices": ["cdi_upload", "receiver"], "default": "cdi_upload"},
    "receiver": {"type": "dict", "options": _RECEIVER, "apply_defaults": True},
}


def wish_of(params: Mapping[str, Any]) -> Wish:
    """Raises PlatformError for a time that is none."""
    shutdown = params["shutdown"]
    return Wish(
        state=params["state"],
        method=params["method"],
        shutdown_timeout=shutdown["graceful_timeout"],
        force=shutdown["then"] == "power_off",
        quiesce=params["quiesce"],
        fence=params["fence"],
        threshold=params["delta_threshold_mib"] * MIB,
        max_downtime=params["max_downtime"],
        not_before=_moment(params, "cutover_not_before"),
        not_after=_moment(params, "cutover_not_after"),
        compare_all=params["compare"] == "all",
    )


def _moment(params: Mapping[str, Any], name: str) -> float:
    text = params.get(name) or ""
    if not text:
        return 0
    try:
        return moment(text).timestamp()
    except ValueError as error:
        raise PlatformError(f"{name}: {error}") from error
