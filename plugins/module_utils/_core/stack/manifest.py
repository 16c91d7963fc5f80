# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Upstream manifests and what is said on top of them: where their pods run, what their namespaces allow.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Object = dict[str, Any]
# Pods of these components reach into the host: the restricted default of a hardened cluster would refuse them.
PRIVILEGED = {
    "pod-security.kubernetes.io/enforce": "privileged",
    "pod-security.kubernetes.io/audit": "privileged",
    "pod-security.kubernetes.io/warn": "privileged",
}
_CONTROLLERS = ("Deployment", "DaemonSet", "StatefulSet")


def prepare(
    objects: Iterable[Object | None],
    namespace: str,
    node_selector: Mapping[str, str] | None = None,
    replicas: int = 0,
) -> list[Object]:
    """The manifest's objects, changed: a privileged namespace first (added if the manifest has none), Deployments and
    DaemonSets on the selected nodes, Deployments with that many replicas (0: as upstream says)."""
    wanted = [_placed(one, dict(node_selector or {}), replicas) for one in objects if one]
    homes = [one for one in wanted if _is_namespace(one, namespace)] or [_namespace(namespace)]
    return [_privileged(homes[0]), *(one for one in wanted if one is not homes[0])]


def _is_namespace(thing: Object, name: str) -> bool:
    return thing.get("kind") == "Namespace" and thing["metadata"]["name"] == name


def _namespace(name: str) -> Object:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def _privileged(home: Object) -> Object:
    metadata = home["metadata"]
    return {**home, "metadata": {**metadata, "labels": {**metadata.get("labels", {}), **PRIVILEGED}}}


def _placed(thing: Object, node_selector: dict[str, str], replicas: int) -> Object:
    """Only what changes is copied: Ansible's own containers take half a minute for the whole of Longhorn's manifest."""
    # Server-side apply refuses fields that only a server writes; some generators leave them empty.
    metadata = {key: value for key, value in thing["metadata"].items() if key != "creationTimestamp"}
    found = {**{key: value for key, value in thing.items() if key != "status"}, "metadata": metadata}
    if thing.get("kind") in _CONTROLLERS:
        found["spec"] = _scheduled(thing["spec"], node_selector, replicas if thing["kind"] == "Deployment" else 0)
    return found


def _scheduled(spec: Object, node_selector: dict[str, str], replicas: int) -> Object:
    pod = spec["template"]["spec"]
    if node_selector:
        pod = {**pod, "nodeSelector": {**pod.get("nodeSelector", {}), **node_selector}}
    count = {"replicas": replicas} if replicas else {}
    return {**spec, "template": {**spec["template"], "spec": pod}, **count}
