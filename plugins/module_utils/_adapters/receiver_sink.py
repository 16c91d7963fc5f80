# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A volume behind a receiver as the sink of a copy. Several blocks are on their way at once.

This module util is private to the collection.
"""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial

from .._core.errors import PlatformError
from .._core.vm.digest import BLOCK
from .._core.vm.wire import zstd_pieces
from .receiver_client import Endpoint, ReceiverClient

STREAMS, ZERO_STEP, DIGESTS_AT_ONCE, BEAT_EVERY = 4, 1 << 30, 4096, 5.0


class ReceiverSink:
    """One volume. wire: bytes sent. beat: called while long work goes on."""

    def __init__(
        self,
        endpoint: Endpoint,
        volume: str,
        capacity: int,
        streams: int = STREAMS,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        self.endpoint, self.volume, self.capacity, self.beat = endpoint, volume, capacity, beat
        self.wire = 0
        self._pool = ThreadPoolExecutor(streams, thread_name_prefix="receiver")
        self._limit = 2 * streams
        self._pending: deque[Future[int]] = deque()
        self._own = threading.local()
        self._clients: list[ReceiverClient] = []
        self._zeros: tuple[int, int] | None = None

    def prepare(self, fresh: bool) -> None:
        """Check the size; make a volume of which nothing is known read as zero, to its very end."""
        info = self._client().call("GET", f"/v1/volumes/{self.volume}")
        if info["capacity"] != self.capacity:
            raise PlatformError(
                f"{self.endpoint}: {self.volume} was made for {info['capacity']} bytes, the disk has {self.capacity}; "
                "run state absent, then again"
            )
        if fresh:
            self.zero(0, int(info["size"]))
            self.flush()

    def write(self, offset: int, data: bytes) -> None:
        """Send a block; it may still be on its way when this returns."""
        self._send_zeros()
        body = b"".join(zstd_pieces([(0, data)], len(data)))
        small = len(body) < len(data)
        self._submit(partial(self._put, offset, data, body if small else data, small))

    def _put(self, offset: int, data: bytes, body: bytes, framed: bool) -> int:
        headers = {"Content-Encoding": "zstd"} if framed else {}
        answer = self._client().call("PUT", f"/v1/volumes/{self.volume}/blocks?offset={offset}", body, headers)
        if answer.get("sha256") != hashlib.sha256(data).hexdigest():
            raise PlatformError(f"{self.endpoint}: {self.volume} at {offset}: other bytes arrived than were sent")
        return len(body)

    def zero(self, offset: int, size: int) -> None:
        """Make the range read as zero. Neighbours are joined: a terabyte of zeros is a thousand calls."""
        if self._zeros and sum(self._zeros) == offset:
            self._zeros = (self._zeros[0], self._zeros[1] + size)
        else:
            self._send_zeros()
            self._zeros = (offset, size)

    def _send_zeros(self) -> None:
        if self._zeros is None:
            return
        (offset, size), self._zeros = self._zeros, None
        for start in range(offset, offset + size, ZERO_STEP):
            length = min(ZERO_STEP, offset + size - start)
            self._submit(partial(self._zero, start, length))

    def _zero(self, start: int, length: int) -> int:
        self._client().call("POST", f"/v1/volumes/{self.volume}/zero?offset={start}&length={length}")
        return 0

    def flush(self) -> None:
        """Return when everything is on the medium; the first error of what was on its way comes here."""
        self._send_zeros()
        while self._pending:
            self._wait()
        self._client().call("POST", f"/v1/volumes/{self.volume}/flush")

    def digests(self, first: int = 0, count: int = -1) -> Iterator[tuple[int, bytes]]:
        """The digest of every block, computed where the volume is."""
        end = first + count if count >= 0 else -(-self.capacity // BLOCK)
        for start in range(first, end, DIGESTS_AT_ONCE):
            found = self._client().digests(self.volume, start, min(DIGESTS_AT_ONCE, end - start))
            self.beat()
            yield from enumerate(found, start)

    def _submit(self, work: Callable[[], int]) -> None:
        while len(self._pending) >= self._limit:
            self._wait()
        self._pending.append(self._pool.submit(work))

    def _wait(self) -> None:
        future = self._pending[0]
        while not wait([future], BEAT_EVERY).done:
            self.beat()
        self.beat()
        self.wire += self._pending.popleft().result()

    def _client(self) -> ReceiverClient:
        """The connection of this thread."""
        if not hasattr(self._own, "client"):
            self._own.client = ReceiverClient(self.endpoint)
            self._clients.append(self._own.client)
        client: ReceiverClient = self._own.client
        return client

    def close(self) -> None:
        """End the connections. What was not flushed is not counted on."""
        self._pool.shutdown(cancel_futures=True)
        for client in self._clients:
            client.close()
