# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our snapshots of a machine, and the blocks that changed between them.

Only snapshots that carry our words are ever removed. This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..._core.errors import PlatformError
from ..._core.vm.model import Disk
from ..._core.vm.source import ALLOCATED, Area, Snapshot, TrackingLost
from ..._core.vm.vsphere_disk import areas_of, merged
from .tasks import Tasks

OURS = "ironacre import: removed by itself; do not keep"
TIMEOUT = 1800.0
_TREE, _DEVICES = "snapshot.rootSnapshotList", "config.hardware.device"


class Snapshots:
    """Snapshots and change tracking of one machine. name: as messages call it."""

    def __init__(self, tasks: Tasks, machine: Any, name: str) -> None:
        self.tasks, self.machine, self.name = tasks, machine, name
        self.inventory, self.session = tasks.inventory, tasks.session

    def enable_tracking(self) -> None:
        """Have the source remember changed blocks from the next snapshot on. Nothing happens when it does already."""
        paths = ("config.changeTrackingEnabled", "capability.changeTrackingSupported", _TREE)
        found = self.inventory.plain(self.machine, paths)
        if found.get("config.changeTrackingEnabled"):
            return
        if found.get("capability.changeTrackingSupported") is False:
            raise self._error("its hardware version knows no change tracking", "upgrade it, or import it cold")
        if found.get(_TREE):
            raise self._error(
                "has snapshots, under which change tracking cannot begin", "remove them, or import it cold"
            )
        spec = self.session.vim.vm.ConfigSpec(changeTrackingEnabled=True)
        self.tasks.run(lambda: self.machine.ReconfigVM_Task(spec), f"track changes of {self.name}", TIMEOUT)

    def take(self, name: str, quiesce: bool) -> Snapshot:
        """A snapshot of all disks at one point in time, without memory."""
        found = self.find(name)
        if found is None:
            what = f"take a snapshot of {self.name}"
            self.tasks.run(lambda: self.machine.CreateSnapshot_Task(name, OURS, False, quiesce), what, TIMEOUT)
            found = self.find(name)
        if found is None:
            raise self._error(f"the snapshot {name} was taken, and is not there", "look at its snapshots")
        return found

    def find(self, name: str) -> Snapshot | None:
        """Our snapshot of that name with the change ids of its disks."""
        for node in self._ours(name):
            ids = {
                str(device["key"]): str(device["backing"]["changeId"])
                for device in self.devices(str(node["snapshot"]))
                if device["_type"] == "VirtualDisk" and (device.get("backing") or {}).get("changeId")
            }
            return Snapshot(str(node["snapshot"]), name, ids)
        return None

    def remove(self, name: str) -> None:
        """Remove our snapshot of that name and consolidate. A foreign one of the same name is left alone."""
        for node in self._ours(name):
            self._remove(self._reference(str(node["snapshot"])), name)

    def _remove(self, target: Any, name: str) -> None:
        what = f"remove the snapshot {name} of {self.name}"
        self.tasks.run(lambda: target.RemoveSnapshot_Task(False, True), what, TIMEOUT)

    def _reference(self, snapshot: str) -> Any:
        return self.session.vim.vm.Snapshot(snapshot, self.session.stub)

    def devices(self, snapshot: str) -> list[Mapping[str, Any]]:
        """The devices of the machine as the snapshot froze them."""
        target = self._reference(snapshot)
        found: list[Mapping[str, Any]] = self.inventory.plain(target, (_DEVICES,)).get(_DEVICES) or []
        return found

    def changed(self, disk: Disk, snapshot: Snapshot | None, since: str) -> list[Area]:
        """Areas that changed since a change id, or all that are allocated, ascending."""
        target = self._reference(snapshot.id) if snapshot else None
        place = f"{self.session.place}: {self.name}: disk {disk.key}"
        return merged(areas_of(self._areas(disk, target, since), disk.capacity, place))

    def _areas(self, disk: Disk, snapshot: Any, since: str) -> Iterator[tuple[int, int]]:
        """The source answers in pages. A page must not begin at the end of the disk, which it refuses."""
        what = f"ask for {'allocated' if since == ALLOCATED else 'changed'} blocks of {self.name}, disk {disk.key}"
        start = 0
        while start < disk.capacity:
            query = self._query(disk, snapshot, since, start)
            try:
                page = self.session.call(query, what, repeat=True)
            except PlatformError as error:
                if since != ALLOCATED and _forgotten(error):
                    found = f"{error.message}; its change tracking began anew"
                    raise TrackingLost(f"{found}: compare everything, or import it cold") from error
                raise
            for area in page.changedArea or ():
                yield int(area.start), int(area.length)
            reached = int(page.startOffset) + int(page.length)
            if reached <= start:
                raise self._error(f"the answer about disk {disk.key} ends at byte {reached}", "import it cold")
            start = reached

    def _query(self, disk: Disk, snapshot: Any, since: str, start: int) -> Any:
        return lambda: self.machine.QueryChangedDiskAreas(snapshot, int(disk.key), start, since)

    def _ours(self, name: str) -> Iterator[Mapping[str, Any]]:
        trees = list(self.inventory.plain(self.machine, (_TREE,)).get(_TREE) or [])
        while trees:
            node = trees.pop()
            trees += node.get("childSnapshotList") or []
            if node.get("name") == name and node.get("description") == OURS:
                yield node

    def _error(self, found: str, way_out: str) -> PlatformError:
        return PlatformError(f"{self.session.place}: {self.name}: {found}; {way_out}")


def _forgotten(error: PlatformError) -> bool:
    """How vSphere says that it does not know a change id: it cannot read its file of changes, or names the argument."""
    return error.facts.get("fault") == "FileFault" or error.facts.get("argument") == "changeId"
