# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One machine of a vCenter or an ESXi host.

This module util is private to the collection.
"""

from __future__ import annotations

import contextlib

from ..._core.errors import PlatformError
from ..._core.vm.engine import Stream
from ..._core.vm.model import Disk, Vm
from ..._core.vm.source import ALLOCATED, Area, Snapshot
from ..._core.vm.vmdk import ZLIB, Inflater
from ..._core.vm.vsphere_disk import NotByPlace, datastore_file, flat_file
from ..._core.vm.vsphere_estate import vms_of
from ..._core.vm.vsphere_paths import SUBSETS, VM
from .fencing import Fencing
from .folder import FolderDisk, FolderFile
from .inventory import Inventory
from .nfc import NfcStream
from .power import Power
from .snapshots import Snapshots
from .tasks import Tasks


class VsphereMachine:
    """Implements _core.vm.source.Machine. transport: auto, folder or nfc. Nothing here deletes a machine or a disk."""

    def __init__(self, inventory: Inventory, ref: str, transport: str = "auto", inflater: Inflater = ZLIB) -> None:
        self.inventory, self.session, self.ref = inventory, inventory.session, ref
        self.transport, self.inflater = transport, inflater
        self.name = inventory.estate().name(ref)
        self.tasks = Tasks(inventory)
        self.reference = self.session.reference(VM, ref)
        self._power = Power(self.tasks, self.reference, self.name)
        self._snapshots = Snapshots(self.tasks, self.reference, self.name)
        self._fencing = Fencing(self.tasks, self.reference, self._power)
        self._identity = ""

    @property
    def identity(self) -> str:
        """Stays the same as long as it is this machine, wherever it moves and whatever it writes."""
        if not self._identity:
            paths = ("config.instanceUuid", "config.uuid")
            found = self.inventory.plain(self.reference, paths)
            self._identity = "vsphere " + next((str(found[path]) for path in paths if found.get(path)), self.ref)
        return self._identity

    def describe(self) -> Vm:
        """The machine as it is now."""
        found = self.inventory.machines([self.ref], SUBSETS)
        if not found:
            raise self._error("is gone", "look at the source")
        return vms_of(self.inventory.estate(), found)[0]

    def power(self) -> str:
        return self._power.state()

    def shut_down(self, timeout: float, force: bool) -> None:
        self._power.shut_down(timeout, force)

    def power_on(self) -> None:
        """Refused while the machine is fenced: its successor has the same addresses."""
        if self.is_fenced():
            raise self._error("is fenced, because it was imported", "stop its successor and take down the fence first")
        self._power.power_on()

    def enable_tracking(self) -> None:
        self._snapshots.enable_tracking()

    def take_snapshot(self, name: str, quiesce: bool) -> Snapshot:
        return self._snapshots.take(name, quiesce)

    def find_snapshot(self, name: str) -> Snapshot | None:
        return self._snapshots.find(name)

    def remove_snapshot(self, name: str) -> None:
        self._snapshots.remove(name)

    def changed(self, disk: Disk, snapshot: Snapshot | None, since: str) -> list[Area]:
        return self._snapshots.changed(disk, snapshot, since)

    def open_ranged(self, disk: Disk, snapshot: Snapshot | None) -> FolderDisk:
        """The frozen disk under a snapshot, or that of a machine that is off. NotByPlace where only an export helps."""
        if self.transport == "nfc":
            raise NotByPlace(
                f"{self.session.place}: {self.name}: source.transport is nfc; set it to auto to read files"
            )
        if snapshot is None:
            self._refuse_running()
        text = self._frozen_file(disk, snapshot) if snapshot else disk.file
        return self._folder_disk(text, disk)

    def open_stream(self, disk: Disk) -> Stream:
        """The whole disk of a machine that is off, by files where they can be read, else by an export."""
        try:
            opened = self.open_ranged(disk, None)
        except NotByPlace:
            if self.transport == "folder":
                raise
            return self._export(disk)
        opened.areas = self._allocated(disk)
        return opened

    def fence(self, target: str) -> None:
        self._fencing.fence(target)

    def is_fenced(self) -> bool:
        return self._fencing.is_fenced()

    def unfence(self) -> None:
        self._fencing.unfence()

    def close(self) -> None:
        """Log out."""
        self.session.close()

    def _frozen_file(self, disk: Disk, snapshot: Snapshot) -> str:
        for device in self._snapshots.devices(snapshot.id):
            if str(device.get("key")) == disk.key:
                return str((device.get("backing") or {}).get("fileName") or "")
        raise self._error(f"the snapshot {snapshot.name} has no disk {disk.key}", "import it cold")

    def _refuse_running(self) -> None:
        if self.power() != "off":
            raise self._error("is not off, so its disks change while they are read", "shut it down, or import it warm")

    def _folder_disk(self, text: str, disk: Disk) -> FolderDisk:
        datacenter = self.inventory.estate().datacenter(self.ref)
        file = datastore_file(text)
        descriptor = FolderFile(self.session, file, datacenter)
        try:
            flat = flat_file(descriptor.head(), file)
        finally:
            descriptor.close()
        opened = FolderDisk(FolderFile(self.session, flat, datacenter, disk.capacity), disk.capacity)
        opened.probe()
        return opened

    def _allocated(self, disk: Disk) -> list[Area]:
        """What must be read. Without change tracking that is everything."""
        if disk.tracking:
            with contextlib.suppress(PlatformError):
                return self.changed(disk, None, ALLOCATED)
        return [Area(0, disk.capacity)]

    def _export(self, disk: Disk) -> NfcStream:
        self._refuse_running()
        return NfcStream(self.tasks, self.reference, self.describe(), disk, self.inflater)

    def _error(self, found: str, way_out: str) -> PlatformError:
        return PlatformError(f"{self.session.place}: {self.name}: {found}; {way_out}")
