"""A small estate for the vCenter stand-in, and how tests look at its machines."""

from __future__ import annotations

import http.client
import os
import urllib.parse
from pathlib import Path
from typing import Any

from tests.peers.vcenter_sim import VcenterSim

MIB = 1 << 20
KIB64 = 64 << 10
SIZE = 24 * MIB + 512


NIC = {"network": "VLAN 10", "mac": "00:50:56:00:00:01", "mac_type": "manual", "addresses": ["192.0.2.5/24"]}
HOSTS = [{"name": "esx1", "cluster": "c1"}, {"name": "esx2", "cluster": "c1"}, {"name": "alone"}]
DATASTORES = [{"name": "ds1"}, {"name": "objects", "kind": "vsan"}]


def image(path: Path, size: int = SIZE, middle: int = 2 * MIB) -> Path:
    """A disk with data in odd places: neither its size nor its data end at a grain. middle: length of most of it."""
    with path.open("wb") as handle:
        handle.truncate(size)
        for offset, length in ((0, 700), (3 * MIB + 512, middle), (size - 512, 512)):
            handle.seek(offset)
            handle.write(os.urandom(length))
    return path


def estate(raw: Path) -> dict[str, Any]:
    disk = {"backing": str(raw)}
    return {
        "hosts": HOSTS,
        "datastores": DATASTORES,
        "networks": [{"name": "VM Network"}, {"name": "VLAN 10"}, {"name": "DV 20", "distributed": True}],
        "machines": [
            {
                "name": "on", "folder": "prod/web", "power": "on", "cpus": 4, "cores_per_socket": 2, "memory_mib": 1024,
                "host": "esx2", "change_tracking": True, "tpm": True, "cdrom": True, "firmware": "efi",
                "disks": [disk, {"capacity_bytes": MIB, "controller": "ahci"}],
                "nics": [NIC, {"network": "DV 20", "model": "e1000e"}],
            },
            {"name": "off", "disks": [disk], "nics": [{}], "firmware": "efi", "host": "alone"},
            {"name": "vsan", "datastore": "objects", "disks": [disk]},
            {"name": "deaf", "power": "on", "shutdown": "ignored"},
            {"name": "toolless", "power": "on", "tools": "not_installed"},
            {"name": "golden", "template": True},
            {"name": "snapped", "power": "on", "change_tracking": True, "disks": [disk], "snapshots": ["theirs"]},
        ],
    }  # fmt: skip


def machine(vcenter: VcenterSim, name: str, si: Any = None) -> Any:
    from pyVmomi import vim

    content = (si or vcenter.login()).content
    view = content.viewManager.CreateContainerView(content.rootFolder, [vim.VirtualMachine], True)
    return next(vm for vm in view.view if vm.name == name)


def disks(config: Any) -> list[Any]:
    from pyVmomi import vim

    return [device for device in config.hardware.device if isinstance(device, vim.vm.device.VirtualDisk)]


def cookie(vm: Any) -> str:
    return str(vm._stub.cookie).split(";")[0]


def request(vcenter: VcenterSim, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes, dict[str, str]]:
    connection = http.client.HTTPSConnection(vcenter.host, vcenter.port, context=vcenter.tls())
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read(), dict(answer.getheaders())


def flat(vm: Any, number: int = 0, datacenter: str = "DC0") -> str:
    """URL path of the lowest file of a disk."""
    backing = disks(vm.config)[number].backing
    while backing.parent:
        backing = backing.parent
    store, name = backing.fileName[1:].split("] ")
    query = urllib.parse.urlencode({"dcPath": datacenter, "dsName": store})
    return f"/folder/{urllib.parse.quote(name.removesuffix('.vmdk'))}-flat.vmdk?{query}"


def areas(vm: Any, snapshot: Any, since: str, number: int = 0) -> list[tuple[int, int]]:
    key = disks(vm.config)[number].key
    info = vm.QueryChangedDiskAreas(snapshot, key, 0, since)
    return [(area.start, area.length) for area in info.changedArea]


def covers(found: list[tuple[int, int]], offset: int, length: int) -> bool:
    return any(start <= offset and offset + length <= start + size for start, size in found)
