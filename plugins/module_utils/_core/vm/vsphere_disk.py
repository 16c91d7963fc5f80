# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of a datastore: their addresses, and the descriptor of a disk that tells which file holds its bytes.

This module util is private to the collection.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from ..errors import PlatformError
from .source import Area

# A descriptor is a page of text. What is larger is the disk itself.
MAX_DESCRIPTOR = 64 * 1024
_EXTENT = re.compile(r'(?:RW|RDONLY)\s+\d+\s+(\w+)\s+"([^"]+)"(?:\s+(\d+))?', re.IGNORECASE)
_PLAIN = ("VMFS", "FLAT")
_OTHER = {
    "VMFSSPARSE": "is the difference to a snapshot",
    "SESPARSE": "is the difference to a snapshot",
    "VMFSRDM": "is a raw device mapping",
    "VMFSRAW": "is a raw device mapping",
}
_WAY_OUT = "remove its snapshots first, or read it by an export (source.transport: nfc)"


class NotByPlace(PlatformError):
    """The bytes of this disk do not lie plain in one file that can be read: only an export yields them."""


@dataclass(frozen=True)
class DatastoreFile:
    """A file of a datastore. path: without the name of the datastore."""

    datastore: str
    path: str

    def __str__(self) -> str:
        return f"[{self.datastore}] {self.path}"

    def beside(self, name: str) -> DatastoreFile:
        """A file of that name in the same folder; a path that leaves the folder is refused by `flat_file`."""
        return DatastoreFile(self.datastore, posixpath.join(posixpath.dirname(self.path), name))

    def target(self, datacenter: str) -> str:
        """Path and query on the server."""
        query = urlencode({"dcPath": datacenter, "dsName": self.datastore}, quote_via=quote)
        return f"/folder/{quote(self.path)}?{query}"


def datastore_file(text: str) -> DatastoreFile:
    """`[ds1] web01/web01.vmdk`. Raises PlatformError for anything else."""
    match = re.fullmatch(r"\[([^\]]+)\] ?(.+)", text)
    if not match:
        raise PlatformError(
            f"{text or 'a disk without a file'}: is no file of a datastore; look at the machine's disks"
        )
    return DatastoreFile(match[1], match[2])


def flat_file(descriptor: bytes, file: DatastoreFile) -> DatastoreFile:
    """The one file that holds the bytes of a disk, by its descriptor. Raises NotByPlace for every other kind."""
    extents = [match.groups() for match in _EXTENT.finditer(descriptor.decode("utf-8", "replace"))]
    if not extents:
        raise NotByPlace(f"{file}: its descriptor names no extent; {_WAY_OUT}")
    if len(extents) > 1:
        raise NotByPlace(f"{file}: has {len(extents)} extents, which are not read by place; {_WAY_OUT}")
    kind, name, start = extents[0]
    if kind.upper() not in _PLAIN or int(start or 0) or "://" in name:
        found = _OTHER.get(kind.upper(), f"lies in an extent of kind {kind} ({name})")
        raise NotByPlace(f"{file}: {found}, which is not read by place; {_WAY_OUT}")
    if "/" in name or name in ("", ".", ".."):
        raise PlatformError(f"{file}: its descriptor points to {name!r}, outside its folder; look at the datastore")
    return file.beside(name)


def areas_of(found: Iterable[tuple[int, int]], capacity: int, place: str) -> Iterator[Area]:
    """(start, length) as the source tells them -> areas within the disk, checked."""
    for start, length in found:
        if start < 0 or length <= 0 or start + length > capacity:
            raise PlatformError(
                f"{place}: the source tells of changes at byte {start}, {length} long, on a disk of {capacity}; "
                "its change tracking is damaged: reset it, or import cold"
            )
        yield Area(start, length)


def merged(areas: Iterable[Area]) -> list[Area]:
    """The same bytes in ascending order, each once, touching areas joined."""
    found: list[Area] = []
    for area in sorted(areas, key=lambda one: one.offset):
        if found and area.offset <= found[-1].offset + found[-1].length:
            end = max(found[-1].offset + found[-1].length, area.offset + area.length)
            found[-1] = Area(found[-1].offset, end - found[-1].offset)
        else:
            found.append(area)
    return found


def pieces(areas: Iterable[Area], size: int) -> Iterator[Area]:
    """The areas cut at multiples of `size`: what one request reads."""
    for area in areas:
        offset, end = area.offset, area.offset + area.length
        while offset < end:
            length = min(size - offset % size, end - offset)
            yield Area(offset, length)
            offset += length
