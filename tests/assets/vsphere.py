"""Machines as vSphere tells them: the inverse of _core/vm/vsphere_vm.py, and machines by chance."""

from __future__ import annotations

import random
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Cpu, Disk, Guest, Nic, Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.vsphere_devices import CONTROLLERS, MODELS

NETWORKS = {"network-7": "VM Network", "dvportgroup-21": "VLAN 10", "dvportgroup-22": "Backup/night"}
_CLASSES = {model: name for name, (_bus, model) in CONTROLLERS.items() if model}
_CARDS = {model: name for name, model in MODELS.items()} | {"vmxnet3": "VirtualVmxnet3"}
_MAC_TYPES = {"static": "manual", "vpx": "assigned", "generated": "generated"}
_STATES = {"on": "poweredOn", "off": "poweredOff", "suspended": "suspended"}
_EXTRA = {
    "hardware_version": "config.version",
    "annotation": "config.annotation",
    "instance_uuid": "config.instanceUuid",
    "cbt": "config.changeTrackingEnabled",
    "consolidation_needed": "runtime.consolidationNeeded",
    "nested": "config.nestedHVEnabled",
    "memory_hotadd": "config.memoryHotAddEnabled",
}
GIB = 1 << 30


def controller(disk: Disk) -> dict[str, Any]:
    key = 1000 + 100 * ["scsi", "sata", "ide", "nvme"].index(disk.bus) + disk.controller
    bus = "noSharing" if disk.sharing in ("none", "shareable") else disk.sharing
    return {"_type": _CLASSES[disk.controller_model], "key": key, "busNumber": disk.controller, "sharedBus": bus}


def disk_device(disk: Disk) -> dict[str, Any]:
    backing = {
        "_type": "VirtualDiskRawDiskMappingVer1BackingInfo" if disk.rdm else "VirtualDiskFlatVer2BackingInfo",
        "fileName": disk.file,
        "uuid": disk.uuid.upper(),
        "diskMode": disk.mode,
        "thinProvisioned": disk.thin,
        "sharing": {"shareable": "sharingMultiWriter"}.get(disk.sharing, "sharingNone"),
    }
    place = {"controllerKey": controller(disk)["key"], "unitNumber": disk.unit, "capacityInBytes": disk.capacity}
    return {"_type": "VirtualDisk", "key": int(disk.key), "backing": backing, **place}


def nic_device(nic: Nic) -> dict[str, Any]:
    ref = next(ref for ref, name in NETWORKS.items() if name == nic.network)
    name = "VirtualEthernetCardNetworkBackingInfo"
    backing: dict[str, Any] = {"_type": name, "network": ref, "deviceName": nic.network}
    if ref.startswith("dv"):
        backing = {"_type": "VirtualEthernetCardDistributedVirtualPortBackingInfo", "port": {"portgroupKey": ref}}
    plug = {"startConnected": nic.connected, "connected": nic.connected}
    identity = {"macAddress": nic.mac.upper(), "addressType": _MAC_TYPES[nic.mac_type]}
    return {"_type": _CARDS[nic.model], "key": int(nic.key), "backing": backing, "connectable": plug, **identity}


def guest_nics(vm: Vm) -> list[dict[str, Any]]:
    found = []
    for nic in vm.nics:
        pairs = [address.split("/") for address in (*nic.ips, "fe80::1/64")]
        addresses = [{"ipAddress": address, "prefixLength": int(length)} for address, length in pairs]
        found.append({"deviceConfigId": int(nic.key), "ipConfig": {"ipAddress": addresses}})
    return found


