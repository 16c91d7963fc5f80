# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The canonical virtual machine: what every source yields and everything else takes.

Sizes are bytes (`capacity`, `used`) or MiB (`memory_mib`). This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

# The order in which a firmware looks for a disk to start from.
BUS_ORDER = ("scsi", "nvme", "sata", "ide", "virtio", "usb")


@dataclass(frozen=True)
class Guest:
    """id: vSphere's guest id (`rhel9_64Guest`) or empty. family: linux, windows or other."""

    id: str = ""
    full_name: str = ""
    family: str = "other"


@dataclass(frozen=True)
class Cpu:
    """cores_per_socket 0 means that the source decides at power on."""

    count: int = 1
    cores_per_socket: int = 1
    hotadd: bool = False


@dataclass(frozen=True)
class Disk:
    """One disk. file: its name at the source. format: streamOptimized, raw ... size: bytes of the file, if known.

    tracking: the source remembers which blocks change.
    """

    key: str
    capacity: int
    file: str = ""
    format: str = ""
    bus: str = "scsi"
    controller_model: str = ""
    controller: int = 0
    unit: int = 0
    used: int = 0
    size: int = 0
    datastore: str = ""
    uuid: str = ""
    mode: str = "persistent"
    sharing: str = "none"
    rdm: bool = False
    compression: str = ""
    thin: bool = False
    tracking: bool = False


@dataclass(frozen=True)
class Nic:
    """One network interface. mac is empty when the source states none. ips: addresses as CIDR."""

    key: str
    network: str
    model: str = ""
    mac: str = ""
    mac_type: str = "generated"
    connected: bool = True
    ips: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vm:
    """A virtual machine as its source describes it."""

    name: str
    cpu: Cpu = field(default_factory=Cpu)
    memory_mib: int = 0
    id: str = ""
    uuid: str = ""
    power: str = "off"
    template: bool = False
    tools: str = "unknown"
    guest: Guest = field(default_factory=Guest)
    firmware: str = "bios"
    secure_boot: bool = False
    tpm: bool = False
    disks: tuple[Disk, ...] = ()
    nics: tuple[Nic, ...] = ()
    cdroms: tuple[str, ...] = ()
    usb: tuple[str, ...] = ()
    pci: tuple[str, ...] = ()
    snapshots: tuple[str, ...] = ()
    source: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """JSON types only: tuples become lists."""
        return {key: _plain(value) for key, value in asdict(self).items()}

    @property
    def identity(self) -> str:
        """What the machine is known by at its source."""
        return self.uuid or self.id or self.name

    @property
    def boot_order(self) -> tuple[Disk, ...]:
        """The disks in the order a firmware tries them: by bus, controller and unit."""
        return tuple(sorted(self.disks, key=lambda disk: (bus_rank(disk.bus), disk.controller, disk.unit)))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Vm:
        """The inverse of to_dict; unknown keys are an error of the caller (TypeError)."""
        plain = dict(data)
        plain["cpu"] = Cpu(**plain.get("cpu", {}))
        plain["guest"] = Guest(**plain.get("guest", {}))
        plain["disks"] = tuple(Disk(**disk) for disk in plain.get("disks", ()))
        plain["nics"] = tuple(Nic(**{**nic, "ips": tuple(nic.get("ips", ()))}) for nic in plain.get("nics", ()))
        for key in ("cdroms", "usb", "pci", "snapshots"):
            plain[key] = tuple(plain.get(key, ()))
        return cls(**plain)


def bus_rank(bus: str) -> int:
    """Place of a bus in the boot order; unknown buses come last."""
    return BUS_ORDER.index(bus) if bus in BUS_ORDER else len(BUS_ORDER)


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value
