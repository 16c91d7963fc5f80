# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small Kubernetes client: one kept connection, server-side apply, typed errors. Standard library and PyYAML only.

This module util is private to the collection.
"""

from __future__ import annotations

import http.client
import json
import ssl
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from .._core.errors import PlatformError
from .kubeconfig import Connection

FIELD_MANAGER = "ironacre"
BUSY, TRIES = (429, 503), 7
JSON, APPLY, MERGE = "application/json", "application/apply-patch+yaml", "application/merge-patch+json"
# kind -> (API group and version, plural, namespaced)
KINDS: dict[str, tuple[str, str, bool]] = {
    "Namespace": ("v1", "namespaces", False),
    "Node": ("v1", "nodes", False),
    "ConfigMap": ("v1", "configmaps", True),
    "Secret": ("v1", "secrets", True),
    "Service": ("v1", "services", True),
    "Pod": ("v1", "pods", True),
    "Event": ("v1", "events", True),
    "PersistentVolumeClaim": ("v1", "persistentvolumeclaims", True),
    "CustomResourceDefinition": ("apiextensions.k8s.io/v1", "customresourcedefinitions", False),
    "DaemonSet": ("apps/v1", "daemonsets", True),
    "Deployment": ("apps/v1", "deployments", True),
    "Job": ("batch/v1", "jobs", True),
    "Lease": ("coordination.k8s.io/v1", "leases", True),
    "StorageClass": ("storage.k8s.io/v1", "storageclasses", False),
    "NetworkAttachmentDefinition": ("k8s.cni.cncf.io/v1", "network-attachment-definitions", True),
    "DataVolume": ("cdi.kubevirt.io/v1beta1", "datavolumes", True),
    "CDI": ("cdi.kubevirt.io/v1beta1", "cdis", False),
    "CDIConfig": ("cdi.kubevirt.io/v1beta1", "cdiconfigs", False),
    "UploadTokenRequest": ("upload.cdi.kubevirt.io/v1beta1", "uploadtokenrequests", True),
    "KubeVirt": ("kubevirt.io/v1", "kubevirts", True),
    "VirtualMachine": ("kubevirt.io/v1", "virtualmachines", True),
    "VirtualMachineInstance": ("kubevirt.io/v1", "virtualmachineinstances", True),
    "VirtualMachineInstanceMigration": ("kubevirt.io/v1", "virtualmachineinstancemigrations", True),
    "VirtualMachineClusterPreference": ("instancetype.kubevirt.io/v1beta1", "virtualmachineclusterpreferences", False),
}
Object = dict[str, Any]


class ApiError(PlatformError):
    """The API server refused. status: HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message, status=status)
        self.status = status


