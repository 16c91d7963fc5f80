# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small NBD client over a Unix socket: read only, one request at a time, several connections possible.

Source of the facts: the NBD protocol, fixed newstyle negotiation. This module util is private to the collection.
"""

from __future__ import annotations

import socket
import struct

from .._core.errors import PlatformError

_OPTION, _REPLY = 0x49484156454F5054, 0x3E889045565A9
_REQUEST, _SIMPLE_REPLY = 0x25609513, 0x67446698
_OPT_GO, _REP_ACK, _REP_INFO, _INFO_EXPORT = 7, 1, 3, 0
_READ, _DISCONNECT = 0, 2
MAX_READ = 4 << 20


class NbdClient:
    """The export with the empty name. `size` in bytes."""

    def __init__(self, path: str, place: str) -> None:
        self.place = place
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.settimeout(60)
        self.socket.connect(path)
        self.size = self._negotiate()

    def read(self, offset: int, size: int) -> bytes:
        """`size` bytes from `offset`."""
        self.socket.sendall(struct.pack(">IHHQQI", _REQUEST, 0, _READ, 1, offset, size))
        magic, error, _handle = struct.unpack(">IIQ", self._take(16))
        if magic != _SIMPLE_REPLY or error:
            raise PlatformError(
                f"{self.place}: reading {size} bytes at {offset} fails (NBD error {error}); check the image"
            )
        return self._take(size)

    def close(self) -> None:
        """Say goodbye."""
        try:
            self.socket.sendall(struct.pack(">IHHQQI", _REQUEST, 0, _DISCONNECT, 1, 0, 0))
        except OSError:
            return
        finally:
            self.socket.close()

    def _negotiate(self) -> int:
        if self._take(16) != b"NBDMAGICIHAVEOPT":
            raise PlatformError(f"{self.place}: the NBD server speaks another protocol; check qemu-nbd")
        (flags,) = struct.unpack(">H", self._take(2))
        self.socket.sendall(struct.pack(">I", flags & 3))
        data = struct.pack(">IH", 0, 0)
        self.socket.sendall(struct.pack(">QII", _OPTION, _OPT_GO, len(data)) + data)
        size = 0
        while True:
            _magic, _option, kind, length = struct.unpack(">QIII", self._take(20))
            payload = self._take(length)
            if kind == _REP_ACK:
                return size
            if kind != _REP_INFO:
                raise PlatformError(f"{self.place}: the NBD server refuses ({kind:#x}); check qemu-nbd")
            if struct.unpack(">H", payload[:2])[0] == _INFO_EXPORT:
                (size,) = struct.unpack(">Q", payload[2:10])

    def _take(self, size: int) -> bytes:
        parts = []
        while size:
            part = self.socket.recv(min(size, 1 << 20))
            if not part:
                raise PlatformError(f"{self.place}: the NBD server closed; check the image")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)
