# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects of any kind in a cluster, found by what the API says it serves.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._core.errors import PlatformError
from .kube_transport import ApiError
from .kubernetes_api import KubernetesApi, path_of, root_of

Object = dict[str, Any]
Resource = Mapping[str, Any]


class Manifests:
    """All calls block and raise ApiError."""

    def __init__(self, api: KubernetesApi) -> None:
        self._api = api
        self._served: dict[str, dict[str, Resource]] = {}

    def get(self, wanted: Object) -> Object | None:
        """The cluster's object of that kind and name; None when it is not there, or its kind is not served."""
        path = self._path(wanted)
        return self._api.find(path) if path else None

    def apply(self, wanted: Object, dry_run: bool) -> Object | None:
        """Server-side apply with force. -> the object after it; None where a dry run lacks its kind or namespace."""
        path = self._path(wanted)
        try:
            if path:
                return self._api.apply_at(path, wanted, dry_run)
        except ApiError as error:
            if not dry_run or error.status != 404:
                raise
        if dry_run:
            return None
        raise PlatformError(
            f"{name_of(wanted)}: the cluster does not serve {wanted['apiVersion']} {wanted['kind']};"
            " install what defines it first"
        )

    def _path(self, wanted: Object) -> str:
        version, metadata = wanted["apiVersion"], wanted["metadata"]
        resource = self._kinds(version).get(wanted["kind"])
        if resource is None:
            return ""
        namespace = (metadata.get("namespace") or "default") if resource["namespaced"] else ""
        return path_of(version, resource["name"], namespace, metadata["name"])

    def _kinds(self, version: str) -> dict[str, Resource]:
        # What is not served is asked again: an object before may have defined it.
        if not self._served.get(version):
            found = (self._api.find(root_of(version)) or {}).get("resources") or []
            self._served[version] = {one["kind"]: one for one in found if "/" not in one["name"]}
        return self._served[version]


def name_of(thing: Mapping[str, Any]) -> str:
    """Kind, namespace and name as an operator would look for it."""
    metadata = thing["metadata"]
    return f"{thing['kind']} {'/'.join(filter(None, (metadata.get('namespace'), metadata['name'])))}"
