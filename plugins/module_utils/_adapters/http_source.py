# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file on a web server: sizes, ranges, and a reader that survives broken connections.

This module util is private to the collection.
"""

from __future__ import annotations

import base64
import http.client
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from .._core.errors import PlatformError

MAX_REDIRECTS = 5
RETRIES = 5
# A gap this large is skipped by a new ranged request, a smaller one by reading on.
SEEK_MINIMUM = 4 << 20
_TRANSIENT = (408, 425, 429, 500, 502, 503, 504)
_BROKEN = (ConnectionError, http.client.HTTPException, TimeoutError, ssl.SSLError)


@dataclass(frozen=True)
class Probe:
    """size -1: not stated. validator: ETag or Last-Modified, empty when there is none."""

    size: int
    validator: str
    ranges: bool


class HttpSource:
    """One URL. `ca_path` verifies a private authority; there is no way to switch verification off."""

    def __init__(
        self,
        url: str,
        ca_path: str = "",
        username: str = "",
        password: str = "",
        headers: Mapping[str, str] | None = None,
        context: ssl.SSLContext | None = None,
        timeout: float = 60,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise PlatformError(f"source.url: {url!r} is no http or https address; correct it")
        self.url = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        self.place = self.url
        self.timeout, self.sleep = timeout, sleep
        self.context = context or ssl.create_default_context(cafile=ca_path or None)
        self.headers = {"User-Agent": "ironacre-import", **(headers or {})}
        username, password = username or unquote(parts.username or ""), password or unquote(parts.password or "")
        if username:
            token = base64.b64encode(f"{username}:{password}".encode()).decode()
            self.headers["Authorization"] = f"Basic {token}"
        self._probed: Probe | None = None

    def probe(self) -> Probe:
        """Size, validator and whether ranges work, asked once. Follows redirects."""
        if self._probed is None:
            connection, response = self._request({"Range": "bytes=0-0"})
            self._probed = _probe_of(response)
            connection.close()
        return self._probed

    @property
    def identity(self) -> str:
        """Changes when the file changes, as far as the server tells."""
        probe = self.probe()
        return f"{self.url} {probe.size} {probe.validator}"

    def open(self, offset: int = 0) -> HttpReader:
        """A reader from `offset` on. Without ranges everything before is read and dropped."""
        if not offset or self.probe().ranges:
            return HttpReader(self, offset)
        reader = HttpReader(self, 0)
        reader.skip(offset)
        return reader

    def get(self, offset: int) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        """The response whose body begins at `offset`. Refuses a file that changed since the probe."""
        probe = self.probe()
        wanted = {"Range": f"bytes={offset}-"} if offset else {}
        if offset and probe.validator and not probe.validator.startswith("W/"):
            wanted["If-Range"] = probe.validator
        connection, response = self._request(wanted)
        if offset and response.status != 206:
            connection.close()
            raise PlatformError(
                f"{self.place}: the server cannot continue at byte {offset} (status {response.status}); "
                "the file was changed meanwhile, or the server knows no ranges: start again"
            )
        return connection, response

    def _request(self, extra: Mapping[str, str]) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        for attempt in range(RETRIES):
            try:
                connection, response = self._follow(extra)
            except (*_BROKEN, OSError) as error:
                if attempt == RETRIES - 1 or isinstance(error, ssl.SSLCertVerificationError):
                    raise self._unreachable(error) from error
            else:
                if response.status < 400:
                    return connection, response
                connection.close()
                if response.status not in _TRANSIENT or attempt == RETRIES - 1:
                    found = f"{self.place}: the server answers {response.status} {response.reason}"
                    raise PlatformError(f"{found}; {_way_out(response.status)}")
            self.sleep(min(0.25 * 4**attempt, 30))
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _follow(self, extra: Mapping[str, str]) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        for _hop in range(MAX_REDIRECTS):
            connection = self._connect()
            parts = urlsplit(self.url)
            connection.request(
                "GET", urlunsplit(("", "", parts.path or "/", parts.query, "")), headers={**self.headers, **extra}
            )
            response = connection.getresponse()
            if response.status not in (301, 302, 303, 307, 308):
                return connection, response
            connection.close()
            self._redirect(response.getheader("Location") or "")
        raise PlatformError(f"{self.place}: more than {MAX_REDIRECTS} redirects; give the final address")

    def _redirect(self, location: str) -> None:
        old, self.url = urlsplit(self.url), urljoin(self.url, location)
        new = urlsplit(self.url)
        if new.scheme not in ("http", "https") or (old.scheme, new.scheme) == ("https", "http"):
            raise PlatformError(f"{self.place}: redirects to {new.scheme}, which is refused; give the final address")
        if new.netloc != old.netloc:
            self.headers.pop("Authorization", None)

    def _connect(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        if parts.scheme == "https":
            return http.client.HTTPSConnection(host, parts.port, timeout=self.timeout, context=self.context)
        return http.client.HTTPConnection(host, parts.port, timeout=self.timeout)

    def _unreachable(self, error: Exception) -> PlatformError:
        if isinstance(error, ssl.SSLCertVerificationError):
            return PlatformError(
                f"{self.place}: its certificate is not trusted ({error.verify_message}); set source.ca_path"
            )
        return PlatformError(
            f"{self.place}: cannot be read ({error or type(error).__name__}); check address, route and server"
        )


class HttpReader:
    """Forward reader. A broken connection is reopened at the byte reached; the last error tells after RETRIES."""

    def __init__(self, source: HttpSource, offset: int) -> None:
        self.source, self.position, self.reconnects = source, offset, 0
        self.size = source.probe().size
        self._connection: http.client.HTTPConnection | None = None
        self._response: http.client.HTTPResponse | None = None

    def readinto(self, buffer: memoryview) -> int:
        failures = 0
        while not 0 <= self.size <= self.position:
            try:
                if self._response is None:
                    self._connection, self._response = self.source.get(self.position)
                count = self._response.readinto(buffer)
                if count or not len(buffer) or self.size < 0:
                    self.position += count
                    return count
                raise ConnectionError(f"closed {self.size - self.position} bytes early")
            except _BROKEN as error:
                self.close()
                failures, self.reconnects = failures + 1, self.reconnects + 1
                if failures >= RETRIES or not self.source.probe().ranges:
                    raise PlatformError(
                        f"{self.source.place}: broke at byte {self.position} of {self.size} ({error}); "
                        "the file is truncated, or the server is in trouble: run again"
                    ) from error
                self.source.sleep(min(0.1 * 3**failures, 30))
        return 0

    def skip(self, count: int) -> None:
        """Move ahead, by a new request when that is cheaper than reading on."""
        if count >= SEEK_MINIMUM and self.source.probe().ranges:
            self.close()
            self.position += count
            return
        scratch = memoryview(bytearray(min(count, 1 << 20)))
        while count:
            got = self.readinto(scratch[: min(count, len(scratch))])
            if not got:
                return
            count -= got

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = self._response = None


def _probe_of(response: http.client.HTTPResponse) -> Probe:
    validator = response.getheader("ETag") or response.getheader("Last-Modified") or ""
    if response.status == 206:
        total = (response.getheader("Content-Range") or "").rpartition("/")[2]
        return Probe(int(total) if total.isdigit() else -1, validator, ranges=True)
    length = response.getheader("Content-Length") or ""
    return Probe(int(length) if length.isdigit() else -1, validator, ranges=False)


def _way_out(status: int) -> str:
    if status in (401, 403):
        return "check source.username and source.password"
    return "check source.url" if status in (404, 410) else "look at the server's log"
