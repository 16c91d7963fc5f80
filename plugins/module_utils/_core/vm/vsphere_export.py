# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which address of an export belongs to which disk.

This module util is private to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ..errors import PlatformError
from .model import Disk, Vm
from .source_options import thumbprint_of
from .vsphere_devices import CONTROLLERS

_CLASSES = {model: name for name, (_bus, model) in CONTROLLERS.items() if model}


@dataclass(frozen=True)
class Export:
    """Where the export of a disk is fetched. host is empty for the server itself. thumbprint: SHA-1, may be empty.

    key: its name in the manifest of the export.
    """

    target: str
    host: str = ""
    port: int = 443
    thumbprint: str = ""
    key: str = ""


def export_of(urls: Sequence[Mapping[str, Any]], vm: Vm, disk: Disk, place: str) -> Export:
    """The address of the disk among those of a lease: by its controller and unit, else by its place in the order."""
    disks = [url for url in urls if url.get("disk")]
    exact = [url for url in disks if _names(url, disk)]
    if not exact and not any(_names(url, other) for url in disks for other in vm.disks):
        position = [other.key for other in vm.disks].index(disk.key)
        exact = disks[position : position + 1] if len(disks) == len(vm.disks) else []
    if len(exact) != 1:
        keys = ", ".join(str(url.get("key")) for url in disks) or "none"
        raise PlatformError(f"{place}: the export offers {keys}, and not disk {disk.key}; is it an independent disk?")
    return _export(exact[0])


def _names(url: Mapping[str, Any], disk: Disk) -> bool:
    """A key ends with the class of the controller, its number and the unit: `/vm-57/ParaVirtualSCSIController0:1`."""
    name = f"{_CLASSES.get(disk.controller_model, '')}{disk.controller}:{disk.unit}"
    texts = (str(url.get("key") or ""), str(url.get("importKey") or ""))
    return any(re.search(rf"(^|/){re.escape(name)}$", text) for text in texts)


def _export(url: Mapping[str, Any]) -> Export:
    parts = urlsplit(str(url.get("url")))
    # A star stands for the server that was asked.
    host = "" if parts.netloc.startswith("*") else parts.hostname or ""
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    port = parts.port if host and parts.port else 443
    return Export(target, host, port, thumbprint_of(str(url.get("sslThumbprint") or "")), str(url.get("key") or ""))
