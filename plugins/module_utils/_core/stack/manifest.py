# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Upstream manifests and what is said on top of them: where their pods run, what their namespaces allow.

This module util is private to the collection.
"""

from __future__ import annotations

import copy
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
    wanted = [copy.deepcopy(one) for one in objects if one]
    for one in wanted:
        _place(one, dict(node_selector or {}), replicas)
    home = next((one for one in wanted if _is_namespace(one, namespace)), None) or _namespace(namespace)
    home["metadata"]["labels"] = {**home["metadata"].get("labels", {}), **PRIVILEGED}
    return [home, *(one for one in wanted if one is not home)]


def _is_namespace(thing: Object, name: str) -> bool:
    return thing.get("kind") == "Namespace" and thing["metadata"]["name"] == name


def _namespace(name: str) -> Object:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def _place(thing: Object, node_selector: dict[str, str], replicas: int) -> None:
    # Server-side apply refuses fields that only a server writes; some generators leave them empty.
    thing.pop("status", None)
    thing["metadata"].pop("creationTimestamp", None)
    if thing.get("kind") not in _CONTROLLERS:
        return
    pod = thing["spec"]["template"]["spec"]
    if node_selector:
        pod["nodeSelector"] = {**pod.get("nodeSelector", {}), **node_selector}
    if replicas and thing["kind"] == "Deployment":
        thing["spec"]["replicas"] = replicas
