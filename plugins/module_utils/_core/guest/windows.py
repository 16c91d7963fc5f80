# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Windows guest as it was read: what it is, which drivers, files and registry values it has. Pure.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..errors import Finding
from .model import Card
from .pnputil import ordered
from .virtio_win import BOOT, Package

# pnputil names the original INF from here on (Windows 10 1607, Server 2016).
FIRST_BUILD = 14393
SERVICES = r"HKLM:\SYSTEM\CurrentControlSet\Services"
CONTROL = r"HKLM:\SYSTEM\CurrentControlSet\Control"
VERSION_KEY = r"HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion"
INTERFACES = rf"{SERVICES}\Tcpip\Parameters\Interfaces"
PARTITIONS = rf"{SERVICES}\partmgr\Parameters"
POWER = rf"{CONTROL}\Power"
FAST_START = rf"{CONTROL}\Session Manager\Power"
AGENT_SERVICE = "QEMU-GA"


@dataclass(frozen=True)
class System:
    """Which Windows it is. root: of its folder, `C:\\Windows`. version: major, minor, build."""

    version: tuple[int, ...]
    server: bool
    architecture: str
    root: str = r"C:\Windows"
    interfaces: tuple[str, ...] = ()

    @property
    def build(self) -> int:
        return (*self.version, 0, 0, 0)[2]

    @property
    def drivers(self) -> str:
        return rf"{self.root}\System32\drivers"

    @property
    def data(self) -> str:
        return rf"{self.root[:2]}\ProgramData"

    @property
    def staging(self) -> str:
        return rf"{self.data}\ironacre\virtio-win"

    @property
    def facts(self) -> str:
        return rf"{self.data}\ansible\facts.d"


@dataclass(frozen=True)
class WindowsGuest:
    """packages: versions in the driver store by INF. files: checksums by path in lower case.

    registry: values by name, by key; keys that are not there are missing. addresses: IPv4 addresses of each card's
    name. protected: BitLocker protects the system disk; None: it could not be told.
    """

    system: System
    packages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    registry: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    cards: tuple[Card, ...] = ()
    addresses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    agent: bool = False
    protected: bool | None = False
    machine: str = ""

    def value(self, key: str, name: str, default: Any = None) -> Any:
        return self.registry.get(key, {}).get(name, default)

    def checksum(self, path: str) -> str:
        return self.files.get(path.lower(), "")

    def newest(self, package: Package) -> str:
        """The newest version of a driver in the store; empty when there is none."""
        return max(self.packages.get(package.inf, ()), key=ordered, default="")

    @property
    def hibernates(self) -> bool:
        return bool(self.value(POWER, "HibernateEnabled", self.value(POWER, "HibernateEnabledDefault", 0)))

    @property
    def starts_fast(self) -> bool:
        return bool(self.value(FAST_START, "HiberbootEnabled", 0))


def keys(system: System) -> list[str]:
    """Keys of the registry to read."""
    drivers = [
        rf"{SERVICES}\{package.name}{below}"
        for package in BOOT
        for below in ("", r"\Parameters", r"\Parameters\PnpInterface", r"\StartOverride")
    ]
    return [*drivers, PARTITIONS, POWER, FAST_START, *(rf"{INTERFACES}\{name}" for name in system.interfaces)]


def unsupported(system: System) -> Iterator[Finding]:
    """Why nothing can be done on this Windows while it runs."""
    way_out = "convert the machine in the cluster: vm_convert"
    version = ".".join(map(str, system.version)) or "of no version"
    if system.version[:1] != (10,) or system.build < FIRST_BUILD:
        yield Finding(f"Windows {version}", "is older than Windows 10 1607 and Windows Server 2016", way_out)
    if system.architecture != "x86_64":
        yield Finding(f"Windows {version}", f"runs on {system.architecture}, not on x86_64", way_out)
