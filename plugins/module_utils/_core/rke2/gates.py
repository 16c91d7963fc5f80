# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a gate is open: judgements over what the components answered. An empty text means open, else what is missing.

This module util is private to the collection.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

Object = Mapping[str, Any]
# A kubelet renews its lease every 10 s; the control plane calls a node lost after 40 s without.
LEASE_SECONDS = 40.0


def judge_unit(state: Mapping[str, str]) -> str:
    """state: ActiveState, SubState, Result of systemd. RKE2 says it is ready by becoming active (Type=notify)."""
    active = state.get("ActiveState", "unknown")
    return "" if active == "active" else f"unit is {active}/{state.get('SubState', '?')} ({state.get('Result', '?')})"


def judge_etcd(health: str, metrics: str) -> str:
    """health: body of /health. metrics: body of /metrics, both of the local member."""
    try:
        healthy = str(json.loads(health).get("health")).lower() == "true"
    except ValueError:
        return f"etcd's health answer is {health[:80]!r}"
    if not healthy:
        return f"etcd says it is not healthy: {health[:200]}"
    if _metric(metrics, "etcd_server_is_learner") == 1:
        return "the etcd member is still a learner"
    if _metric(metrics, "etcd_server_has_leader") == 0:
        return "etcd has no leader"
    return ""


def _metric(text: str, name: str) -> float | None:
    match = re.search(rf"^{name} (\S+)$", text, re.MULTILINE)
    return float(match.group(1)) if match else None


def judge_node(name: str, node: Object | None, lease: Object | None, version: str, now: datetime) -> str:
    """Whether the Node is Ready, fresh (a dead kubelet stays Ready for a while) and runs the wanted version."""
    if node is None:
        return f"{name} has not registered"
    ready = condition(node, "Ready")
    if ready.get("status") != "True":
        return f"{name} is not Ready: {ready.get('message') or ready.get('reason') or 'no condition yet'}"
    age = _lease_age(lease, now)
    if age is None or age > LEASE_SECONDS:
        return f"{name} is Ready but its kubelet is silent" + ("" if age is None else f" for {age:.0f} s")
    found = node.get("status", {}).get("nodeInfo", {}).get("kubeletVersion", "")
    if version and found != version:
        return f"{name} runs kubelet {found}, wanted is {version}"
    return ""


def judge_nodes(
    wanted: Sequence[str], nodes: Sequence[Object], leases: Sequence[Object], version: str, now: datetime
) -> str:
    """All wanted nodes at once; the texts of those that are not ready, separated by semicolons."""
    by_name = {name_of(node): node for node in nodes}
    by_lease = {name_of(lease): lease for lease in leases}
    judged = (judge_node(name, by_name.get(name), by_lease.get(name), version, now) for name in wanted)
    return "; ".join(text for text in judged if text)


def name_of(thing: Object) -> str:
    return str(thing.get("metadata", {}).get("name", ""))


def condition(thing: Object, kind: str) -> Object:
    """The status condition of a type, or an empty mapping."""
    for one in thing.get("status", {}).get("conditions") or []:
        if one.get("type") == kind:
            found: Object = one
            return found
    return {}


def _lease_age(lease: Object | None, now: datetime) -> float | None:
    renewed = ((lease or {}).get("spec") or {}).get("renewTime")
    if not renewed:
        return None
    moment = datetime.strptime(str(renewed)[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    return (now - moment).total_seconds()
