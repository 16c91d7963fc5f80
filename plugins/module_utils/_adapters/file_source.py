# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file on the controller, read like one on a web server.

This module util is private to the collection.
"""

from __future__ import annotations

import io
import os
import pathlib

from .._core.errors import PlatformError


class FileSource:
    """One local file."""

    def __init__(self, path: str) -> None:
        self.path = self.place = path
        try:
            status = pathlib.Path(path).stat()
        except OSError as error:
            raise PlatformError(f"source.path: {path} cannot be read ({error.strerror}); correct the path") from error
        self.size = status.st_size
        self.identity = f"{pathlib.Path(path).absolute()} {status.st_size} {status.st_mtime_ns}"

    def open(self, offset: int = 0) -> FileReader:
        """A reader from `offset` on."""
        return FileReader(self.path, offset)


class FileReader:
    """Forward reader of a local file."""

    def __init__(self, path: str, offset: int) -> None:
        self._file = io.FileIO(path)
        self._file.seek(offset)

    def readinto(self, buffer: memoryview) -> int:
        return self._file.readinto(buffer) or 0

    def skip(self, count: int) -> None:
        self._file.seek(count, os.SEEK_CUR)

    def close(self) -> None:
        self._file.close()
