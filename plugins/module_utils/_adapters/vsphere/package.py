# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A vCenter or an ESXi host as a source of imports: offers what an archive offers, and machines that can be asked.

This module util is private to the collection.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from ..._core.errors import PlatformError, refuse
from ..._core.vm.engine import Stream
from ..._core.vm.model import Disk, Vm
from ..._core.vm.ovf import Descriptor
from ..._core.vm.source_options import login_of
from ..._core.vm.vmdk import ZLIB, Inflater
from ..._core.vm.vsphere_estate import Wanted, around, vms_of
from ..._core.vm.vsphere_paths import SUBSETS
from .inventory import PAGE, Inventory
from .machine import VsphereMachine
from .session import Session


class VspherePackage:
    """options: those of the source, already checked. Nothing is asked before it is needed."""

    def __init__(self, options: Mapping[str, Any], inflater: Inflater = ZLIB, page_size: int = 0) -> None:
        self.options, self.inflater = options, inflater
        self.session = Session(login_of(options))
        self.inventory = Inventory(self.session, page_size or PAGE)
        self.place = self.session.place
        self.manifest: Mapping[str, tuple[str, str]] = {}
        self._opened = time.time_ns()
        self._machines: dict[str, VsphereMachine] = {}
        self._described: dict[str, str] = {}

    @property
    def identity(self) -> str:
        """That of the machine the options name; else that of the server."""
        if self.options.get("vm"):
            return self.machine().identity
        return f"vsphere {self.session.content.about.instanceUuid or self.place}"

    @property
    def descriptor(self) -> Descriptor:
        """All machines, by name."""
        return Descriptor(tuple(self.vms(Wanted(datacenter=self._datacenter))), {})

    def vm(self, name: str = "") -> Vm:
        """The machine of that name or identifier."""
        found = self.machine(name).describe()
        self._described.update({disk.file: found.id for disk in found.disks})
        return found

    def disk(self, disk: Disk) -> Stream:
        """A stream of a disk of a machine that was described before."""
        return self._owner(disk).open_stream(disk)

    def disk_identity(self, disk: Disk) -> str:
        """New for every reading: nothing at the source tells that a disk was not written to meanwhile."""
        return f"{self._owner(disk).identity} {disk.key} {self._opened}"

    def machine(self, name: str = "") -> VsphereMachine:
        """The machine of that name or identifier, to be asked."""
        wanted = name or str(self.options.get("vm") or "")
        if not wanted:
            names = ", ".join(one.name for one in self.descriptor.vms)[:200]
            raise PlatformError(f"{self.place}: holds the machines {names}; name one of them in source.vm")
        return self._machine(self.inventory.one(wanted, Wanted(datacenter=self._datacenter)).ref)

    def vms(self, wanted: Wanted, subsets: tuple[str, ...] = SUBSETS) -> list[Vm]:
        """The machines that are asked for, by name. A name that nobody has is an error."""
        estate = self.inventory.estate()
        chosen = estate.choose(wanted)
        refuse(estate.missing(wanted, chosen))
        found = {one.ref: one for one in self.inventory.machines([one.ref for one in chosen], subsets)}
        return vms_of(estate, [found[one.ref] for one in chosen if one.ref in found])

    def around(self) -> dict[str, Any]:
        """networks, datastores, hosts and api: what a mapping and a plan ask for."""
        about = self.session.content.about
        api = {"type": self.session.kind, "version": str(about.apiVersion), "name": str(about.fullName)}
        return {**around(self.inventory.estate()), "api": api}

    def close(self) -> None:
        """Log out."""
        self.session.close()

    @property
    def _datacenter(self) -> str:
        return str(self.options.get("datacenter") or "")

    def _owner(self, disk: Disk) -> VsphereMachine:
        if disk.file not in self._described:
            raise PlatformError(f"{self.place}: {disk.file or disk.key} is no disk of a machine that was read; read it")
        return self._machine(self._described[disk.file])

    def _machine(self, ref: str) -> VsphereMachine:
        if ref not in self._machines:
            transport = str(self.options.get("transport") or "auto")
            self._machines[ref] = VsphereMachine(self.inventory, ref, transport, self.inflater)
        return self._machines[ref]
