# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests to a Kubernetes API server over one kept connection. Standard library only: it runs on nodes too.

This module util is private to the collection.
"""

from __future__ import annotations

import http.client
import json
import select
import ssl
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from .._core.errors import PlatformError
from .kube_connection import Connection

Object = dict[str, Any]
JSON = "application/json"
# Some subresources of KubeVirt have nothing to say and no type to say it in: they refuse whoever takes JSON only.
ACCEPTED = f"{JSON}, */*"
BUSY = (429, 503)
# A second try changes nothing more. A PUT names the version it replaces: its second try would meet the first's.
REPEATABLE = ("GET", "PATCH", "DELETE")
WAYS_OUT = {
    0: "check kubeconfig and route",
    401: "renew the kubeconfig",
    403: "ask for the right",
    404: "is the component installed?",
    422: "see the message",
}


class ApiError(PlatformError):
    """The API server refused (status: HTTP status) or did not answer (status 0)."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{message}; {WAYS_OUT.get(status, 'run again')}", status=status)
        self.status = status


class KubeTransport:
    """Opens its connection when it is needed, and again when it broke. Not for use by several threads at once."""

    def __init__(self, connection: Connection, timeout: float, tries: int) -> None:
        """timeout: seconds one answer may take. tries: how often a server that is busy or starts is asked."""
        self.server = connection.server
        self._connection, self._timeout, self._tries = connection, timeout, tries
        self._kept: http.client.HTTPConnection | None = None

    def json(
        self,
        method: str,
        path: str,
        body: Object | None = None,
        kind: str = "",
        query: Mapping[str, str] | None = None,
    ) -> Object:
        """The object of a good answer. kind: content type of the body. Raises ApiError."""
        data = self.request(method, path, body, kind, query)
        try:
            answer = json.loads(data or b"{}")
        except ValueError as error:
            raise ApiError(0, f"{self.server}: {method} {path}: is answered with something else than JSON") from error
        return answer if isinstance(answer, dict) else {}

    def request(
        self,
        method: str,
        path: str,
        body: Object | None = None,
        kind: str = "",
        query: Mapping[str, str] | None = None,
    ) -> bytes:
        """The body of a good answer. Raises ApiError."""
        target = f"{path}?{urlencode(query)}" if query else path
        payload = None if body is None else json.dumps(body).encode("utf-8")
        headers = {"Accept": ACCEPTED, **self._connection.headers, **({"Content-Type": kind} if kind else {})}
        try:
            status, data = self._patiently(method, target, payload, headers)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            why = str(error) or type(error).__name__
            message = f"{self.server}: the API server does not answer to {method} {path} ({why})"
            raise ApiError(0, message) from error
        if status >= 400:
            raise ApiError(status, f"{self.server}: {method} {path}: {_message(status, data)}")
        return data

    def close(self) -> None:
        if self._kept:
            self._kept.close()
        self._kept = None

    def _patiently(self, method: str, target: str, payload: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        """A server that starts or is busy says so, and did nothing: ask again."""
        for attempt in range(self._tries - 1):
            status, data = self._send(method, target, payload, headers)
            if status not in BUSY:
                return status, data
            time.sleep(0.2 * 2**attempt)
        return self._send(method, target, payload, headers)

    def _send(self, method: str, target: str, payload: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        if self._kept and _is_dropped(self._kept):
            self.close()
        fresh = self._kept is None
        try:
            return self._exchange(method, target, payload, headers)
        except (ConnectionError, http.client.BadStatusLine, ssl.SSLEOFError):
            # A kept connection may have been closed in this very moment; a fresh one may not.
            self.close()
            if fresh or method not in REPEATABLE:
                raise
            return self._exchange(method, target, payload, headers)

    def _exchange(self, method: str, target: str, payload: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        if self._kept is None:
            self._kept = self._open()
        self._kept.request(method, target, payload, headers)
        reply = self._kept.getresponse()
        return reply.status, reply.read()

    def _open(self) -> http.client.HTTPConnection:
        url = urlsplit(self.server)
        host = url.hostname or ""
        if url.scheme != "https":
            return http.client.HTTPConnection(host, url.port, timeout=self._timeout)
        return http.client.HTTPSConnection(host, url.port, timeout=self._timeout, context=self._connection.context)


def _is_dropped(kept: http.client.HTTPConnection) -> bool:
    """Nobody asked, yet there is something to read: the server closed the connection."""
    if kept.sock is None:
        return False
    poll = select.poll()
    poll.register(kept.sock, select.POLLIN)
    return bool(poll.poll(0))


def _message(status: int, data: bytes) -> str:
    try:
        return str(json.loads(data)["message"])
    except (ValueError, KeyError, TypeError):
        return data[:300].decode("utf-8", "replace").strip() or f"status {status}"
