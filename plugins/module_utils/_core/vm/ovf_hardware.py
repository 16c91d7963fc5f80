# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The items of an OVF hardware section: controllers, disks, interfaces.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..errors import PlatformError
from .model import Disk, Nic
from .xmltree import Element, attribute, children, local, text

DISK, ETHERNET = "17", "10"
_CDROMS = ("15", "16")
_ITEM_NAMES = ("Item", "StorageItem", "EthernetPortItem")
# Resource type of a controller -> bus. Type 20 is SATA or, by its subtype, NVMe.
_BUSES = {"5": "ide", "6": "scsi", "20": "sata"}


@dataclass(frozen=True)
class Item:
    """One hardware item: resource type, own and parent's number, and the texts that matter."""

    id: str
    kind: str
    subtype: str = ""
    parent: str = ""
    address_on_parent: str = ""
    quantity: str = ""
    units: str = ""
    cores_per_socket: str = ""
    host_resource: str = ""
    connection: str = ""
    address: str = ""
    allocated: bool = True
    name: str = ""


def read_items(hardware: Element, configuration: str) -> dict[str, Item]:
    """Items by instance number. Items of other deployment configurations and of bounds do not count."""
    items: dict[str, Item] = {}
    for number, element in enumerate(hardware):
        if local(element.tag) not in _ITEM_NAMES or attribute(element, "bound"):
            continue
        wanted = attribute(element, "configuration").split()
        if wanted and configuration not in wanted:
            continue
        item = _item(element, number)
        items[item.id] = item
    return items


def _item(element: Element, number: int) -> Item:
    return Item(
        id=text(element, "InstanceID") or f"#{number}",
        kind=text(element, "ResourceType"),
        subtype=text(element, "ResourceSubType"),
        parent=text(element, "Parent"),
        address_on_parent=text(element, "AddressOnParent"),
        quantity=text(element, "VirtualQuantity"),
        units=text(element, "AllocationUnits"),
        cores_per_socket=text(element, "CoresPerSocket"),
        host_resource=text(element, "HostResource"),
        connection=text(element, "Connection"),
        address=text(element, "Address"),
        allocated=_allocated(element),
        name=text(element, "ElementName"),
    )


def _allocated(element: Element) -> bool:
    """False when the interface is not connected at power on (VMware's Config `connectable.startConnected`)."""
    for config in children(element, "Config"):
        if attribute(config, "key") == "connectable.startConnected" and attribute(config, "value") == "false":
            return False
    return True


def bus_of(controller: Item) -> str:
    """The bus of a controller item."""
    if "nvme" in controller.subtype.lower():
        return "nvme"
    return _BUSES.get(controller.kind, "scsi")


def controllers_of(items: Mapping[str, Item]) -> dict[str, tuple[str, int, str]]:
    """Instance number of each controller -> bus, number on its bus, model."""
    found: dict[str, tuple[str, int, str]] = {}
    counts: dict[str, int] = {}
    for item in sorted((item for item in items.values() if item.kind in _BUSES), key=_controller_order):
        bus = bus_of(item)
        found[item.id] = (bus, counts.get(bus, 0), item.subtype)
        counts[bus] = counts.get(bus, 0) + 1
    return found


def _controller_order(item: Item) -> tuple[int, str]:
    return (int(item.address) if item.address.isdigit() else 0, item.id.zfill(12))


def disks_of(items: Mapping[str, Item], disks: Mapping[str, Disk], where: str) -> tuple[Disk, ...]:
    """The disks of a machine, in the order of the hardware section, each on its controller."""
    controllers = controllers_of(items)
    found: list[Disk] = []
    for item in items.values():
        if item.kind != DISK:
            continue
        key = item.host_resource.rsplit("/", 1)[-1]
        if key not in disks:
            known = ", ".join(sorted(disks)) or "none"
            raise PlatformError(f"{where}: {item.name or 'a disk'} uses disk {key!r}; the descriptor has: {known}")
        bus, number, model = controllers.get(item.parent, ("scsi", 0, ""))
        unit = int(item.address_on_parent) if item.address_on_parent.isdigit() else len(found)
        found.append(replace(disks[key], bus=bus, controller=number, controller_model=model, unit=unit))
    return tuple(found)


def nics_of(items: Mapping[str, Item]) -> tuple[Nic, ...]:
    """The interfaces in the order of the hardware section. An address counts however it was assigned."""
    return tuple(
        Nic(
            key=item.id,
            network=item.connection,
            model=item.subtype.lower(),
            mac=item.address.lower(),
            mac_type="static" if item.address else "generated",
            connected=item.allocated,
        )
        for item in items.values()
        if item.kind == ETHERNET
    )


def cdroms_of(items: Mapping[str, Item]) -> tuple[str, ...]:
    """Names of the CD-ROM drives."""
    return tuple(item.name for item in items.values() if item.kind in _CDROMS)


def other_devices(items: Mapping[str, Item], kind: str) -> tuple[str, ...]:
    """Names of the devices of one resource type: subtype, or what the item calls itself."""
    return tuple(item.subtype or item.name for item in items.values() if item.kind == kind)
