# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading recorded objects: conditions, counts of pods. This module util is private to the collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Optional

Object = Mapping[str, Any]
# Name of a source -> its objects, or None where the API does not know the kind yet.
Objects = Mapping[str, Optional[Sequence[Object]]]


def daemon_set(objects: Objects, name: str, at_least: int) -> Iterator[str]:
    found = next((one for one in all_of(objects, "daemonsets") if name_of(one) == name), None)
    if found is None:
        yield f"DaemonSet {name} is not there"
        return
    status = found.get("status", {})
    wanted, ready = status.get("desiredNumberScheduled", 0), status.get("numberReady", 0)
    # Without this a selector that fits no node looks like success.
    if wanted < max(at_least, 1):
        yield f"DaemonSet {name} runs on {wanted} nodes, expected at least {max(at_least, 1)}"
    if ready != wanted or status.get("updatedNumberScheduled", 0) != wanted:
        yield f"DaemonSet {name}: {ready} of {wanted} pods are ready"
    if status.get("observedGeneration") != found["metadata"].get("generation"):
        yield f"DaemonSet {name}: its last change was not seen yet"


def deployment(objects: Objects, name: str) -> Iterator[str]:
    found = next((one for one in all_of(objects, "deployments") if name_of(one) == name), None)
    if found is None:
        yield f"Deployment {name} is not there"
    elif condition(found, "Available") != "True":
        yield f"Deployment {name} is not available{reason_of(found, 'Available')}"


def nodes_ready(objects: Objects) -> Iterator[str]:
    for node in all_of(objects, "nodes"):
        if condition(node, "Ready") != "True":
            yield f"node {name_of(node)} is not Ready{reason_of(node, 'Ready')}"


def selected(node: Object, selector: Mapping[str, str]) -> bool:
    labels = node["metadata"].get("labels", {})
    return all(labels.get(key) == value for key, value in selector.items())


def all_of(objects: Objects, name: str) -> Sequence[Object]:
    return objects.get(name) or []


def only(objects: Objects, name: str) -> Object | None:
    found = all_of(objects, name)
    return found[0] if found else None


def name_of(thing: Object) -> str:
    return str(thing.get("metadata", {}).get("name", ""))


def condition(thing: Object, kind: str) -> str:
    """Status of a condition, empty when it is not set. Longhorn keeps lists as Kubernetes does."""
    return str(condition_of(thing, kind).get("status", ""))


def reason_of(thing: Object, kind: str) -> str:
    told = condition_of(thing, kind).get("message") or condition_of(thing, kind).get("reason")
    return f" ({str(told)[:200]})" if told else ""


def condition_of(thing: Object, kind: str) -> Object:
    for one in thing.get("status", {}).get("conditions") or []:
        if one.get("type") == kind:
            found: Object = one
            return found
    return {}