def properties_of(vm: Vm) -> dict[str, Any]:
    """Leaf paths and plain values, as the adapter hands them over."""
    controllers = {controller(disk)["key"]: controller(disk) for disk in vm.disks}
    devices = [*controllers.values(), *map(disk_device, vm.disks), *map(nic_device, vm.nics)]
    devices += [{"_type": "VirtualTPM", "key": 11000}] if vm.tpm else []
    files = [{"key": int(disk.key), "type": "diskExtent", "size": disk.used} for disk in vm.disks]
    layout = [{"key": int(disk.key), "chain": [{"fileKey": [int(disk.key)]}]} for disk in vm.disks]
    return {
        "name": vm.name.replace("%", "%25").replace("/", "%2f"),
        "config.uuid": vm.uuid.upper(),
        "config.template": vm.template,
        "config.firmware": vm.firmware,
        "config.guestId": vm.guest.id,
        "config.guestFullName": vm.guest.full_name,
        "config.hardware.numCPU": vm.cpu.count,
        "config.hardware.numCoresPerSocket": vm.cpu.cores_per_socket,
        "config.hardware.memoryMB": vm.memory_mib,
        "config.hardware.device": devices,
        "config.cpuHotAddEnabled": vm.cpu.hotadd,
        "config.bootOptions.efiSecureBootEnabled": vm.secure_boot,
        "runtime.powerState": _STATES[vm.power],
        "guest.toolsRunningStatus": "guestToolsNotRunning",
        "guest.net": guest_nics(vm),
        "layoutEx.disk": layout,
        "layoutEx.file": [*files, {"key": 9, "type": "diskDescriptor", "size": 500}],
        "snapshot.rootSnapshotList": nested(vm.snapshots),
        **{path: vm.extra[name] for name, path in _EXTRA.items() if name in vm.extra},
    }


def nested(names: tuple[str, ...]) -> list[dict[str, Any]]:
    return [{"name": names[0], "childSnapshotList": nested(names[1:])}] if names else []


def any_vm(seed: int) -> Vm:
    """A machine by chance, the same for the same seed."""
    chance = random.Random(seed)
    tracked = chance.random() < 0.5
    disks = tuple(_disk(chance, number, tracked) for number in range(chance.randint(0, 4)))
    nics = tuple(_nic(chance, number) for number in range(chance.randint(0, 3)))
    return Vm(
        name=chance.choice(["web", "db/1", "100%", "änderung 2"]) + str(seed),
        id=f"vm-{seed}",
        uuid=_uuid(chance),
        cpu=Cpu(chance.randint(1, 64), chance.choice([0, 1, 2, 8]), chance.random() < 0.3),
        memory_mib=chance.randint(4, 1 << 20),
        power=chance.choice(list(_STATES)),
        template=chance.random() < 0.1,
        tools="notrunning",
        guest=Guest("rhel9_64Guest", "Red Hat Enterprise Linux 9", "linux"),
        firmware=chance.choice(["bios", "efi"]),
        secure_boot=chance.random() < 0.3,
        tpm=chance.random() < 0.3,
        disks=disks,
        nics=nics,
        snapshots=tuple(f"snapshot {number}" for number in range(chance.randint(0, 3))),
        source={"type": "vcenter", "host": "esx1"},
        extra={"cbt": tracked, "annotation": "of a person", "instance_uuid": _uuid(chance), "nested": True},
    )


def _uuid(chance: random.Random) -> str:
    digits = f"{chance.getrandbits(128):032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _disk(chance: random.Random, number: int, tracked: bool) -> Disk:
    model = chance.choice(["pvscsi", "lsilogic", "lsisas1068", "ahci", "ide", "nvme"])
    bus = {"ahci": "sata", "ide": "ide", "nvme": "nvme"}.get(model, "scsi")
    return Disk(
        key=str(2000 + number),
        capacity=chance.randint(1, 1 << 42),
        file=f"[ds{chance.randint(1, 9)}] a folder/disk_{number}.vmdk",
        datastore="",
        format="flat",
        bus=bus,
        controller_model=model,
        controller=["pvscsi", "lsilogic", "lsisas1068"].index(model) if bus == "scsi" else 0,
        unit=number,
        used=chance.randint(0, 1 << 40),
        uuid=_uuid(chance),
        mode=chance.choice(["persistent", "independent_persistent"]),
        sharing=chance.choice(["none", "none", "shareable"]),
        thin=chance.random() < 0.5,
        tracking=tracked,
    )


def _nic(chance: random.Random, number: int) -> Nic:
    return Nic(
        key=str(4000 + number),
        network=chance.choice(list(NETWORKS.values())),
        model=chance.choice(["vmxnet3", "e1000e", "pcnet32"]),
        mac=f"00:50:56:00:{chance.randrange(256):02x}:{number:02x}",
        mac_type=chance.choice(list(_MAC_TYPES)),
        connected=chance.random() < 0.8,
        ips=tuple(f"192.0.2.{part}/24" for part in range(chance.randint(0, 2))),
    )
