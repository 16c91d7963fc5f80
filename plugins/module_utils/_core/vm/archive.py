# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An OVA, or a folder with an OVF: where the descriptor, the manifest and the disks lie, and streams of the disks.

Nothing is staged: a disk is read straight out of the archive, its digest runs along.
This module util is private to the collection.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from ..errors import PlatformError
from . import manifest as manifests
from .extents import Extent, flat_extents
from .model import Disk, Vm
from .ovf import Descriptor, parse_ovf
from .streams import CHUNK, Bytes, Hashing, Part, Reader, drain, read_exactly
from .tar import Seekable, members
from .vmdk import ZLIB, Inflater, StreamOptimized
from .xmltree import MAX_BYTES


class SkippingReader(Seekable, Protocol):
    """A forward reader that can be closed."""

    def close(self) -> None: ...


class ByteSource(Protocol):
    """A file somewhere. identity changes when the file changes."""

    @property
    def place(self) -> str: ...

    @property
    def identity(self) -> str: ...

    def open(self, offset: int = 0) -> SkippingReader: ...


@dataclass(frozen=True)
class Located:
    """A file of a machine: its source, first byte and size."""

    source: ByteSource
    offset: int
    size: int


@dataclass(frozen=True)
class Package:
    """A descriptor with its files. manifest: file name -> (digest name, hex), empty when there is none."""

    descriptor: Descriptor
    files: Mapping[str, Located]
    manifest: Mapping[str, tuple[str, str]]
    identity: str
    place: str
    inflater: Inflater = ZLIB

    def vm(self, name: str = "") -> Vm:
        """The machine of that name, or the only one."""
        found = [vm for vm in self.descriptor.vms if name in ("", vm.name, vm.id)]
        if len(found) == 1:
            return found[0]
        names = ", ".join(vm.name for vm in self.descriptor.vms)
        raise PlatformError(f"{self.place}: holds the machines {names}; name one of them in source.vm")

    def disk_identity(self, disk: Disk) -> str:
        """That of the archive, and which disk."""
        return f"{self.identity} {disk.key}"

    def disk(self, disk: Disk) -> DiskStream:
        """Open the stream of a disk."""
        if not disk.file:
            return DiskStream(disk, None, self)
        if disk.file not in self.files:
            raise PlatformError(
                f"{self.place}: lacks the file {disk.file} of disk {disk.key}; fetch or export it again"
            )
        return DiskStream(disk, self.files[disk.file], self)


def read_ova(source: ByteSource) -> Package:
    """Walk the headers of the archive; only the descriptor and the manifest are read."""
    found: dict[str, Located] = {}
    reader = source.open()
    try:
        for member in members(reader, source.place):
            found[member.name] = Located(source, member.offset, member.size)
    finally:
        reader.close()
    return package_of(found, source.identity, source.place)


def package_of(files: Mapping[str, Located], identity: str, place: str) -> Package:
    """The package of the one descriptor among the files."""
    names = [name for name in files if name.lower().endswith(".ovf")]
    if len(names) != 1:
        listed = ", ".join(names) or "none"
        raise PlatformError(f"{place}: has {len(names)} OVF descriptors ({listed}), not one; this is no machine export")
    stem = names[0][:-4]
    data = _small(files[names[0]], MAX_BYTES, f"{place}: {names[0]}")
    manifest: dict[str, tuple[str, str]] = {}
    if f"{stem}.mf" in files:
        where = f"{place}: {stem}.mf"
        manifest = manifests.parse_manifest(_small(files[f"{stem}.mf"], manifests.MAX_BYTES, where), where)
    check_bytes(manifest, names[0], data, place)
    descriptor = parse_ovf(data, f"{place}: {names[0]}")
    folder = names[0].rpartition("/")[0]
    located = {name[len(folder) + 1 :] if folder else name: file for name, file in files.items()}
    return Package(descriptor, located, manifest, identity, place)


def check_bytes(manifest: Mapping[str, tuple[str, str]], name: str, data: bytes, place: str) -> None:
    """Compare the digest of a small file with the manifest's."""
    if name in manifest:
        hashing = Hashing(Bytes(data), manifest[name][0])
        drain(hashing)
        manifests.check_digest(manifest, name, hashing.digest.hexdigest(), place)


def _small(file: Located, limit: int, place: str) -> bytes:
    if file.size > limit:
        raise PlatformError(f"{place}: has {file.size} bytes, more than {limit}; this is no machine export")
    reader = file.source.open(file.offset)
    try:
        return read_exactly(reader, file.size, place)
    finally:
        reader.close()


class DiskStream:
    """One disk: `extents()` once, forward only; at its end the manifest's digest is checked.

    capacity is known after the object is made: what the image's own header says, compared with the descriptor.
    """

    def __init__(self, disk: Disk, file: Located | None, package: Package) -> None:
        self.disk, self.package, self.capacity, self.engine = disk, package, disk.capacity, "none"
        self.place = f"{package.place}: {disk.file}"
        self._reader: SkippingReader | None = None
        self._hashing: Hashing | None = None
        self._part: Part | None = None
        if file is not None:
            self._open(file)

    @property
    def bytes_read(self) -> int:
        """Bytes of the file read so far."""
        return self._hashing.count if self._hashing else 0

    def _open(self, file: Located) -> None:
        self._reader = file.source.open(file.offset)
        self._part = Part(self._reader, file.size, self.place)
        kind = self.package.manifest.get(self.disk.file, ("sha256", ""))[0]
        self._hashing = Hashing(self._part, kind)

    def extents(self) -> Iterator[Extent]:
        """Ends with an error when the file is truncated, damaged or not what the manifest says."""
        if self._hashing is None:
            return
        try:
            yield from self._decoded(self._hashing)
            drain(self._hashing)
            manifests.check_digest(
                self.package.manifest, self.disk.file, self._hashing.digest.hexdigest(), self.package.place
            )
        finally:
            self.close()

    def _decoded(self, reader: Reader) -> Iterator[Extent]:
        if self.disk.compression == "gzip":
            reader = Gunzip(reader, self.place)
        if self.disk.format != "streamOptimized" and not self.disk.file.lower().endswith(".vmdk"):
            yield from flat_extents(reader, self.capacity)
            return
        image = StreamOptimized(reader, self.place, self.package.inflater)
        self.engine = self.package.inflater.name
        if image.capacity != self.capacity:
            raise PlatformError(
                f"{self.place}: the image holds {image.capacity} bytes, not {self.capacity} as described; export again"
            )
        yield from image.extents()

    def close(self) -> None:
        if self._reader is not None:
            self._reader.close()


class Gunzip:
    """Inflates a gzip member while reading, a bounded piece at a time."""

    def __init__(self, reader: Reader, place: str) -> None:
        self.reader, self.place = reader, place
        self._inflater = zlib.decompressobj(31)
        self._held = b""

    def readinto(self, buffer: memoryview) -> int:
        while len(buffer) and not self._inflater.eof:
            if not self._held:
                scratch = bytearray(CHUNK)
                self._held = bytes(scratch[: self.reader.readinto(memoryview(scratch))])
                if not self._held:
                    raise PlatformError(f"{self.place}: the gzip stream is truncated; fetch or export it again")
            data = self._inflate(len(buffer))
            if data:
                buffer[: len(data)] = data
                return len(data)
        return 0

    def _inflate(self, size: int) -> bytes:
        try:
            data = self._inflater.decompress(self._held, size)
        except zlib.error as error:
            raise PlatformError(
                f"{self.place}: the gzip stream is damaged ({error}); fetch or export it again"
            ) from error
        self._held = self._inflater.unconsumed_tail
        return data
