# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables that name block devices (fstab, crypttab): names that are others on other hardware, and their UUIDs.

This module util is private to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ..errors import Finding

FSTAB, CRYPTTAB = "/etc/fstab", "/etc/crypttab"
GRUB = "/etc/default/grub"
# Which word of a line is the device.
PLACES = {FSTAB: 0, CRYPTTAB: 1}
# by-id names carry the bus's own identity (scsi-36000c29...), which another bus does not present.
_FLEETING = re.compile(r"/dev/(?:[shv]d[a-z]+\d*|xvd[a-z]+\d*|nvme\d+n\d+(?:p\d+)?|disk/by-(?:path|id)/\S+)")
_WORDS = re.compile(r"(\s*)(\S+)")
_ARGUMENT = re.compile(rf"\b(root|resume)=({_FLEETING.pattern})")
_NO_UUID = re.compile(r'^\s*GRUB_DISABLE_LINUX_UUID="?true', re.MULTILINE)


def is_fleeting(device: str) -> bool:
    """Whether a device may have another name on other hardware."""
    return bool(_FLEETING.fullmatch(device))


def with_uuids(text: str, place: int, devices: Mapping[str, str]) -> str:
    """The table with UUIDs in place of names that would change, as far as they are known."""
    return "".join(_line(line, place, devices) for line in text.splitlines(keepends=True))


def _line(line: str, place: int, devices: Mapping[str, str]) -> str:
    device = _device(line, place)
    uuid = devices.get(device, "") if device else ""
    if not uuid:
        return line
    match = list(_WORDS.finditer(line))[place]
    return line[: match.start(2)] + f"UUID={uuid}" + line[match.end(2) :]


def uuids_of(export: str) -> dict[str, str]:
    """UUID by device from `blkid -o export`; not what several devices share, nor parts of RAIDs and volume groups."""
    found = []
    for block in export.split("\n\n"):
        values = dict(line.partition("=")[::2] for line in block.splitlines())
        if values.get("UUID") and not values.get("TYPE", "").endswith("_member"):
            found.append((values.get("DEVNAME", ""), values["UUID"]))
    uuids = [uuid for _device_name, uuid in found]
    return {device: uuid for device, uuid in found if uuids.count(uuid) == 1}


def fleeting_devices(text: str, place: int) -> list[str]:
    """Devices of a table whose names would change."""
    return [device for device in (_device(line, place) for line in text.splitlines()) if device]


def _device(line: str, place: int) -> str:
    """The device of a line whose name would change, or an empty string."""
    words = line.split()
    if len(words) <= place or words[0].startswith("#") or not is_fleeting(words[place]):
        return ""
    return words[place]


def table_findings(path: str, text: str) -> Iterator[Finding]:
    """Lines that still name a device by a name that would change."""
    for number, line in enumerate(text.splitlines(), 1):
        device = _device(line, PLACES[path])
        if device:
            yield Finding(
                f"{path}:{number}",
                f"{device} has another name on virtio hardware, and its UUID is unknown or not unique",
                "name it by UUID= or LABEL=, or take the line out",
            )


def boot_findings(command_line: str, grub: str) -> Iterator[Finding]:
    """Arguments of the kernel that name a device by a name that would change."""
    for place, text in (("kernel command line", command_line), (GRUB, grub)):
        for key, device in _ARGUMENT.findall(text):
            yield Finding(
                place,
                f"{key}={device} has another name on virtio hardware",
                f"write {key}=UUID=... into the boot loader's configuration and make its menu again",
            )
    if _NO_UUID.search(grub):
        yield Finding(GRUB, "GRUB_DISABLE_LINUX_UUID=true", "take the line out and make the boot menu again")
