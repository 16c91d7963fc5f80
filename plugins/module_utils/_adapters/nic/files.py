# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that survive a power cut: written whole, flushed, renamed. This module util is private to the collection."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path


def put(path: str, content: str | bytes, mode: int = 0o644) -> None:
    """Write the file so that after a power cut the old or the new content is there, never half of it."""
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = _part(target)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content if isinstance(content, bytes) else content.encode())
        stream.flush()
        os.fchmod(stream.fileno(), mode)
        os.fsync(stream.fileno())
    part.rename(target)
    flush(target.parent)


def flush(folder: Path) -> None:
    """Make renames and removals in the folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove(path: str) -> None:
    """Remove the file if it is there; durable."""
    target = Path(path)
    if target.exists():
        target.unlink()
        flush(target.parent)


def read(patterns: Iterable[str]) -> dict[str, str]:
    """{path: content} of the files that match the patterns."""
    paths = sorted({path for pattern in patterns for path in Path("/").glob(pattern.lstrip("/"))})
    return {str(path): path.read_text() for path in paths if path.is_file()}


def mode_of(path: str) -> int:
    """What may hold a secret is for root; the rest is read by daemons that are not root."""
    return 0o600 if path.startswith(("/etc/netplan/", "/etc/NetworkManager/")) else 0o644


def swap(have: Mapping[str, str], want: Mapping[str, str]) -> list[str]:
    """Turn one set of files into another; -> paths that changed. Unchanged files are not touched."""
    changed = [path for path in sorted(want) if have.get(path) != want[path]]
    for path in changed:
        put(path, want[path], mode_of(path))
    gone = sorted(set(have) - set(want))
    for path in gone:
        remove(path)
    return changed + gone


def sweep(paths: Iterable[str]) -> None:
    """Take away what a power cut left of these files half written: its owner never came to rename it."""
    for path in paths:
        _part(Path(path)).unlink(missing_ok=True)


def _part(target: Path) -> Path:
    return target.with_name(f".{target.name}.part")
