# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sparse encodings of a disk stream that CDI's upload server decodes, made without a compressor.

zstd: one frame of Raw blocks (data) and RLE blocks (zeros) of at most 128 KiB, 3 bytes of overhead each. RFC 8878.
gzip: members of stored deflate blocks for data, ready-made members for zeros. RFC 1951, RFC 1952.
raw: the bytes themselves. This module util is private to the collection.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator

from .extents import Extent, is_zero, runs

BLOCK = 128 * 1024
# Magic, then a frame header without content size and checksum and with a window of 128 KiB.
_ZSTD_HEAD = b"\x28\xb5\x2f\xfd\x00\x38"
_RAW_BLOCK, _RLE_BLOCK = 0, 1
_GZIP_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
_STORED = 65535
_ZERO_MEMBERS = (64 << 20, 1 << 20, 1 << 16)
WIRES = ("zstd", "gzip", "raw")
BATCH = 256 * 1024


def encode(extents: Iterable[Extent], capacity: int, wire: str) -> Iterator[bytes]:
    """The disk as pieces of at least 256 KiB (but the last): fewer, larger writes cost less."""
    encoders = {"zstd": zstd_pieces, "gzip": gzip_pieces, "raw": raw_pieces}
    return gather(encoders[wire](extents, capacity))


def gather(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Join small pieces."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= BATCH:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


def raw_pieces(extents: Iterable[Extent], capacity: int) -> Iterator[bytes]:
    """Data as it is, zeros as zeros."""
    for length, data in runs(extents, capacity):
        yield from _blocks_of(data) if data is not None else _zeros(length)


def _zeros(length: int) -> Iterator[bytes]:
    zeros = bytes(1 << 20)
    for start in range(0, length, len(zeros)):
        yield zeros[: length - start]


def _blocks_of(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), BLOCK):
        yield data[start : start + BLOCK]


def zstd_pieces(extents: Iterable[Extent], capacity: int) -> Iterator[bytes]:
    """One zstd frame."""
    yield _ZSTD_HEAD
    for length, data in runs(extents, capacity):
        if data is None:
            yield from _zstd_zeros(length)
            continue
        for block in _blocks_of(data):
            if is_zero(block):
                yield from _zstd_zeros(len(block))
            else:
                yield _zstd_block(_RAW_BLOCK, len(block))
                yield block
    yield _zstd_block(_RAW_BLOCK, 0, last=True)


def _zstd_zeros(length: int) -> Iterator[bytes]:
    whole, rest = divmod(length, BLOCK)
    full = _zstd_block(_RLE_BLOCK, BLOCK) + b"\0"
    # 4 bytes stand for 128 KiB: a terabyte of zeros is 32 MiB, handed out in pieces.
    for start in range(0, whole, 65536):
        yield full * min(65536, whole - start)
    if rest:
        yield _zstd_block(_RLE_BLOCK, rest) + b"\0"


def _zstd_block(kind: int, size: int, last: bool = False) -> bytes:
    return (int(last) | kind << 1 | size << 3).to_bytes(3, "little")


def gzip_pieces(extents: Iterable[Extent], capacity: int) -> Iterator[bytes]:
    """A multi-member gzip file."""
    ready = [(size, _deflated_zeros(size)) for size in _ZERO_MEMBERS]
    for length, data in runs(extents, capacity):
        if data is not None:
            yield from _gzip_stored(data)
            continue
        for size, member in ready:
            for _repeat in range(length // size):
                yield member
            length %= size
        if length:
            yield _deflated_zeros(length)


def _gzip_stored(data: bytes) -> Iterator[bytes]:
    yield _GZIP_HEAD
    for start in range(0, len(data), _STORED):
        part = data[start : start + _STORED]
        last = start + len(part) == len(data)
        yield struct.pack("<BHH", int(last), len(part), len(part) ^ 0xFFFF)
        yield part
    yield struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF)


def _deflated_zeros(length: int) -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    parts = [compressor.compress(zeros) for zeros in _zeros(length)]
    return b"".join([*parts, compressor.flush()])
