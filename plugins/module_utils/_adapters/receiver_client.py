# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One connection to the receiver of an import. Every call may be made twice, so a broken one is made again.

This module util is private to the collection.
"""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from .._core.errors import PlatformError
from .._core.vm.engine import Retriable

TRIES, LONGEST_PAUSE, TIMEOUT = 8, 15.0, 120.0
SIZE = 32
Result = TypeVar("Result")


@dataclass(frozen=True)
class Endpoint:
    """certificate: PEM of the one certificate that is accepted. name: the name in it."""

    host: str
    port: int
    name: str
    certificate: str = field(repr=False)
    token: str = field(repr=False)

    def __str__(self) -> str:
        return f"receiver {self.host}:{self.port}"


class ReceiverClient:
    """Not for use by several threads at once."""

    def __init__(self, endpoint: Endpoint, tries: int = TRIES, pause: Callable[[float], None] = time.sleep) -> None:
        self.endpoint, self.tries, self.pause = endpoint, tries, pause
        self._http: http.client.HTTPConnection | None = None

    def call(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Any:
        """The answer. Retriable when the receiver is out of reach, PlatformError when it refuses."""
        return self._patiently(lambda: self._once(method, path, body, headers or {}))

    def _once(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Any:
        response = self._request(method, path, body, headers)
        data = response.read()
        if response.will_close:
            self.close()
        self._refuse(response.status, data)
        return json.loads(data)

    def digests(self, volume: str, first: int, count: int) -> list[bytes]:
        """Digests of some blocks, read from the medium."""
        return self._patiently(lambda: list(self._digests(volume, first, count)))

    def _digests(self, volume: str, first: int, count: int) -> Iterator[bytes]:
        response = self._request("GET", f"/v1/volumes/{volume}/digests?first={first}&count={count}", b"", {})
        if response.status != 200:
            self._refuse(response.status, response.read())
        for _number in range(count):
            digest = response.read(SIZE)
            if len(digest) < SIZE:
                raise http.client.IncompleteRead(digest)
            yield digest
        response.read()

    def _request(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> http.client.HTTPResponse:
        if self._http is None:
            self._http = _Pinned(self.endpoint)
        self._http.request(method, path, body, {"Authorization": f"Bearer {self.endpoint.token}", **headers})
        return self._http.getresponse()

    def _patiently(self, attempt: Callable[[], Result]) -> Result:
        for number in range(self.tries):
            try:
                return attempt()
            except ssl.SSLCertVerificationError as error:
                raise PlatformError(
                    f"{self.endpoint}: shows another certificate than that of this import ({error.verify_message}); "
                    "something else answers there, look at the service"
                ) from error
            except (OSError, http.client.HTTPException) as error:
                self.close()
                if number == self.tries - 1:
                    raise Retriable(
                        f"{self.endpoint}: does not answer ({error or type(error).__name__}); look at its pod and "
                        "the way to it, then run again: only missing blocks are sent"
                    ) from error
            self.pause(min(0.2 * 2**number, LONGEST_PAUSE))
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _refuse(self, status: int, data: bytes) -> None:
        if status == 200:
            return
        try:
            message = str(json.loads(data)["message"])
        except (ValueError, KeyError, TypeError):
            message = data[:200].decode("utf-8", "replace")
        ways = {
            401: "run again, so that a new one is made",
            507: "make room in the storage, then run again",
        }
        way = ways.get(status, "look at the storage and the receiver's pod, then run again")
        raise PlatformError(f"{self.endpoint}: {message} ({status}); {way}", status=status)

    def close(self) -> None:
        if self._http is not None:
            self._http.close()
            self._http = None


class _Pinned(http.client.HTTPSConnection):
    """Accepts one certificate, whatever the address."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(endpoint.host, endpoint.port, timeout=TIMEOUT)
        self.endpoint = endpoint

    def connect(self) -> None:
        plain = socket.create_connection((self.endpoint.host, self.endpoint.port), TIMEOUT)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        context = ssl.create_default_context(cadata=self.endpoint.certificate)
        self.sock = context.wrap_socket(plain, server_hostname=self.endpoint.name)
