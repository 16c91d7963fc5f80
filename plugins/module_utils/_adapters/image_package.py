# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine whose disks are image files beside its description: VMX, libvirt domain, or a plain image.

This module util is private to the collection.
"""

from __future__ import annotations

import pathlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from .._core.errors import PlatformError
from .._core.vm.model import Disk, Vm
from .._core.vm.ovf import Descriptor
from .qemu_image import QemuImage


@dataclass(frozen=True)
class ImagePackage:
    """Like an archive: machines, and streams of their disks. There is no manifest."""

    machine: Vm
    images: Mapping[str, QemuImage]
    identity: str
    place: str
    manifest: Mapping[str, tuple[str, str]]

    @property
    def descriptor(self) -> Descriptor:
        return Descriptor((self.machine,), {})

    def vm(self, name: str = "") -> Vm:
        """The machine."""
        if name not in ("", self.machine.name):
            raise PlatformError(f"{self.place}: describes {self.machine.name}, not {name}; correct source.vm")
        return self.machine

    def disk_identity(self, disk: Disk) -> str:
        """That of the files, and which disk."""
        return f"{self.identity} {disk.key}"

    def disk(self, disk: Disk) -> QemuImage:
        """A stream of the disk."""
        image = self.images[disk.key]
        return QemuImage(image.path, image.format)


def image_machine(path: str) -> Vm:
    """A machine that is one image. Nobody described it: processors and memory are for the overrides."""
    file = pathlib.Path(path)
    return Vm(file.stem, disks=(Disk("disk0", 0, file.name, bus="virtio"),), source={"type": "image"})


def image_package(vm: Vm, path: str) -> ImagePackage:
    """Ask every image for its capacity; relative names count from the folder of the description."""
    folder = pathlib.Path(path).parent
    images = {disk.key: QemuImage(str(folder / disk.file), disk.format) for disk in vm.disks}
    disks = tuple(replace(disk, capacity=images[disk.key].capacity) for disk in vm.disks)
    status = pathlib.Path(path).stat()
    identity = [f"{pathlib.Path(path).absolute()} {status.st_size} {status.st_mtime_ns}"]
    identity += [image.identity for image in images.values()]
    return ImagePackage(replace(vm, disks=disks), images, " ".join(identity), path, {})
