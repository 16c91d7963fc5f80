# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why nothing moves: the pods that cannot start and the newest warnings, in one line each.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Object = Mapping[str, Any]


def explain_stall(pods: Sequence[Object], events: Sequence[Object], limit: int = 8) -> list[str]:
    """Up to `limit` lines: pods first, then warnings, newest first, without repetition."""
    told = [line for pod in pods for line in _pod(pod)]
    newest = sorted(events, key=_moment, reverse=True)
    told += [_event(event) for event in newest if event.get("type") == "Warning"]
    return list(dict.fromkeys(told))[:limit]


def _pod(pod: Object) -> Iterator[str]:
    status = pod.get("status", {})
    name = pod["metadata"]["name"]
    where = pod.get("spec", {}).get("nodeName") or "no node"
    for one in status.get("conditions") or []:
        if one.get("type") == "PodScheduled" and one.get("status") != "True":
            yield f"pod {name} is not scheduled: {one.get('message', one.get('reason'))}"
    for container in [*(status.get("initContainerStatuses") or []), *(status.get("containerStatuses") or [])]:
        waiting = container.get("state", {}).get("waiting") or {}
        if waiting.get("reason") and waiting["reason"] not in ("ContainerCreating", "PodInitializing"):
            detail = str(waiting.get("message", ""))[:160]
            yield f"pod {name} on {where}: {container['name']} {waiting['reason']} {detail}".rstrip()


def _event(event: Object) -> str:
    about = event.get("involvedObject", {})
    message = _shortened(str(event.get("message", "")))
    return f"{about.get('kind')} {about.get('name')}: {event.get('reason')}: {message}"


def _shortened(text: str, head: int = 60, tail: int = 200) -> str:
    """Wrapped errors name their cause last."""
    return text if len(text) <= head + tail else f"{text[:head]} ... {text[-tail:]}"


def _moment(event: Object) -> str:
    return str(event.get("lastTimestamp") or event.get("eventTime") or "")
