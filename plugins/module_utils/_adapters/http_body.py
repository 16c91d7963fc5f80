# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bodies of HTTP answers whose early end is an error. This module util is private to the collection."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from http.client import HTTPException
from typing import Any, Protocol

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError

CHUNK = 1 << 20


class Source(Protocol):
    def read(self, size: int) -> bytes: ...


class ExactBody:
    """A reply whose early end is an error: urllib hands out a truncated body without a word."""

    def __init__(self, reply: Any) -> None:
        self._reply = reply
        length = reply.headers.get("Content-Length")
        self._left = int(length) if length else None

    def read(self, size: int) -> bytes:
        chunk: bytes = self._reply.read(size)
        if self._left is not None:
            self._left -= len(chunk)
            if not chunk and self._left:
                raise HTTPException(f"the connection ended {self._left} bytes too early")
        return chunk


class EmptyBody:
    def read(self, size: int) -> bytes:
        return b""


def read_stream(url: str, timeout: float) -> Iterator[bytes]:
    """The body of an address in chunks. Raises PlatformError when it cannot be read to its end."""
    try:
        with urllib.request.build_opener().open(url, timeout=timeout) as reply:
            source = ExactBody(reply)
            while chunk := source.read(CHUNK):
                yield chunk
    except (OSError, HTTPException) as error:
        raise PlatformError(f"{url}: cannot be fetched: {error}. Check that this machine reaches it.") from error
