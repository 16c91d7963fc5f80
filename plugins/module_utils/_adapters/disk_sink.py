# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a disk is written to on this machine: a sparse file, or a block device.

This module util is private to the collection.
"""

from __future__ import annotations

import ctypes
import errno
import os
import pathlib
import stat
from collections.abc import Iterator

from .._core.errors import PlatformError
from .._core.vm.blocks import digest_of
from .._core.vm.digest import BLOCK
from .._core.vm.extents import is_zero

_PUNCH_HOLE_KEEP_SIZE = 3
_libc = ctypes.CDLL(None, use_errno=True)


class DiskSink:
    """Opened for one copy. A block device is emptied before the first pass: it may hold old data."""

    def __init__(self, path: str, capacity: int, fresh: bool) -> None:
        self.path, self.capacity = path, capacity
        flags = os.O_RDWR | (0 if pathlib.Path(path).is_block_device() else os.O_CREAT)
        self.fd = os.open(path, flags, 0o600)
        if stat.S_ISBLK(os.fstat(self.fd).st_mode):
            self._check_device()
            if fresh:
                self.zero(0, capacity)
        else:
            if fresh:
                os.ftruncate(self.fd, 0)
            os.ftruncate(self.fd, capacity)

    def _check_device(self) -> None:
        size = os.lseek(self.fd, 0, os.SEEK_END)
        if size < self.capacity:
            raise PlatformError(f"{self.path}: has {size} bytes, the disk needs {self.capacity}; take a larger volume")

    def write(self, offset: int, data: bytes) -> None:
        """All of it, or an error that names the place."""
        view = memoryview(data)
        try:
            while view:
                count = os.pwrite(self.fd, view, offset)
                view, offset = view[count:], offset + count
        except OSError as error:
            raise PlatformError(
                f"{self.path}: writing at {offset} fails ({error.strerror}); make room, then run again"
            ) from error

    def zero(self, offset: int, size: int) -> None:
        """Make the range read as zero, without writing where the file system or device can."""
        step = 1 << 30
        for start in range(offset, offset + size, step):
            length = min(step, offset + size - start)
            fallocate = _libc.fallocate
            if fallocate(self.fd, _PUNCH_HOLE_KEEP_SIZE, ctypes.c_long(start), ctypes.c_long(length)):
                for place in range(start, start + length, BLOCK):
                    self.write(place, bytes(min(BLOCK, start + length - place)))

    def digests(self, first: int = 0, count: int = -1) -> Iterator[tuple[int, bytes]]:
        """What is there: the digest of every block in order. Holes are not read."""
        data_from, total = self._data_from(first * BLOCK), -(-self.capacity // BLOCK)
        for number in range(first, total if count < 0 else first + count):
            start, end = number * BLOCK, min((number + 1) * BLOCK, self.capacity)
            if data_from < start:
                data_from = self._data_from(start)
            data = os.pread(self.fd, end - start, start) if data_from < end else b""
            yield number, digest_of(None if is_zero(data) else data)

    def _data_from(self, offset: int) -> int:
        """Where the next data begin; the capacity when there are none."""
        try:
            return os.lseek(self.fd, offset, os.SEEK_DATA)
        except OSError as error:
            return self.capacity if error.errno == errno.ENXIO else offset

    def flush(self) -> None:
        """Return when the data are on the medium. An error here is an error of the copy."""
        try:
            os.fdatasync(self.fd)
        except OSError as error:
            raise PlatformError(
                f"{self.path}: flushing fails ({error.strerror}); look at the storage, then run again"
            ) from error

    def close(self) -> None:
        os.close(self.fd)