class KubernetesApi:
    """All calls block and raise PlatformError. Not for use by several threads at once."""

    def __init__(self, connection: Connection, timeout: float = 60) -> None:
        self.connection, self.timeout = connection, timeout
        self.mutations = 0
        self._http: http.client.HTTPConnection | None = None

    def get(self, kind: str, name: str, namespace: str = "") -> Object | None:
        """The object, or None when it (or its kind) is not there."""
        try:
            return self._call("GET", self._path(kind, namespace, name))
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def list(self, kind: str, namespace: str = "", labels: str = "") -> list[Object]:
        """The objects of a namespace, or of all; empty when the kind is not there."""
        query = {"labelSelector": labels} if labels else {}
        try:
            found: list[Object] = self._call("GET", self._path(kind, namespace), query=query).get("items") or []
        except ApiError as error:
            if error.status == 404:
                return []
            raise
        return found

    def create(self, body: Object) -> Object:
        """Create; ApiError 409 when it exists."""
        metadata = body["metadata"]
        return self._call("POST", self._path(body["kind"], metadata.get("namespace", "")), body, JSON)

    def apply(self, body: Object, dry_run: bool = False) -> Object:
        """Server-side apply with force: what we state is ours."""
        metadata = body["metadata"]
        query = {"fieldManager": FIELD_MANAGER, "force": "true"}
        if dry_run:
            query["dryRun"] = "All"
        path = self._path(body["kind"], metadata.get("namespace", ""), metadata["name"])
        return self._call("PATCH", path, body, APPLY, query)

    def replace(self, body: Object) -> Object:
        """Replace the very version that was read; ApiError 409 when someone was faster."""
        metadata = body["metadata"]
        path = self._path(body["kind"], metadata.get("namespace", ""), metadata["name"])
        return self._call("PUT", path, body, JSON)

    def delete(self, kind: str, name: str, namespace: str = "") -> bool:
        """Delete; False when it was not there."""
        try:
            self._call("DELETE", self._path(kind, namespace, name), {"propagationPolicy": "Background"}, JSON)
        except ApiError as error:
            if error.status == 404:
                return False
            raise
        return True

    def logs(self, pod: str, namespace: str, container: str = "", tail: int = 0) -> str:
        """Text of a container so far; empty when there is none yet."""
        query = {key: value for key, value in (("container", container), ("tailLines", str(tail or ""))) if value}
        try:
            status, data = self._send("GET", self._path("Pod", namespace, pod) + "/log", None, "", query)
        except (ConnectionError, http.client.HTTPException) as error:
            raise self._unreachable(error) from error
        return data.decode("utf-8", "replace") if status == 200 else ""

    def _path(self, kind: str, namespace: str = "", name: str = "") -> str:
        version, plural, namespaced = KINDS[kind]
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        middle = f"/namespaces/{quote(namespace, safe='')}" if namespaced and namespace else ""
        return f"{root}{middle}/{plural}" + (f"/{quote(name, safe='')}" if name else "")

    def _call(
        self, method: str, path: str, body: Object | None = None, kind: str = "", query: Mapping[str, str] | None = None
    ) -> Object:
        try:
            status, data = self._patiently(method, path, body, kind, query or {})
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable(error) from error
        try:
            answer: Object = json.loads(data) if data else {}
        except ValueError:
            answer = {"message": data.decode("utf-8", "replace")[:500].strip()}
        if status >= 400:
            message = answer.get("message") or f"status {status}"
            raise ApiError(status, f"{self.connection.server}: {method} {path}: {message}; {_way_out(status)}")
        return answer

    def _patiently(
        self, method: str, path: str, body: Object | None, kind: str, query: Mapping[str, str]
    ) -> tuple[int, bytes]:
        """A server that starts or is busy says so, and did nothing: ask again."""
        for attempt in range(TRIES):
            status, data = self._send(method, path, body, kind, query)
            if status not in BUSY or attempt == TRIES - 1:
                break
            time.sleep(0.2 * 2**attempt)
        return status, data

    def _send(
        self, method: str, path: str, body: Object | None, kind: str, query: Mapping[str, str]
    ) -> tuple[int, bytes]:
        target = path + (f"?{urlencode(query)}" if query else "")
        payload = json.dumps(body).encode() if body is not None else None
        if method != "GET" and query.get("dryRun") != "All":
            self.mutations += 1
        headers = {"Accept": JSON, **self.connection.headers}
        if kind:
            headers["Content-Type"] = kind
        for fresh in (False, True):
            http_connection = self._open(fresh)
            try:
                http_connection.request(method, target, payload, headers)
                response = http_connection.getresponse()
                return response.status, response.read()
            except (ConnectionError, http.client.RemoteDisconnected, ssl.SSLEOFError):
                # A kept connection may have been closed meanwhile; a fresh one may not.
                self._http = None
                if fresh:
                    raise
        raise AssertionError("unreachable: the second attempt returns or raises")

    def _open(self, fresh: bool) -> http.client.HTTPConnection:
        if self._http is None or fresh:
            parts = urlsplit(self.connection.server)
            host = parts.hostname or ""
            if parts.scheme == "https":
                context = self.connection.context
                self._http = http.client.HTTPSConnection(host, parts.port, timeout=self.timeout, context=context)
            else:
                self._http = http.client.HTTPConnection(host, parts.port, timeout=self.timeout)
        return self._http

    def _unreachable(self, error: Exception) -> PlatformError:
        self._http = None
        return PlatformError(
            f"{self.connection.server}: the API server does not answer ({error}); check kubeconfig and route"
        )


def _way_out(status: int) -> str:
    ways = {
        401: "renew the kubeconfig",
        403: "ask for the right",
        404: "is the component installed?",
        422: "see the message",
    }
    return ways.get(status, "run again")
