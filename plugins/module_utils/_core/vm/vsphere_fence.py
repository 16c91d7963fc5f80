# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fence around a machine that moved away: its interfaces stay unplugged, and it says where it went.

What was before is kept in the marker, so that taking the fence down restores it. Name and disks are never touched.
This module util is private to the collection.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from .vsphere_devices import Device, is_nic

MARKER = "ironacre.import.fence"
_NOTE = "Imported as {target}. Do not start: its successor has the same addresses. (ironacre)"
_NOTE_END = "Do not start: its successor has the same addresses. (ironacre)"


@dataclass(frozen=True)
class Plug:
    """Whether an interface is connected now, and at power on."""

    connected: bool = True
    start_connected: bool = True


@dataclass(frozen=True)
class Fence:
    """target: namespace/name of the successor. plugs: by key of the interface. autostart: as the host had it."""

    target: str
    plugs: Mapping[str, Plug] = field(default_factory=dict)
    autostart: Mapping[str, Any] | None = None

    def dump(self) -> str:
        """The value of the marker."""
        return json.dumps(asdict(self), sort_keys=True)


def fence_of(values: Sequence[Device]) -> Fence | None:
    """The fence that the machine's extra configuration tells of, or None. A damaged marker remembers nothing."""
    text = next((str(value.get("value") or "") for value in values if value.get("key") == MARKER), "")
    if not text:
        return None
    try:
        data = json.loads(text)
        plugs = {str(key): Plug(**plug) for key, plug in data["plugs"].items()}
        return Fence(str(data["target"]), plugs, data.get("autostart"))
    except (ValueError, KeyError, TypeError, AttributeError):
        return Fence("unknown")


def plugs_of(devices: Sequence[Device]) -> dict[str, Plug]:
    """How the interfaces are plugged."""
    found = {}
    for device in devices:
        if is_nic(device):
            plug = device.get("connectable") or {}
            found[str(device.get("key"))] = Plug(
                plug.get("connected") is not False, plug.get("startConnected") is not False
            )
    return found


def is_shut(devices: Sequence[Device]) -> bool:
    """True when no interface would come up with the machine."""
    return not any(plug.start_connected or plug.connected for plug in plugs_of(devices).values())


def with_note(annotation: str, target: str) -> str:
    """The annotation with one line about the successor, once."""
    kept = without_note(annotation)
    return f"{kept}\n{_NOTE.format(target=target)}" if kept else _NOTE.format(target=target)


def without_note(annotation: str) -> str:
    """The annotation as people wrote it."""
    return "\n".join(line for line in annotation.split("\n") if not line.endswith(_NOTE_END))
