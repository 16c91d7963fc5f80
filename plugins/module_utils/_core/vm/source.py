# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an import asks of a machine that runs at its source. A file (OVA, image) offers less: see `Package`.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ..errors import PlatformError
from .engine import Stream
from .model import Disk, Vm
from .ovf import Descriptor

# Asks for all areas that are allocated, instead of those that changed since a change id.
ALLOCATED = "*"


class TrackingLost(PlatformError):
    """The source does not know the change id any more; only comparing everything tells what changed."""


@dataclass(frozen=True)
class Snapshot:
    """One point in time of all disks. change_ids: disk key -> id to ask for changes since this snapshot."""

    id: str
    name: str
    change_ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Area:
    """Bytes of a disk."""

    offset: int
    length: int


class RangedDisk(Protocol):
    """A disk that is read by place: a frozen base image under a snapshot, or one of a machine that is off."""

    capacity: int

    @property
    def bytes_read(self) -> int: ...
    def read(self, offset: int, size: int) -> bytes: ...
    def close(self) -> None: ...


class Source(Protocol):
    """Machines that can be read: an archive, image files, a vCenter. manifest: file -> (digest name, hex).

    identity stays the same as long as the machine is the same; that of a disk changes with its contents, as far as
    the source tells.
    """

    @property
    def place(self) -> str: ...
    @property
    def identity(self) -> str: ...
    @property
    def manifest(self) -> Mapping[str, tuple[str, str]]: ...
    @property
    def descriptor(self) -> Descriptor: ...
    def vm(self, name: str = "") -> Vm: ...
    def disk(self, disk: Disk) -> Stream: ...
    def disk_identity(self, disk: Disk) -> str: ...


class Machine(Protocol):
    """One machine at a source that can be asked to stop. Every call raises PlatformError after its deadline.

    No call deletes the machine, its disks, or a snapshot that is not ours. What is already as asked for is no error:
    shutting down one that is off, removing a snapshot that is gone, fencing one that is fenced.

    power: `on`, `off` or `suspended`, asked anew each time. changed: areas in ascending order; TrackingLost when the
    change id means nothing any more. snapshot None: the disk as it is now, for a machine that is off. open_ranged:
    PlatformError where the source has no access by place (then open_stream is all there is).
    """

    @property
    def identity(self) -> str: ...
    def describe(self) -> Vm: ...
    def power(self) -> str: ...
    def shut_down(self, timeout: float, force: bool) -> None: ...
    def power_on(self) -> None: ...
    def enable_tracking(self) -> None: ...
    def take_snapshot(self, name: str, quiesce: bool) -> Snapshot: ...
    def find_snapshot(self, name: str) -> Snapshot | None: ...
    def remove_snapshot(self, name: str) -> None: ...
    def changed(self, disk: Disk, snapshot: Snapshot | None, since: str) -> list[Area]: ...
    def open_ranged(self, disk: Disk, snapshot: Snapshot | None) -> RangedDisk: ...
    def open_stream(self, disk: Disk) -> Stream: ...
    def fence(self, target: str) -> None: ...
    def is_fenced(self) -> bool: ...
    def unfence(self) -> None: ...
    def close(self) -> None: ...
