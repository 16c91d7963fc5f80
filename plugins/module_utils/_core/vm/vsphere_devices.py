# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vSphere's virtual devices -> disks, interfaces and what else hangs on a machine.

A device is a mapping of its properties, with the name of its class as `_type`; a reference to a managed object is its
identifier. This module util is private to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from .model import Disk, Nic

Device = Mapping[str, Any]
CONTROLLERS = {
    "ParaVirtualSCSIController": ("scsi", "pvscsi"),
    "VirtualLsiLogicController": ("scsi", "lsilogic"),
    "VirtualLsiLogicSASController": ("scsi", "lsisas1068"),
    "VirtualBusLogicController": ("scsi", "buslogic"),
    "VirtualSCSIController": ("scsi", ""),
    "VirtualAHCIController": ("sata", "ahci"),
    "VirtualSATAController": ("sata", ""),
    "VirtualIDEController": ("ide", "ide"),
    "VirtualNVMEController": ("nvme", "nvme"),
}
MODELS = {
    "VirtualVmxnet3": "vmxnet3",
    "VirtualVmxnet3Vrdma": "vmxnet3",
    "VirtualVmxnet2": "vmxnet2",
    "VirtualVmxnet": "vmxnet",
    "VirtualE1000": "e1000",
    "VirtualE1000e": "e1000e",
    "VirtualPCNet32": "pcnet32",
    "VirtualSriovEthernetCard": "sriov",
    "VirtualEthernetCard": "",
}
_FORMATS = {
    "VirtualDiskFlatVer2BackingInfo": "flat",
    "VirtualDiskFlatVer1BackingInfo": "flat",
    "VirtualDiskSeSparseBackingInfo": "sesparse",
    "VirtualDiskSparseVer2BackingInfo": "sparse",
    "VirtualDiskSparseVer1BackingInfo": "sparse",
}
_RDM = (
    "VirtualDiskRawDiskMappingVer1BackingInfo",
    "VirtualDiskPartitionedRawDiskVer2BackingInfo",
    "VirtualDiskRawDiskVer2BackingInfo",
)
_SHARING = {"": "none", "sharingNone": "none", "sharingMultiWriter": "shareable"}
_MAC_TYPES = {"manual": "static", "assigned": "vpx", "generated": "generated"}


def kind(device: Device) -> str:
    return str(device.get("_type", ""))


def disks_of(devices: Sequence[Device], used: Mapping[str, int], tracked: bool) -> Iterator[Disk]:
    """The disks. used: bytes on the datastore by key. tracked: changed blocks are tracked by the machine."""
    controllers = {device.get("key"): device for device in devices if kind(device) in CONTROLLERS}
    for device in devices:
        if kind(device) != "VirtualDisk":
            continue
        backing = device.get("backing") or {}
        controller = controllers.get(device.get("controllerKey"), {})
        bus, model = CONTROLLERS.get(kind(controller), ("scsi", ""))
        shared = str(controller.get("sharedBus") or "noSharing")
        key = str(device.get("key"))
        yield Disk(
            key=key,
            capacity=int(device.get("capacityInBytes") or int(device.get("capacityInKB") or 0) * 1024),
            file=str(backing.get("fileName") or ""),
            format=_FORMATS.get(kind(backing), ""),
            bus=bus,
            controller_model=model,
            controller=int(controller.get("busNumber") or 0),
            unit=int(device.get("unitNumber") or 0),
            used=used.get(key, 0),
            datastore=datastore_of(str(backing.get("fileName") or "")),
            uuid=str(backing.get("uuid") or "").lower(),
            mode=str(backing.get("diskMode") or "persistent"),
            sharing=_sharing(str(backing.get("sharing") or ""), shared),
            rdm=kind(backing) in _RDM,
            thin=bool(backing.get("thinProvisioned")) or kind(backing) == "VirtualDiskSeSparseBackingInfo",
            tracking=tracked,
        )


def _sharing(disk: str, bus: str) -> str:
    return _SHARING.get(disk, disk) if bus == "noSharing" else bus


def datastore_of(file: str) -> str:
    """`[ds1] web01/web01.vmdk` lies on ds1."""
    match = re.match(r"\[([^\]]*)\]", file)
    return match[1] if match else ""


def has_parent(device: Device) -> bool:
    """True for a disk that is a difference to another one: a snapshot, or a linked clone."""
    return bool((device.get("backing") or {}).get("parent"))


def nics_of(
    devices: Sequence[Device],
    networks: Mapping[str, str],
    addresses: Mapping[str, tuple[str, ...]],
    connected: Mapping[str, bool],
) -> Iterator[Nic]:
    """The interfaces. networks: names by identifier. connected: what a fence remembers, by key."""
    for device in devices:
        if kind(device) not in MODELS:
            continue
        key = str(device.get("key"))
        plug = device.get("connectable") or {}
        yield Nic(
            key=key,
            network=network_of(device.get("backing") or {}, networks),
            model=MODELS[kind(device)],
            mac=str(device.get("macAddress") or "").lower(),
            mac_type=_MAC_TYPES.get(str(device.get("addressType") or "generated").lower(), "generated"),
            connected=connected.get(key, plug.get("startConnected") is not False),
            ips=addresses.get(key, ()),
        )


def network_of(backing: Device, networks: Mapping[str, str]) -> str:
    """The name of the network or port group. One that nobody may see keeps its identifier."""
    port = backing.get("port") or {}
    identifier = str(port.get("portgroupKey") or backing.get("opaqueNetworkId") or backing.get("network") or "")
    return networks.get(identifier) or str(backing.get("deviceName") or identifier)


def is_nic(device: Device) -> bool:
    return kind(device) in MODELS


def labels_of(devices: Sequence[Device], kinds: Collection[str]) -> tuple[str, ...]:
    """The labels of the devices of these classes."""
    found = (device for device in devices if kind(device) in kinds)
    return tuple(str((device.get("deviceInfo") or {}).get("label") or kind(device)) for device in found)


def used_of(disks: Sequence[Device], files: Sequence[Device]) -> dict[str, int]:
    """Bytes on the datastore by disk key, from the layout of the machine's files; descriptors are not counted."""
    sizes = {file.get("key"): int(file.get("size") or 0) for file in files if file.get("type") == "diskExtent"}
    return {
        str(disk.get("key")): sum(
            sizes.get(number, 0) for link in disk.get("chain") or () for number in link.get("fileKey") or ()
        )
        for disk in disks
    }
