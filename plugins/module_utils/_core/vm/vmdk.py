# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""streamOptimized VMDK, read forward only, with bounded memory. Never seeks, so it works on a socket.

Layout: 512-byte header, descriptor, then markers. A marker is 12 bytes (value, size) and, for size 0, a type.
size > 0: a compressed grain at sector `value`. Types: 0 end of stream, 1 grain table, 2 grain directory, 3 footer.
An export ends with the marker "end of stream". QEMU's images have none, but their grain tables come first: there the
end is accepted when as many grains came as the tables promise.
Grains are deflated with a zlib frame, so their Adler checksum is verified by the inflater.
This module util is private to the collection.
"""

from __future__ import annotations

import struct
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from ..errors import PlatformError
from .streams import CHUNK, Reader, drain, read_into, truncated

SECTOR = 512
MAGIC = 0x564D444B
END_OF_STREAM, FOOTER = 0, 3
MAX_CAPACITY_SECTORS = 1 << 38
# 64 MiB: the tables of QEMU's images of up to half a tebibyte come before the data.
MAX_OVERHEAD_SECTORS = 1 << 17
TABLE_ENTRIES = 512
# A grain directory of the largest disk, and no more: a marker must not make us hold gigabytes.
MAX_METADATA_SECTORS = 1 << 17
BATCH = 1 << 20
_MARKER = struct.Struct("<QII")
Inflate = Callable[[memoryview, int], bytes]
Grain = tuple[int, memoryview]
Extent = tuple[int, bytes]


@dataclass(frozen=True)
class Header:
    """capacity and grain in bytes; overhead: bytes before the first marker; directory: byte of the grain directory."""

    capacity: int
    grain: int
    overhead: int
    directory: int = 0


def parse_header(data: bytes, place: str) -> Header:
    """The first 512 bytes. Raises PlatformError for everything but a sane streamOptimized image."""
    magic, version, flags, capacity, grain = struct.unpack_from("<IIIQQ", data)
    directory, overhead = struct.unpack_from("<QQ", data, 56)
    (compression,) = struct.unpack_from("<H", data, 77)
    if magic != MAGIC:
        raise PlatformError(f"{place}: is no VMDK image (it begins with {data[:4]!r}); check the format of the disk")
    if not flags & 0x30000 == 0x30000 or compression != 1 or version not in (1, 2, 3):
        raise PlatformError(
            f"{place}: is a VMDK, but not streamOptimized; convert it with qemu-img or export it as OVF"
        )
    if grain not in (1 << power for power in range(3, 13)):
        raise PlatformError(f"{place}: a grain of {grain} sectors is out of range (8 to 4096); the image is damaged")
    if not 0 < capacity <= MAX_CAPACITY_SECTORS or not 0 < overhead <= MAX_OVERHEAD_SECTORS:
        raise PlatformError(
            f"{place}: the header states {capacity} sectors, {overhead} of overhead; the image is damaged"
        )
    return Header(capacity * SECTOR, grain * SECTOR, overhead * SECTOR, directory * SECTOR)


def inflate_zlib(data: memoryview, size: int) -> bytes:
    """Bounded inflate with the standard library: a bomb stops at size + 1 bytes."""
    inflater = zlib.decompressobj()
    out = inflater.decompress(data, size + 1)
    if len(out) <= size and not inflater.eof:
        raise zlib.error("incomplete deflate stream")
    return out


def promised_grains(header: Header, front: memoryview) -> int:
    """Number of grains in the tables before the data; -1 when they come at the end. `front` begins after the header."""
    reach = -(-header.capacity // (header.grain * TABLE_ENTRIES))
    if not SECTOR <= header.directory <= header.overhead - 4 * reach:
        return -1
    count = 0
    for place in struct.unpack_from(f"<{reach}I", front, header.directory - SECTOR):
        start = place * SECTOR - SECTOR
        if place and 0 <= start <= len(front) - 4 * TABLE_ENTRIES:
            count += sum(map(bool, struct.unpack_from(f"<{TABLE_ENTRIES}I", front, start)))
    return count


@dataclass(frozen=True)
class Inflater:
    """call(data, size) yields the inflated bytes: size + 1 of them at most, whatever the data say."""

    name: str
    call: Inflate


ZLIB = Inflater("zlib", inflate_zlib)


class StreamOptimized:
    """`extents()` yields (offset, bytes) in ascending order; what lies between is zero. `header` is known at once."""

    def __init__(self, reader: Reader, place: str, inflater: Inflater = ZLIB, threads: int = 2) -> None:
        self.place, self.threads = place, threads
        self._buffered = _Buffered(reader, place)
        self.header = parse_header(bytes(self._buffered.take(SECTOR)), place)
        self._inflate = inflater.call
        self._promised = promised_grains(self.header, self._buffered.take(self.header.overhead - SECTOR))

    @property
    def capacity(self) -> int:
        return self.header.capacity

    def extents(self) -> Iterator[Extent]:
        """Inflate in worker threads (the inflaters release the lock), deliver in order, hold a few batches at most."""
        reached = 0
        for offset, data in self._inflated():
            if offset < reached:
                raise self._damaged(f"the grain at byte {offset} comes after one that ends at {reached}")
            if offset + len(data) > self.capacity:
                if offset >= self.capacity or len(data) > self.header.grain:
                    raise self._damaged(f"the grain at byte {offset} lies beyond the disk of {self.capacity} bytes")
                data = data[: self.capacity - offset]
            reached = offset + len(data)
            yield offset, data

    def _inflated(self) -> Iterator[Extent]:
        waiting: deque[Future[list[Extent]]] = deque()
        pool = ThreadPoolExecutor(self.threads)
        try:
            for batch in self._batches():
                waiting.append(pool.submit(self._inflate_batch, batch))
                if len(waiting) > self.threads + 1:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _inflate_batch(self, batch: list[Grain]) -> list[Extent]:
        size = self.header.grain
        return [(offset, self._inflate_grain(offset, data, size)) for offset, data in batch]

    def _inflate_grain(self, offset: int, data: memoryview, size: int) -> bytes:
        try:
            out = self._inflate(data, size)
        except Exception as error:  # each inflater has its own exception classes
            raise self._damaged(f"the grain at byte {offset} cannot be inflated ({error})") from error
        if len(out) > size or (len(out) < size and offset + len(out) < self.capacity):
            raise self._damaged(f"the grain at byte {offset} inflates to {len(out)} bytes or more, not to {size}")
        return out

    def _batches(self) -> Iterator[list[Grain]]:
        batch: list[Grain] = []
        held = 0
        for offset, data in self._grains():
            batch.append((offset, data))
            held += len(data)
            if held >= BATCH:
                yield batch
                batch, held = [], 0
        if batch:
            yield batch

    def _grains(self) -> Iterator[Grain]:
        largest = self.header.grain + self.header.grain // 8 + 1024
        seen = 0
        while True:
            if seen == self._promised and self._buffered.at_end():
                return
            head = self._buffered.take(SECTOR)
            value, size, kind = _MARKER.unpack_from(head)
            if size > largest:
                raise self._damaged(f"a compressed grain of {size} bytes")
            if size:
                seen += 1
                yield value * SECTOR, self._grain(head, size)
            elif kind == END_OF_STREAM:
                drain(self._buffered.reader)
                return
            elif kind > FOOTER or value > MAX_METADATA_SECTORS:
                raise self._damaged(f"a marker of type {kind} with {value} sectors")
            else:
                self._buffered.take(value * SECTOR)

    def _grain(self, head: memoryview, size: int) -> memoryview:
        """The compressed bytes: the first ones share the marker's sector, the rest fills whole sectors."""
        missing = 12 + size - SECTOR
        if missing <= 0:
            return head[12 : 12 + size]
        rest = self._buffered.take(missing + -missing % SECTOR)
        return memoryview(bytes(head[12:]) + bytes(rest[:missing]))

    def _damaged(self, finding: str) -> PlatformError:
        return PlatformError(f"{self.place}: {finding}; the image is damaged, fetch or export it again")


class _Buffered:
    """Reads the stream in large pieces and hands out views of them; a view keeps its piece alive."""

    def __init__(self, reader: Reader, place: str) -> None:
        self.reader, self.place, self.view = reader, place, memoryview(b"")

    def take(self, size: int) -> memoryview:
        """The next `size` bytes, or Truncated."""
        if len(self.view) < size:
            self._refill(size)
        part, self.view = self.view[:size], self.view[size:]
        return part

    def at_end(self) -> bool:
        """True when nothing follows."""
        if not self.view:
            self._refill(0)
        return not self.view

    def _refill(self, size: int) -> None:
        held = len(self.view)
        piece = memoryview(bytearray(max(CHUNK, size)))
        piece[:held] = self.view
        got = held + read_into(self.reader, piece[held:])
        if got < size:
            raise truncated(self.place, size - got)
        self.view = piece[:got]
