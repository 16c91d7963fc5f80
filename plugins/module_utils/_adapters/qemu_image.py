# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A disk image of any format QEMU reads, as a stream of extents: no conversion to a file, holes are never read.

qemu-img tells size and allocation, qemu-nbd decodes. This module util is private to the collection.
"""

from __future__ import annotations

import json
import pathlib
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .._core.errors import PlatformError
from .._core.vm.extents import Extent, is_zero
from .nbd_client import NbdClient
from .process import NOT_FOUND, Companion, attempt

PIECE = 1 << 20
# A map reads the tables of the whole image.
LIMIT = 600.0
# The format is never guessed from the contents: a guest can write any header into a raw disk.
FORMATS = {
    ".vmdk": "vmdk",
    ".qcow2": "qcow2",
    ".vhd": "vpc",
    ".vhdx": "vhdx",
    ".vdi": "vdi",
    ".raw": "raw",
    ".img": "raw",
}


class QemuImage:
    """One image file. format: as qemu-img calls it; default by the file's ending."""

    def __init__(self, path: str, image_format: str = "") -> None:
        self.path = self.place = str(path)
        self.format = image_format or FORMATS.get(pathlib.Path(path).suffix.lower(), "raw")
        self.engine, self._read = "qemu", 0
        info = self._json("info")
        self._refuse_references(info)
        self.capacity = int(info["virtual-size"])
        status = pathlib.Path(path).stat()
        self.identity = f"{pathlib.Path(path).absolute()} {status.st_size} {status.st_mtime_ns}"

    @property
    def bytes_read(self) -> int:
        """Bytes read out of the decoded disk so far."""
        return self._read

    def extents(self) -> Iterator[Extent]:
        """Pieces of at most 1 MiB that are not zero."""
        ranges = [entry for entry in self._json("map") if entry["data"] and not entry.get("zero")]
        with self._server() as client:
            for entry in ranges:
                yield from self._pieces(client, int(entry["start"]), int(entry["start"]) + int(entry["length"]))

    def _pieces(self, client: NbdClient, offset: int, end: int) -> Iterator[Extent]:
        while offset < end:
            size = min(PIECE - offset % PIECE, end - offset)
            data = client.read(offset, size)
            self._read += size
            if not is_zero(data):
                yield offset, data
            offset += size

    def _json(self, verb: str) -> Any:
        code, output, error = attempt(["qemu-img", verb, "--output=json", "-f", self.format, self.path], limit=LIMIT)
        if code == NOT_FOUND:
            raise PlatformError("qemu-img is missing on this machine; install qemu-utils")
        if code:
            raise PlatformError(f"{self.place}: qemu-img {verb} says: {error.strip()}; check file and format")
        return json.loads(output)

    def _refuse_references(self, info: dict[str, Any]) -> None:
        """A foreign image must not make us read other files of this machine."""
        details = info.get("format-specific", {}).get("data", {})
        named = [info.get("backing-filename"), details.get("data-file")]
        named += [extent.get("filename") for extent in details.get("extents") or []]
        folder = pathlib.Path(self.path).resolve().parent
        for name in filter(None, named):
            if name == info.get("backing-filename") or not (folder / name).resolve().is_relative_to(folder):
                raise PlatformError(f"{self.place}: refers to {name}; flatten the image (qemu-img convert) first")

    @contextmanager
    def _server(self) -> Iterator[NbdClient]:
        child, client = self._started()
        try:
            yield client
            client.close()
        finally:
            # Not terminate(): qemu-nbd may miss it right after a client left. It only reads, so nothing is lost.
            child.end()

    def _started(self) -> tuple[Companion, NbdClient]:
        """The socket goes once we are connected: when we are killed, nothing of it is left behind."""
        with tempfile.TemporaryDirectory(prefix="ironacre-nbd-") as folder:
            path = f"{folder}/socket"
            # Not --persistent: when we are killed, our connection ends, and with it the server.
            options = ["--read-only", f"--format={self.format}", f"--socket={path}"]
            child = Companion(["qemu-nbd", *options, self.path])
            try:
                return child, self._connected(path, child)
            except BaseException:
                child.end()
                raise

    def _connected(self, path: str, child: Companion) -> NbdClient:
        """The socket exists a moment before the server listens on it."""
        end = time.monotonic() + 60
        while True:
            try:
                return NbdClient(path, self.place)
            except (ConnectionRefusedError, FileNotFoundError):
                if not child.runs() or time.monotonic() > end:
                    found = child.end()
                    raise PlatformError(f"{self.place}: qemu-nbd does not serve it: {found}; check the image") from None
            time.sleep(0.01)
