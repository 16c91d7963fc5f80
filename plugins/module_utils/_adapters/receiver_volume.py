# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The volumes of an import's receiver: a part of its program, see receiver_server.py.

Standard library, Python 3.9. This module util is private to the collection.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import hashlib
import os
import pathlib
import stat
import struct
import typing

BLOCK, LIMIT = 1 << 20, 8 << 20
ZSTD, LARGEST = b"\x28\xb5\x2f\xfd\x00\x38", 128 * 1024
PUNCH_HOLE_KEEP_SIZE, BLKZEROOUT = 3, 0x127F
ZEROS = bytes(BLOCK)
LIBC = ctypes.CDLL(None, use_errno=True)


class Refusal(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


class Volume:
    """A block device, or `disk.img` in a file system."""

    def __init__(self, path: str, capacity: int) -> None:
        self.path, self.capacity = path, capacity
        device = pathlib.Path(path).is_block_device()
        self.fd = os.open(path, os.O_RDWR | (0 if device else os.O_CREAT), 0o660)
        if not stat.S_ISBLK(os.fstat(self.fd).st_mode):
            os.ftruncate(self.fd, capacity)
        self.size = os.lseek(self.fd, 0, os.SEEK_END)
        if self.size < capacity:
            raise SystemExit(f"{path}: has {self.size} bytes, the disk needs {capacity}")

    def check(self, offset: int, length: int, end: int) -> None:
        if offset < 0 or length < 0 or offset + length > end:
            raise Refusal(416, f"{length} bytes at {offset} do not lie within {end}")

    def write(self, offset: int, data: bytes) -> None:
        self.check(offset, len(data), self.capacity)
        view = memoryview(data)
        while view:
            count = os.pwrite(self.fd, view, offset)
            view, offset = view[count:], offset + count

    def zero(self, offset: int, length: int) -> None:
        self.check(offset, length, self.size)
        for start in range(offset, offset + length, 1 << 30):
            part = min(1 << 30, offset + length - start)
            if LIBC.fallocate(self.fd, PUNCH_HOLE_KEEP_SIZE, ctypes.c_long(start), ctypes.c_long(part)):
                self._zero_slowly(start, part)

    def _zero_slowly(self, start: int, length: int) -> None:
        try:
            fcntl.ioctl(self.fd, BLKZEROOUT, struct.pack("QQ", start, length))
        except OSError:
            for place in range(start, start + length, BLOCK):
                os.pwrite(self.fd, ZEROS[: start + length - place], place)

    def flush(self) -> None:
        os.fdatasync(self.fd)

    def digests(self, first: int, count: int) -> typing.Iterator[bytes]:
        """What the medium holds, not what was just written: clean pages are dropped before they are read."""
        self.check(first * BLOCK, 0, self.capacity)
        os.posix_fadvise(self.fd, first * BLOCK, count * BLOCK, os.POSIX_FADV_DONTNEED)
        data_from = self._data_from(first * BLOCK)
        for number in range(first, first + count):
            start, end = number * BLOCK, min((number + 1) * BLOCK, self.capacity)
            if data_from < start:
                data_from = self._data_from(start)
            data = os.pread(self.fd, end - start, start) if data_from < end else b""
            yield bytes(32) if data == ZEROS[: len(data)] else hashlib.sha256(data).digest()

    def _data_from(self, offset: int) -> int:
        try:
            return os.lseek(self.fd, offset, os.SEEK_DATA)
        except OSError as error:
            return self.capacity if error.errno == errno.ENXIO else offset


def inflate(frame: bytes) -> bytes:
    """One zstd frame of raw and RLE blocks; at most LIMIT bytes."""
    if frame[: len(ZSTD)] != ZSTD:
        raise Refusal(400, "the body is no frame of this protocol")
    parts, size, place, last = [], 0, len(ZSTD), False
    while not last:
        head = int.from_bytes(frame[place : place + 3], "little")
        last, kind, length = bool(head & 1), head >> 1 & 3, head >> 3
        stored = length if kind == 0 else 1
        part = frame[place + 3 : place + 3 + stored]
        place, size = place + 3 + stored, size + length
        if kind > 1 or length > LARGEST or len(part) < stored or size > LIMIT:
            raise Refusal(400, "the frame is broken, or larger than allowed")
        parts.append(part if kind == 0 else part * length)
    if place != len(frame):
        raise Refusal(400, "bytes behind the frame")
    return b"".join(parts)
