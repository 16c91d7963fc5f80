# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a running Windows needs before it moves to virtio hardware: files, driver packages, registry values. Pure.

A driver counts when its package is in the driver store, and for a disk driver when its file and a service that Windows
loads at boot are there too: the store alone is not enough for the disk that Windows starts from.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..errors import Finding
from .pnputil import ordered
from .virtio_win import BOOT, PACKAGES, Offer, Package
from .windows import FAST_START, PARTITIONS, SERVICES, WindowsGuest

ONLINE_ALL = 1


@dataclass(frozen=True)
class Wish:
    """What is to be done besides the drivers."""

    agent: bool = True
    hibernation_off: bool = True
    disks_online: bool = True


@dataclass(frozen=True)
class Copy:
    """source: path on the controller. target: path on the guest."""

    source: str
    target: str


@dataclass(frozen=True)
class Value:
    """A value of the registry. type: as win_regedit names it."""

    key: str
    name: str
    data: str | int
    type: str = "dword"


@dataclass(frozen=True)
class WindowsPlan:
    """What is still to be done. packages: INF files on the guest for the driver store. removals: keys.

    agent: the installer on the guest; empty when it is not to be run.
    """

    folders: tuple[str, ...] = ()
    copies: tuple[Copy, ...] = ()
    packages: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()
    removals: tuple[str, ...] = ()
    hibernation_off: bool = False
    agent: str = ""

    @property
    def steps(self) -> tuple[str, ...]:
        return (
            *(f"copy {copy.target}" for copy in self.copies),
            *(f"add {inf} to the driver store" for inf in self.packages),
            *(f"set {value.key} {value.name}" for value in self.values),
            *(f"remove {key}" for key in self.removals),
            *(["switch hibernation off"] if self.hibernation_off else []),
            *([f"run {self.agent}"] if self.agent else []),
        )


def plan_windows(guest: WindowsGuest, offer: Offer, system: str, wish: Wish) -> WindowsPlan:
    """A guest that is prepared yields an empty plan."""
    added = [
        package for package in PACKAGES if offer.below(package, system) and not stored(guest, offer, package, system)
    ]
    installer = rf"{guest.system.staging}\guest-agent\qemu-ga-x86_64.msi"
    install = bool(wish.agent and offer.agent and not guest.agent)
    copies = [
        *(copy for package in added for copy in _package_files(guest, offer, package, system)),
        *(copy for package in BOOT if (copy := _driver_file(guest, offer, package, system))),
        *([Copy(offer.agent.path, installer)] if install and offer.agent else []),
    ]
    needed = [copy for copy in copies if guest.checksum(copy.target) != _checksum(offer, copy)]
    staged = {copy.target.rpartition("\\")[0] for copy in needed} - {guest.system.drivers}
    return WindowsPlan(
        folders=tuple(sorted(staged)),
        copies=tuple(needed),
        packages=tuple(rf"{_staged(guest, package)}\{package.inf}" for package in added),
        values=(*(value for package in BOOT for value in _service(guest, package)), *_settings(guest, wish)),
        removals=tuple(key for package in BOOT if (key := _override(package)) in guest.registry),
        hibernation_off=wish.hibernation_off and guest.hibernates,
        agent=installer if install else "",
    )


def _checksum(offer: Offer, copy: Copy) -> str:
    return next(file.checksum for file in offer.files.values() if file.path == copy.source)


def stored(guest: WindowsGuest, offer: Offer, package: Package, system: str) -> bool:
    """The driver store has this version or a newer one."""
    newest = guest.newest(package)
    return bool(newest) and ordered(newest) >= ordered(offer.version(package, system) or "0")


def _staged(guest: WindowsGuest, package: Package) -> str:
    return rf"{guest.system.staging}\{package.folder}"


def _package_files(guest: WindowsGuest, offer: Offer, package: Package, system: str) -> Iterator[Copy]:
    for name, file in sorted(offer.below(package, system).items()):
        yield Copy(file.path, rf"{_staged(guest, package)}\{name}")


def _driver_file(guest: WindowsGuest, offer: Offer, package: Package, system: str) -> Copy | None:
    """The driver where Windows loads it at boot. One that came with a newer package is left alone."""
    file = offer.below(package, system).get(package.sys)
    target = driver_path(guest, package)
    newer = ordered(guest.newest(package) or "0") > ordered(offer.version(package, system) or "0")
    if file is None or (guest.checksum(target) and newer):
        return None
    return Copy(file.path, target)


def driver_path(guest: WindowsGuest, package: Package) -> str:
    return rf"{guest.system.drivers}\{package.sys}"


def _override(package: Package) -> str:
    return rf"{SERVICES}\{package.name}\StartOverride"


def _service(guest: WindowsGuest, package: Package) -> list[Value]:
    """What the driver's own INF writes when its device is there, as far as it is missing."""
    key = rf"{SERVICES}\{package.name}"
    wanted = (
        Value(key, "Type", 1),
        Value(key, "ErrorControl", 1),
        Value(key, "Group", "SCSI miniport", "string"),
        Value(key, "ImagePath", rf"system32\drivers\{package.sys}", "expandstring"),
        Value(rf"{key}\Parameters", "BusType", package.bus),
        Value(rf"{key}\Parameters\PnpInterface", "5", 1),
        Value(key, "Start", 0),
    )
    return [value for value in wanted if not _same(guest.value(value.key, value.name), value, package)]


def _same(found: Any, value: Value, package: Package) -> bool:
    if value.name != "ImagePath":
        return bool(found == value.data) and type(found) is type(value.data)
    path = str(found or "").lower().removeprefix("%systemroot%\\").removeprefix("\\systemroot\\")
    # Windows 11 loads a driver whose device it has met out of the store itself.
    from_store = path.startswith(rf"system32\driverstore\filerepository\{package.inf}_")
    return path == value.data or (from_store and path.endswith(rf"\{package.sys}"))


def _settings(guest: WindowsGuest, wish: Wish) -> Iterator[Value]:
    if wish.hibernation_off and guest.starts_fast:
        yield Value(FAST_START, "HiberbootEnabled", 0)
    if wish.disks_online and guest.value(PARTITIONS, "SanPolicy") != ONLINE_ALL:
        yield Value(PARTITIONS, "SanPolicy", ONLINE_ALL)


def shortfalls(guest: WindowsGuest, offer: Offer, system: str) -> Iterator[Finding]:
    """What keeps the guest from starting on virtio hardware, as it was read."""
    again = "run the role again; C:\\Windows\\INF\\setupapi.dev.log says what pnputil met"
    for package in PACKAGES:
        if package.required and not stored(guest, offer, package, system):
            found = f"has no {package.inf} {offer.version(package, system)} or newer"
            yield Finding("driver store", found, again)
    for package in BOOT:
        path, copy = driver_path(guest, package), _driver_file(guest, offer, package, system)
        if not guest.checksum(path) or (copy and guest.checksum(path) != _checksum(offer, copy)):
            yield Finding(path, "is not the driver of virtio-win", "run the role again")
        wrong = [value.name for value in _service(guest, package)]
        if wrong:
            yield Finding(rf"{SERVICES}\{package.name}", f"{', '.join(wrong)} would not start it", "run the role again")
        if _override(package) in guest.registry:
            yield Finding(_override(package), "keeps the driver from being loaded at boot", "run the role again")
