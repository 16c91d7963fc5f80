# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder virtio-win on the controller: which of its drivers fit a Windows, what is missing. Pure.

This module util is private to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..errors import Finding

PLACE = "vm_guest_prepare_virtio_win"
AGENT = "guest-agent/qemu-ga-x86_64.msi"
FIRST_WINDOWS_11 = 22000
# Builds of Windows Server that virtio-win has a folder for.
SERVERS = {14393: "2k16", 17763: "2k19", 20348: "2k22", 26100: "2k25"}
_VERSION = re.compile(r"^\s*DriverVer\s*=[^,;\r\n]*,\s*(\d+(?:\.\d+)*)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Package:
    """A driver of virtio-win. bus: what the driver's own INF writes as BusType; 0 where Windows does not start from it.

    required: a guest without it is not prepared.
    """

    folder: str
    name: str
    bus: int = 0
    required: bool = True

    @property
    def inf(self) -> str:
        return f"{self.name}.inf"

    @property
    def sys(self) -> str:
        return f"{self.name}.sys"


SERIAL = Package("vioserial", "vioser", required=False)
PACKAGES = (
    Package("viostor", "viostor", bus=1),
    Package("vioscsi", "vioscsi", bus=10),
    Package("NetKVM", "netkvm"),
    SERIAL,
    Package("Balloon", "balloon", required=False),
)
BOOT = tuple(package for package in PACKAGES if package.bus)


@dataclass(frozen=True)
class File:
    """A file of the controller."""

    path: str
    checksum: str


@dataclass(frozen=True)
class Offer:
    """What lies below the folder. files: by their path in it, in lower case. infs: texts in the same way."""

    root: str
    files: Mapping[str, File] = field(default_factory=dict)
    infs: Mapping[str, str] = field(default_factory=dict)

    def below(self, package: Package, system: str) -> dict[str, File]:
        """Files of a driver for one Windows, by their name."""
        start = f"{package.folder}/{system}/amd64/".lower()
        return {path[len(start) :]: file for path, file in self.files.items() if path.startswith(start)}

    def version(self, package: Package, system: str) -> str:
        """The version that the driver's INF states; empty when there is none."""
        found = _VERSION.search(self.infs.get(f"{package.folder}/{system}/amd64/{package.inf}".lower(), ""))
        return found.group(1) if found else ""

    @property
    def agent(self) -> File | None:
        return self.files.get(AGENT)


def systems(build: int, server: bool) -> tuple[str, ...]:
    """Names of the folders that may fit a Windows, best first. More than one: no folder is made for this build."""
    if not server:
        return ("w11",) if build >= FIRST_WINDOWS_11 else ("w10",)
    if build in SERVERS:
        return (SERVERS[build],)
    return tuple(name for known, name in sorted(SERVERS.items(), reverse=True) if known < build)


def chosen(offer: Offer, names: tuple[str, ...]) -> str:
    """The first of the folders that is there, else the best one, which is then told as missing."""
    there = [name for name in names if all(offer.below(package, name) for package in PACKAGES if package.required)]
    return (there or list(names))[0]


def folders(root: str, names: tuple[str, ...]) -> list[str]:
    """Folders of the controller to look into."""
    drivers = [f"{root}/{package.folder}/{name}/amd64" for package in PACKAGES for name in names]
    return [*drivers, f"{root}/guest-agent"]


def missing(offer: Offer, system: str, agent: bool) -> Iterator[Finding]:
    """Everything that should be in the folder and is not. agent: the agent is to be installed, which needs a driver."""
    for package in PACKAGES:
        if not (package.required or (agent and offer.agent and package is SERIAL)):
            continue
        place = f"{package.folder}/{system}/amd64"
        there = offer.below(package, system)
        for path in [place] if not there else _lacking(package, there, place):
            yield Finding(PLACE, f"{offer.root} has no {path}", _way_out(system))
        if package.inf in there and not offer.version(package, system):
            yield Finding(f"{offer.root}/{place}/{package.inf}", "it states no DriverVer", _way_out(system))


def _lacking(package: Package, there: Mapping[str, File], place: str) -> list[str]:
    wanted = [f"{package.name}.{ending}" for ending in ("inf", "cat", "sys")]
    return [f"{place}/{name}" for name in wanted if name not in there]


def _way_out(system: str) -> str:
    return f"unpack a virtio-win there that holds {system}, or convert the machine in the cluster: vm_convert"


def inf_text(content: bytes) -> str:
    """The text of an INF, whatever encoding it has."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    return content.decode("utf-8-sig", "replace")
