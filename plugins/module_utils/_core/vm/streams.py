# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Forward-only reading: exact reads, bounded parts, running digests. Works on anything that has `readinto`.

This module util is private to the collection.
"""

from __future__ import annotations

import hashlib
from typing import Protocol

from ..errors import PlatformError

CHUNK = 1 << 20


class Reader(Protocol):
    """The least a byte source offers. `readinto` returns 0 at the end."""

    def readinto(self, buffer: memoryview) -> int: ...


class Truncated(PlatformError):
    """The stream ended early. facts: place, missing (bytes)."""


def read_into(reader: Reader, buffer: memoryview) -> int:
    """Fill the buffer; fewer bytes only at the end of the stream."""
    got = 0
    while got < len(buffer):
        count = reader.readinto(buffer[got:])
        if not count:
            break
        got += count
    return got


def read_exactly(reader: Reader, size: int, place: str) -> bytes:
    """`size` bytes, or Truncated."""
    buffer = bytearray(size)
    got = read_into(reader, memoryview(buffer))
    if got < size:
        raise truncated(place, size - got)
    return bytes(buffer)


def truncated(place: str, missing: int) -> Truncated:
    """The error of a stream that ended `missing` bytes early."""
    return Truncated(
        f"{place}: ends {missing} bytes early; the file is truncated, fetch or export it again",
        place=place,
        missing=missing,
    )


def drain(reader: Reader) -> int:
    """Read to the end; the number of bytes."""
    scratch = memoryview(bytearray(CHUNK))
    total = 0
    while True:
        count = reader.readinto(scratch)
        if not count:
            return total
        total += count


class Part:
    """The next `size` bytes of a reader. An early end of the reader is Truncated."""

    def __init__(self, reader: Reader, size: int, place: str) -> None:
        self.reader, self.left, self.place = reader, size, place

    def readinto(self, buffer: memoryview) -> int:
        if not self.left or not len(buffer):
            return 0
        count = self.reader.readinto(buffer[: self.left])
        if not count:
            raise truncated(self.place, self.left)
        self.left -= count
        return count


class Hashing:
    """Passes the bytes on and keeps their digest. name: sha256, sha1 or sha512."""

    def __init__(self, reader: Reader, name: str) -> None:
        self.reader, self.digest, self.count = reader, hashlib.new(name), 0

    def readinto(self, buffer: memoryview) -> int:
        count = self.reader.readinto(buffer)
        self.digest.update(buffer[:count])
        self.count += count
        return count


class Bytes:
    """A reader over bytes in memory."""

    def __init__(self, data: bytes) -> None:
        self.view, self.position = memoryview(data), 0

    def readinto(self, buffer: memoryview) -> int:
        part = self.view[self.position : self.position + len(buffer)]
        buffer[: len(part)] = part
        self.position += len(part)
        return len(part)
