# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Kubernetes API over one connection, with a client certificate. Standard library only: it runs on nodes too.

This module util is private to the collection.
"""

from __future__ import annotations

import http.client
import json
import os
import ssl
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubeconfig import Connection, load_connection
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2.kubeconfig import Kubeconfig, parse_kubeconfig

Object = dict[str, Any]
MERGE_PATCH = "application/merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"


class KubeError(PlatformError):
    """An answer that is an error, or no answer (status 0)."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message, status=status)
        self.status = status


class KubeClient:
    """get, list, patch, create, delete by path, e.g. `/api/v1/nodes`. Reconnects after a broken connection."""

    def __init__(self, connection: Connection, timeout: float = 15.0) -> None:
        url = urlsplit(connection.server)
        self.server = connection.server
        self._address = (url.hostname or "", url.port or 443)
        self._trust = connection.context
        self._headers = dict(connection.headers)
        self._timeout = timeout
        self._connection: http.client.HTTPSConnection | None = None

    @classmethod
    def of_node(cls, text: str, timeout: float = 15.0) -> KubeClient:
        """Connect by the text of the kubeconfig RKE2 wrote on a server. Needs no YAML reader, which nodes lack."""
        config = parse_kubeconfig(text, "rke2.yaml")
        return cls(Connection(config.server, _tls(config)), timeout)

    @classmethod
    def of_file(cls, path: str, timeout: float = 15.0) -> KubeClient:
        """Connect as a kubeconfig on the controller says."""
        return cls(load_connection(path), timeout)

    def get(self, path: str, **query: str) -> Object:
        return self._json("GET", path, query)

    def find(self, path: str) -> Object | None:
        """The object, or None when it is not there."""
        try:
            return self.get(path)
        except KubeError as error:
            if error.status == 404:
                return None
            raise

    def items(self, path: str, **query: str) -> list[Object]:
        """The objects of a list; empty when the kind itself is not known yet (a CRD that was not applied)."""
        found = self.find_list(path, **query)
        return [] if found is None else found

    def find_list(self, path: str, **query: str) -> list[Object] | None:
        """The objects of a list, or None when the kind is not known."""
        try:
            return list(self.get(path, **query).get("items") or [])
        except KubeError as error:
            if error.status == 404:
                return None
            raise

    def text(self, path: str) -> str:
        """The body of an answer that is not JSON, e.g. of /readyz."""
        return self._request("GET", path, {}, None, {}).decode("utf-8", "replace")

    def patch(self, path: str, body: Mapping[str, Any], kind: str = MERGE_PATCH, **query: str) -> Object:
        return self._json("PATCH", path, query, body, kind)

    def create(self, path: str, body: Mapping[str, Any], **query: str) -> Object:
        return self._json("POST", path, query, body, "application/json")

    def delete(self, path: str, **query: str) -> Object:
        return self._json("DELETE", path, query)

    def close(self) -> None:
        if self._connection:
            self._connection.close()
        self._connection = None

    def _json(
        self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None = None, kind: str = ""
    ) -> Object:
        data = None if body is None else json.dumps(body).encode("utf-8")
        headers = {"Accept": "application/json", **({"Content-Type": kind} if kind else {})}
        answer = json.loads(self._request(method, path, query, data, headers) or b"{}")
        return answer if isinstance(answer, dict) else {}

    def _request(
        self, method: str, path: str, query: Mapping[str, str], body: bytes | None, headers: Mapping[str, str]
    ) -> bytes:
        target = f"{path}?{urlencode(query)}" if query else path
        try:
            status, data = self._exchange(method, target, body, dict(headers))
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise KubeError(f"{self.server}: no answer to {method} {path}: {error or type(error).__name__}") from error
        if status >= 400:
            raise KubeError(f"{self.server}: {method} {path}: {status} {_message(data)}", status)
        return data

    def _exchange(self, method: str, target: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        fresh = self._connection is None
        if self._connection is None:
            host, port = self._address
            self._connection = http.client.HTTPSConnection(host, port, timeout=self._timeout, context=self._trust)
        try:
            self._connection.request(method, target, body, {**self._headers, **headers})
            reply = self._connection.getresponse()
            return reply.status, reply.read()
        except (ConnectionError, http.client.BadStatusLine):
            # An idle connection may have been closed by the server; reading again does no harm.
            self.close()
            if fresh or method != "GET":
                raise
            return self._exchange(method, target, body, headers)


def _message(data: bytes) -> str:
    try:
        return str(json.loads(data).get("message"))
    except (ValueError, AttributeError):
        return data[:300].decode("utf-8", "replace")


def _tls(config: Kubeconfig) -> ssl.SSLContext:
    """ssl loads a client key from a file only: a private one that lives for this moment."""
    context = ssl.create_default_context(cadata=config.authority)
    descriptor, name = tempfile.mkstemp(prefix="ironacre-")
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            handle.write(config.certificate + "\n" + config.key)
        context.load_cert_chain(name)
    finally:
        Path(name).unlink()
    return context
