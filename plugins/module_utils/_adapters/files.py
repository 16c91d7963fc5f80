# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small text files, written whole: private while they are made, then renamed into place.

This module util is private to the collection.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class TextFile:
    """A file as it shall be."""

    path: Path
    content: str = field(repr=False)
    mode: int = 0o600

    def differs(self) -> bool:
        """Whether content or mode is another (or the file is not there)."""
        try:
            mode = self.path.stat().st_mode & 0o7777
        except FileNotFoundError:
            return True
        return mode != self.mode or read_text(self.path) != self.content

    def write(self) -> None:
        """Put it there. A reader sees the old text or the new one, nothing between; so does one after a power cut."""
        _make_folder(self.path.parent)
        descriptor, name = tempfile.mkstemp(dir=str(self.path.parent), prefix=".ironacre-")
        fresh = Path(name)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
                handle.write(self.content)
                os.fchmod(handle.fileno(), self.mode)
                handle.flush()
                os.fsync(handle.fileno())
            fresh.replace(self.path)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise


def _make_folder(folder: Path) -> None:
    """Missing parents too, all for their owner only: mkdir gives its mode to the last one alone."""
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def read_text(path: Path) -> str:
    """The text of a file, empty if it is not there."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, NotADirectoryError):
        return ""
