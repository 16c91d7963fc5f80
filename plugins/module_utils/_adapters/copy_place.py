# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a file or block device looks: which one it is, when it was written, whether it holds anything.

This module util is private to the collection.
"""

from __future__ import annotations

import errno
import fcntl
import os
import pathlib
import stat
import struct

from .._core.vm.copy_trust import Stamp
from .._core.vm.extents import is_zero

# linux/fs.h. A number that no two devices have between two starts of the machine, however they are called.
_BLKGETDISKSEQ = 0x80081280
_BOOT = pathlib.Path("/proc/sys/kernel/random/boot_id")
_ENDS = 1 << 20


def look(path: str, inside: bool = True) -> Stamp:
    """The Stamp of what is there now. inside: find out, too, whether it is blank, which reads from it."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return Stamp()
    try:
        found = os.fstat(fd)
        if stat.S_ISBLK(found.st_mode):
            return Stamp(_device(fd, found.st_rdev), 0, inside and _blank_device(fd))
        return Stamp(f"file {found.st_dev}:{found.st_ino}", found.st_mtime_ns, inside and _blank_file(fd))
    finally:
        os.close(fd)


def _device(fd: int, number: int) -> str:
    try:
        sequence = struct.unpack("Q", fcntl.ioctl(fd, _BLKGETDISKSEQ, bytes(8)))[0]
    except OSError:
        # Before Linux 5.15.
        sequence = f"of {number}"
    return f"device {sequence} since {_BOOT.read_text(encoding='ascii').strip()}"


def _blank_device(fd: int) -> bool:
    """Partition tables, file systems and their copies lie at the ends."""
    size = os.lseek(fd, 0, os.SEEK_END)
    return all(is_zero(os.pread(fd, _ENDS, place)) for place in (0, max(0, size - _ENDS)))


def _blank_file(fd: int) -> bool:
    try:
        os.lseek(fd, 0, os.SEEK_DATA)
    except OSError as error:
        return error.errno == errno.ENXIO
    return False
