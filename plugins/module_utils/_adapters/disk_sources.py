# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One disk as a source of a copy: out of an archive, or an image of its own.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._core.errors import PlatformError
from .._core.vm.engine import Stream
from .._core.vm.model import Disk
from .._core.vm.source import Source
from .packages import open_package
from .qemu_image import QemuImage


@dataclass(frozen=True)
class ArchivedDisk:
    """A disk of a package."""

    package: Source
    disk: Disk

    @property
    def identity(self) -> str:
        return self.package.disk_identity(self.disk)

    @property
    def capacity(self) -> int:
        return self.disk.capacity

    def open(self) -> Stream:
        return self.package.disk(self.disk)


@dataclass(frozen=True)
class ImageDisk:
    """An image file."""

    image: QemuImage

    @property
    def identity(self) -> str:
        return self.image.identity

    @property
    def capacity(self) -> int:
        return self.image.capacity

    def open(self) -> QemuImage:
        return self.image


def open_source(
    image: str | None, image_format: str | None, archive: Mapping[str, Any] | None
) -> ArchivedDisk | ImageDisk:
    """The disk that the options name; exactly one of `image` and `archive` is given."""
    if image:
        return ImageDisk(QemuImage(image, image_format or ""))
    options = archive or {}
    package = open_package(options)
    vm = package.vm(options.get("vm") or "")
    wanted = options.get("disk")
    found = [disk for disk in vm.boot_order if wanted in (None, disk.key)]
    if len(found) != 1:
        keys = ", ".join(disk.key for disk in vm.boot_order)
        raise PlatformError(f"{package.place}: {vm.name} has the disks {keys}; name one of them in archive.disk")
    return ArchivedDisk(package, found[0])
