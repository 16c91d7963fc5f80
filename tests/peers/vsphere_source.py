"""A vCenter with a handful of machines, and our own way to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.packages import open_vsphere
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.vsphere.machine import VsphereMachine
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.vsphere.package import VspherePackage
from tests.peers import vcenter_estate
from tests.peers.vcenter_estate import DATASTORES, HOSTS, MIB, NIC
from tests.peers.vcenter_sim import VcenterSim

SIZE = 21 * MIB + 512


def image(path: Path) -> Path:
    return vcenter_estate.image(path, SIZE, 6 * MIB)


def estate(raw: Path) -> dict[str, Any]:
    """Machines that are off, on, without tools, deaf to a shutdown, on vSAN, below a foreign snapshot."""
    disk = {"backing": str(raw)}
    assigned = {"network": "DV 20", "model": "e1000e", "mac": "00:50:56:00:00:02", "mac_type": "assigned"}
    return {
        "hosts": HOSTS,
        "datastores": DATASTORES,
        "networks": [{"name": "VLAN 10"}, {"name": "DV 20", "distributed": True}],
        "machines": [
            {
                "name": "web01", "folder": "prod/web", "power": "on", "cpus": 8, "cores_per_socket": 8,
                "memory_mib": 1024, "host": "esx1", "change_tracking": True, "firmware": "efi",
                "secure_boot": True, "guest_id": "rhel9_64Guest", "annotation": "owner: team a",
                "disks": [disk, {"capacity_bytes": MIB, "controller": "ahci", "thick": True}],
                "nics": [NIC, {**assigned, "disconnected": True}],
            },
            {"name": "off", "folder": "prod", "disks": [disk], "nics": [{"network": "VLAN 10"}], "host": "alone"},
            {"name": "tracked", "power": "on", "disks": [disk], "change_tracking": True},
            {"name": "vsan", "datastore": "objects", "disks": [disk]},
            {"name": "large", "power": "on", "change_tracking": True, "disks": [{"capacity_bytes": 1024 * MIB}]},
            {"name": "deaf", "power": "on", "shutdown": "ignored"},
            {"name": "toolless", "power": "on", "tools": "not_installed"},
            {"name": "snapped", "change_tracking": True, "disks": [disk], "snapshots": ["theirs"]},
        ],
    }  # fmt: skip


def options(sim: VcenterSim, **more: Any) -> dict[str, Any]:
    """The source as an operator writes it."""
    login = {"hostname": sim.host, "port": sim.port, "username": sim.username, "password": sim.password}
    return {**login, "ca_path": str(sim.ca), **more}


@contextmanager
def opened(sim: VcenterSim, pauses: list[float] | None = None, **more: Any) -> Iterator[VspherePackage]:
    """A session whose waits are written down instead of waited for."""
    found = open_vsphere(options(sim, **more))
    if pauses is not None:
        found.session.sleep = pauses.append
    try:
        yield found
    finally:
        found.close()


def raised(action: Callable[[], Any]) -> str:
    """The message of the error that the action must raise."""
    try:
        action()
    except Exception as error:
        return str(error)
    raise AssertionError("no error")


def content(disk: Any) -> bytes:
    """The whole disk out of a stream."""
    found = bytearray(disk.capacity)
    for offset, data in disk.extents():
        found[offset : offset + len(data)] = data
    return bytes(found)


def disk_content(package: VspherePackage, name: str) -> bytes:
    """The first disk of a machine, as an import reads it."""
    return content(package.disk(package.vm(name).disks[0]))


def machine(package: VspherePackage, name: str) -> VsphereMachine:
    return package.machine(name)
