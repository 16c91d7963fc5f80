# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one disk an operating system is written to: hints of the inventory against the disks of the machine.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.inspection import Disk
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError

GB = 1024**3


class DiskNotFound(PlatformError):
    """The hints match no disk or several."""


def _same(key: str) -> Callable[[Disk, Any], bool]:
    return lambda disk, value: disk.facts.get(key, "").lower() == str(value).lower()


def _contains(key: str) -> Callable[[Disk, Any], bool]:
    return lambda disk, value: str(value).lower() in disk.facts.get(key, "").lower()


def _device_name(disk: Disk, value: Any) -> bool:
    return str(value) in (f"/dev/{disk.name}", *disk.facts.get("links", "").split())


def _by_path(disk: Disk, value: Any) -> bool:
    return str(value).rsplit("/", 1)[-1] == disk.facts.get("by_path", "").rsplit("/", 1)[-1]


def _rotational(disk: Disk, value: Any) -> bool:
    return disk.facts.get("rotational") == ("1" if value else "0")


MATCHERS: Mapping[str, Callable[[Disk, Any], bool]] = {
    "serial": _same("serial"),
    "wwn": _same("wwn"),
    "device_name": _device_name,
    "by_path": _by_path,
    "hctl": _same("hctl"),
    "model": _contains("model"),
    "vendor": _contains("vendor"),
    "bus": _same("bus"),
    "min_size_gb": lambda disk, value: disk.size >= int(value) * GB,
    "max_size_gb": lambda disk, value: disk.size <= int(value) * GB,
    "rotational": _rotational,
}


def choose_disk(disks: tuple[Disk, ...], hints: Mapping[str, Any]) -> Disk:
    """The disk that matches every hint. Raises DiskNotFound with all disks that are there, unless it is exactly one."""
    wanted = {key: value for key, value in hints.items() if value is not None}
    unknown = sorted(set(wanted) - set(MATCHERS))
    if unknown or not wanted:
        raise DiskNotFound(f"root_device: {', '.join(unknown) or 'no hint'}; use some of {', '.join(MATCHERS)}")
    matching = [disk for disk in disks if all(MATCHERS[key](disk, value) for key, value in wanted.items())]
    if len(matching) == 1:
        return matching[0]
    said = ", ".join(f"{key}={value}" for key, value in wanted.items())
    names = ", ".join(disk.name for disk in matching) or "none"
    there = "; ".join(map(describe, disks)) or "no disk at all"
    raise DiskNotFound(f"root_device: {said} matches {names}, but must match one disk; the machine has: {there}")


def describe(disk: Disk) -> str:
    """One disk in the words of the hints, so that a line can be copied into the inventory."""
    told = {key: disk.facts[key] for key in ("serial", "wwn", "model") if disk.facts.get(key)}
    words = [f"{key}={value}" for key, value in told.items()]
    return " ".join([disk.name, f"{disk.size / GB:.1f} GiB", *words])
