# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of a datastore over HTTPS, read by place: connections that stay open, and requests that survive breaks.

This module util is private to the collection.
"""

from __future__ import annotations

import contextlib
import http.client
import queue
import random
import ssl
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from ..._core.errors import PlatformError
from ..._core.vm.extents import PIECE, Extent, is_zero
from ..._core.vm.retries import TRIES, Broken, Unauthenticated, kind_of_status, pause_before
from ..._core.vm.source import Area
from ..._core.vm.vsphere_disk import MAX_DESCRIPTOR, DatastoreFile, NotByPlace, pieces
from .session import Session
from .tls import PinnedConnection

# One request reads this much: long enough that its answer outweighs the question.
REQUEST = 4 << 20
STREAMS = 4
PROBE = 64 << 10
_BROKEN = (OSError, http.client.HTTPException)


class FolderFile:
    """Any part of one file, from any thread. size: what it must have, -1 for any. total: what it has, once asked."""

    def __init__(self, session: Session, file: DatastoreFile, datacenter: str, size: int = -1) -> None:
        self.session, self.file, self.size, self.total = session, file, size, -1
        self.place = f"{session.place}: {file}"
        self._target = file.target(datacenter)
        self._idle: queue.LifoQueue[PinnedConnection] = queue.LifoQueue()

    def read(self, offset: int, size: int) -> bytes:
        """Exactly these bytes. A break goes on where it stopped; an ended session is renewed once."""
        buffer = memoryview(bytearray(size))
        got = failures = renewals = 0
        while got < size:
            cookie = self.session.cookie
            try:
                got += (count := self._fill(buffer[got:], offset + got, cookie))
                failures = 0 if count else failures
                if got < size:
                    raise Broken(f"{self.place}: broke {size - got} bytes early at byte {offset + got}; run again")
            except Unauthenticated as error:
                renewals += 1
                if renewals > 1:
                    raise PlatformError(
                        f"{error.message}; check the rights of {self.session.login.username}"
                    ) from error
                self.session.renew(cookie)
            except Broken:
                failures += 1
                if failures >= TRIES:
                    raise
                self.session.sleep(pause_before(failures - 1, random.random()))
        return bytes(buffer)

    def head(self) -> bytes:
        """The first bytes of the file; of a descriptor that is all of it."""
        self.read(0, 1)
        return self.read(0, min(self.total, MAX_DESCRIPTOR))

    def close(self) -> None:
        """Close what is idle."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()

    def _fill(self, buffer: memoryview, offset: int, cookie: str) -> int:
        """Bytes of one request, fewer when the connection breaks in the middle."""
        try:
            connection = self._idle.get_nowait()
        except queue.Empty:
            connection = self.session.trust.connection()
        got = 0
        try:
            response = self._ask(connection, offset, len(buffer), cookie)
            while got < len(buffer) and (count := response.readinto(buffer[got:])):
                got += count
        except _BROKEN as error:
            connection.close()
            if isinstance(error, ssl.SSLCertVerificationError):
                raise self.session.trust.untrusted(error) from error
            if not got:
                raise Broken(f"{self.place}: {error or type(error).__name__} at byte {offset}; run again") from error
            return got
        except BaseException:
            connection.close()
            raise
        if got == len(buffer) and response.isclosed():
            self._idle.put(connection)
        else:
            connection.close()
        return got

    def _ask(self, connection: PinnedConnection, offset: int, size: int, cookie: str) -> http.client.HTTPResponse:
        last = offset + size - 1
        connection.request("GET", self._target, headers={"Cookie": cookie, "Range": f"bytes={offset}-{last}"})
        response = connection.getresponse()
        kind = kind_of_status(response.status)
        found = f"{self.place}: the server answers {response.status} {response.reason}"
        if kind == "auth":
            raise Unauthenticated(found)
        if kind == "transport":
            raise Broken(f"{found}; run again")
        if kind == "permanent":
            raise NotByPlace(f"{found}; look at the datastore and at the rights of {self.session.login.username}")
        self._check(response, offset)
        return response

    def _check(self, response: http.client.HTTPResponse, offset: int) -> None:
        """The answer must be the very part that was asked for, of a file of the size that is known."""
        stated = response.getheader("Content-Range") or ""
        total = stated.rpartition("/")[2]
        if response.status != 206 or not stated.startswith(f"bytes {offset}-"):
            raise NotByPlace(f"{self.place}: the server ignores ranges; set source.transport to nfc")
        self.total = int(total if total.isdigit() else -1)
        if 0 <= self.size != self.total:
            raise PlatformError(f"{self.place}: has {total} bytes, not {self.size}; the disk was resized: run again")


class FolderDisk:
    """Implements RangedDisk and Stream: a disk whose bytes lie plain in one file. areas: what the stream reads."""

    engine = "folder"

    def __init__(self, file: FolderFile, capacity: int) -> None:
        self.file, self.capacity, self.bytes_read = file, capacity, 0
        self.areas = [Area(0, capacity)]

    def probe(self) -> None:
        """Read a little, so that a file that cannot be read is known before anything depends on it."""
        self.file.read(0, min(PROBE, self.capacity))

    def read(self, offset: int, size: int) -> bytes:
        data = self.file.read(offset, size)
        self.bytes_read += size
        return data

    def extents(self, streams: int = STREAMS) -> Iterator[Extent]:
        """The disk as a stream: several requests at once, delivered in order, a few answers held at most."""
        waiting: deque[tuple[int, Future[bytes]]] = deque()
        pool = ThreadPoolExecutor(streams)
        try:
            for piece in pieces(self.areas, REQUEST):
                waiting.append((piece.offset, pool.submit(self.file.read, piece.offset, piece.length)))
                if len(waiting) > streams:
                    yield from self._delivered(*waiting.popleft())
            while waiting:
                yield from self._delivered(*waiting.popleft())
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            self.close()

    def _delivered(self, offset: int, answer: Future[bytes]) -> Iterator[Extent]:
        data = memoryview(answer.result())
        self.bytes_read += len(data)
        start = 0
        while start < len(data):
            length = min(PIECE - (offset + start) % PIECE, len(data) - start)
            if not is_zero(data[start : start + length]):
                yield offset + start, bytes(data[start : start + length])
            start += length

    def close(self) -> None:
        self.file.close()
