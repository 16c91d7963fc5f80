# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine of an archive or of image files, to whoever moves machines: it is off, and its disks can be read.

This module util is private to the collection.
"""

from __future__ import annotations

from .._core.errors import PlatformError
from .._core.vm.engine import Stream
from .._core.vm.model import Disk, Vm
from .._core.vm.source import Area, RangedDisk, Snapshot, Source


class StillMachine:
    """Implements Machine of _core/vm/source.py. Nobody can start it, so it needs no fence; nothing is ever written."""

    def __init__(self, package: Source, name: str = "") -> None:
        self.package, self.name = package, name

    @property
    def identity(self) -> str:
        """Another one when a file of it changes."""
        return self.package.identity

    def describe(self) -> Vm:
        return self.package.vm(self.name)

    def power(self) -> str:
        return "off"

    def shut_down(self, timeout: float, force: bool) -> None:
        """It is off."""

    def power_on(self) -> None:
        raise self._refusal()

    def enable_tracking(self) -> None:
        raise self._refusal()

    def take_snapshot(self, name: str, quiesce: bool) -> Snapshot:
        raise self._refusal()

    def find_snapshot(self, name: str) -> Snapshot | None:
        return None

    def remove_snapshot(self, name: str) -> None:
        """There is none."""

    def changed(self, disk: Disk, snapshot: Snapshot | None, since: str) -> list[Area]:
        raise self._refusal()

    def open_ranged(self, disk: Disk, snapshot: Snapshot | None) -> RangedDisk:
        raise self._refusal()

    def open_stream(self, disk: Disk) -> Stream:
        return self.package.disk(disk)

    def fence(self, target: str) -> None:
        """Nothing leads to it."""

    def is_fenced(self) -> bool:
        return True

    def unfence(self) -> None:
        """There is no fence."""

    def close(self) -> None:
        """Every stream closes its own files."""

    def _refusal(self) -> PlatformError:
        return PlatformError(f"{self.package.place}: these are files, no machine runs there; import with state present")
