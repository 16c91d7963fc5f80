# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tar headers, read forward only: ustar, GNU base-256 sizes and long names, pax size and path records.

Only headers are read; a member's data can then be streamed from its place, or not be read at all.
This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from ..errors import PlatformError
from .streams import read_exactly

BLOCK = 512
MAX_MEMBERS = 4096
MAX_RECORD = 1 << 20
_REGULAR = (b"0", b"\0", b"7")


class Seekable(Protocol):
    """A forward reader that can also jump ahead."""

    def readinto(self, buffer: memoryview) -> int: ...

    def skip(self, count: int) -> None: ...


@dataclass(frozen=True)
class Member:
    """A regular file of the archive. offset: place of its first byte in the archive."""

    name: str
    offset: int
    size: int


def members(archive: Seekable, place: str) -> Iterator[Member]:
    """Yield the members in order; the caller leaves the reader where it is, this function jumps over the data."""
    position, long_name = 0, ""
    pax: dict[str, str] = {}
    for _number in range(MAX_MEMBERS):
        header = read_exactly(archive, BLOCK, place)
        position += BLOCK
        if header == bytes(BLOCK):
            return
        size = _size(header, pax, place)
        padded = size + -size % BLOCK
        kind = header[156:157]
        if kind in (b"x", b"L", b"g"):
            record = _record(archive, size, place)
            position += padded
            if kind == b"x":
                pax = dict(_pax_records(record, place))
            elif kind == b"L":
                long_name = record.rstrip(b"\0").decode("utf-8", "replace")
            continue
        name = pax.get("path") or long_name or _name(header)
        if kind in _REGULAR:
            yield Member(safe_name(name, place), position, size)
        archive.skip(padded)
        position += padded
        long_name, pax = "", {}
    raise PlatformError(f"{place}: has more than {MAX_MEMBERS} members; this is no machine archive")


def safe_name(name: str, place: str) -> str:
    """The member's name without a leading `./`. Absolute names and `..` are refused."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or ".." in parts or "\0" in name or not parts:
        raise PlatformError(f"{place}: the member name {name!r} leaves the archive; do not use this archive")
    return "/".join(parts)


def _name(header: bytes) -> str:
    name = header[:100].split(b"\0", 1)[0]
    prefix = header[345:500].split(b"\0", 1)[0] if header[257:262] == b"ustar" and header[262:263] == b"\0" else b""
    return (prefix + b"/" + name if prefix else name).decode("utf-8", "replace")


def _size(header: bytes, pax: dict[str, str], place: str) -> int:
    unsigned = sum(header[:148]) + sum(header[156:]) + 8 * 32
    if _octal(header[148:156], place) != unsigned:
        raise PlatformError(f"{place}: a tar header has a wrong checksum; the archive is damaged, fetch it again")
    if pax.get("size", "").isdigit():
        return int(pax["size"])
    if header[124] & 0x80:
        return int.from_bytes(header[125:136], "big")
    return _octal(header[124:136], place)


def _octal(field: bytes, place: str) -> int:
    digits = field.split(b"\0", 1)[0].strip() or b"0"
    try:
        return int(digits, 8)
    except ValueError:
        raise PlatformError(
            f"{place}: a tar header holds {digits!r} where a number belongs; this is no tar archive"
        ) from None


def _record(archive: Seekable, size: int, place: str) -> bytes:
    if size > MAX_RECORD:
        raise PlatformError(f"{place}: a tar header record of {size} bytes; this is no machine archive")
    return read_exactly(archive, size + -size % BLOCK, place)[:size]


def _pax_records(data: bytes, place: str) -> Iterator[tuple[str, str]]:
    while data:
        length, _space, _rest = data.partition(b" ")
        count = int(length) if length.isdigit() else 0
        if not len(length) + 1 < count <= len(data):
            raise PlatformError(f"{place}: a damaged pax header; fetch the archive again")
        key, _equals, value = data[len(length) + 1 : count - 1].partition(b"=")
        yield key.decode("utf-8", "replace"), value.decode("utf-8", "replace")
        data = data[count:]
