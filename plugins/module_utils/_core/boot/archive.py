# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Archives for a machine: the agent for its ramdisk (cpio), the node's own files (tar). Equal input, equal bytes.

This module util is private to the collection.
"""

from __future__ import annotations

import base64
import io
import tarfile
from collections.abc import Iterable, Mapping

CPIO_MAGIC = "070701"
CPIO_TRAILER = "TRAILER!!!"
REGULAR_FILE = 0o100000
# The kernel looks for the next archive at a multiple of four; firmware that joins archives does not pad.
CPIO_BLOCK = 512


def cpio(files: Mapping[str, bytes]) -> bytes:
    """A newc archive of executable files, path below / to content."""
    entries = [_entry(number, path, content) for number, (path, content) in enumerate(sorted(files.items()), start=1)]
    body = b"".join([*entries, _entry(0, CPIO_TRAILER, b"", mode=0)])
    return body + bytes(-len(body) % CPIO_BLOCK)


def _entry(number: int, path: str, content: bytes, mode: int = REGULAR_FILE | 0o755) -> bytes:
    name = path.lstrip("/").encode() + b"\0"
    # inode, mode, uid, gid, links, mtime, size, device x2, special device x2, name's length, check
    numbers = (number, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name), 0)
    head = CPIO_MAGIC.encode() + b"".join(b"%08X" % value for value in numbers) + name
    return _to_four(head) + _to_four(content)


def _to_four(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def overlay(files: Iterable[Mapping[str, str]]) -> bytes:
    """A tar of {path, mode, content in base64}, owned by root. Folders that keys lie in are closed to others."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for folder in ("etc/ironacre", "root/.ssh"):
            archive.addfile(_folder(folder))
        for file in files:
            content = base64.b64decode(file["content"])
            info = tarfile.TarInfo(file["path"].lstrip("/"))
            info.size, info.mode = len(content), int(file["mode"], 8)
            archive.addfile(info, io.BytesIO(content))
    return target.getvalue()


def _folder(path: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(path)
    info.type, info.mode = tarfile.DIRTYPE, 0o700
    return info


def as_file(path: str, mode: str, text: str) -> dict[str, str]:
    return {"path": path, "mode": mode, "content": base64.b64encode(text.encode()).decode()}
