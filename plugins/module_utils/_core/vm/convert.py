# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conversion of a guest inside the cluster: the domain that virt-v2v reads, the Job around it, what its log tells.

This module util is private to the collection.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from xml.etree import ElementTree

from ..errors import Finding
from .xmltree import attribute, child, children, parse_xml, text

PREFIX = "import.ironacre.io"
LABELS = {"app.kubernetes.io/managed-by": "ironacre-import", "app.kubernetes.io/component": "convert"}
DOMAIN, WORK, DRIVERS = "/input/domain.xml", "/work", "/drivers"
BEGIN, END, STATUS = "IRONACRE-INSPECTION-BEGIN", "IRONACRE-INSPECTION-END", "IRONACRE-CONVERT-STATUS"
# The inspection is a file of the container, the log is what outlives it. Arguments come as "$@": no text of a user
# becomes part of a script.
# virt-v2v before 2.7 cannot write what it found.
SCRIPT = f"""set -u
if virt-v2v-in-place --help | grep -q -e ' -O '; then set -- "$@" -O {WORK}/inspection.xml; fi
virt-v2v-in-place -i libvirtxml "$@" {DOMAIN}
code=$?
if [ -s {WORK}/inspection.xml ]; then echo {BEGIN}; cat {WORK}/inspection.xml; echo; echo {END}; fi
echo {STATUS} $code
exit $code
"""
_MAC = re.compile(r"([0-9a-f]{2}:){5}[0-9a-f]{2}")
_PROGRESS = re.compile(r"^\[\s*[\d.]+\]\s+(.+)$", re.MULTILINE)
_ERROR = re.compile(r"^virt-v2v-in-place: error: (.+)$", re.MULTILINE)
_VIRTIO = re.compile(r"\bThis guest (has|does not have) virtio drivers installed")
_ROOT = re.compile(r"first|single|/dev/[A-Za-z0-9._/-]+")
TAIL_LINES = 30
# QEMU itself; without KVM it also keeps up to 1 GiB of translated code.
EMULATOR_MIB, TRANSLATOR_MIB = 512, 1536
# Below, in a machine of twice this, the tools of a guest that builds its initramfs run out of memory.
LEAST_MIB = 512
_TELLING = ("name", "distro", "osinfo", "arch", "major_version", "minor_version", "package_format", "product_name")


@dataclass(frozen=True)
class Address:
    """A static address that a guest shall keep on its card; Windows forgets it with the old card."""

    mac: str
    ip: str
    gateway: str = ""
    prefix: int = 0
    nameservers: tuple[str, ...] = ()

    @property
    def argument(self) -> str:
        """As virt-v2v's --mac takes it: MAC:ip:address,gateway,length,nameserver..."""
        parts = [self.ip, self.gateway, str(self.prefix or ""), *self.nameservers]
        return f"{self.mac}:ip:{','.join(parts).rstrip(',')}"


@dataclass(frozen=True)
class Conversion:
    """What shall be converted. claims: boot disk first. drivers: image or claim of virtio-win. deadline: seconds."""

    name: str
    namespace: str
    claims: tuple[str, ...]
    image: str
    firmware: str = "bios"
    root: str = "first"
    addresses: tuple[Address, ...] = ()
    drivers_image: str = ""
    drivers_claim: str = ""
    drivers_path: str = "virtio-win.iso"
    kvm: bool = True
    memory_mib: int = 4096
    deadline: int = 7200

    @property
    def digest(self) -> str:
        """Stable digest of what changes the result."""
        wish = {key: value for key, value in asdict(self).items() if key not in ("deadline", "kvm", "memory_mib")}
        return hashlib.sha256(json.dumps(wish, sort_keys=True).encode()).hexdigest()

    @property
    def job(self) -> str:
        return f"convert-{self.name}"[:63].rstrip("-")

    @property
    def machines(self) -> int:
        """How many machines libguestfs runs at once: drivers in an ISO are read by one of its own."""
        return 2 if (self.drivers_image or self.drivers_claim) and self.drivers_path.endswith(".iso") else 1

    @property
    def emulators_mib(self) -> int:
        return self.machines * (EMULATOR_MIB if self.kvm else TRANSLATOR_MIB)

    @property
    def memsize_mib(self) -> int:
        """What libguestfs is told. virt-v2v gives the guest's machine twice this, the one that reads an ISO once."""
        return (self.memory_mib - self.emulators_mib) // (self.machines + 1)


def findings(wish: Conversion) -> Iterator[Finding]:
    """What cannot be converted as it was asked for."""
    if not wish.claims:
        yield Finding("volumes", "is empty", "name the machine's claims, the boot disk first")
    if not _ROOT.fullmatch(wish.root):
        yield Finding("root", f"{wish.root!r} is no root", "write first, single or the device of the root file system")
    if wish.memsize_mib < LEAST_MIB:
        least = wish.emulators_mib + LEAST_MIB * (wish.machines + 1)
        way = f"give at least {least}; KVM, and drivers in a folder in place of an ISO, need less"
        yield Finding("memory_mib", f"{wish.memory_mib} is too little", way)
    if wish.drivers_image and wish.drivers_claim:
        yield Finding("virtio_win", "image and claim are both given", "give one of them")
    for number, address in enumerate(wish.addresses):
        if not _MAC.fullmatch(address.mac):
            yield Finding(f"addresses[{number}].mac", f"{address.mac!r} is no MAC address", "write 00:50:56:01:02:03")
        if address.nameservers and not address.prefix:
            yield Finding(f"addresses[{number}].prefix", "is missing", "virt-v2v needs it before name servers")


def domain_xml(wish: Conversion, modes: Sequence[str]) -> str:
    """The domain: every claim a raw disk in its order. modes: volume mode of each claim."""
    root = ElementTree.Element("domain", type="kvm")
    for tag, content in (("name", wish.name), ("vcpu", "1")):
        ElementTree.SubElement(root, tag).text = content
    ElementTree.SubElement(root, "memory", unit="MiB").text = str(wish.memory_mib)
    system = ElementTree.SubElement(root, "os", {"firmware": "efi"} if wish.firmware == "efi" else {})
    ElementTree.SubElement(system, "type").text = "hvm"
    ElementTree.SubElement(system, "boot", dev="hd")
    devices = ElementTree.SubElement(root, "devices")
    for number, mode in enumerate(modes):
        block = mode == "Block"
        disk = ElementTree.SubElement(devices, "disk", type="block" if block else "file", device="disk")
        ElementTree.SubElement(disk, "driver", name="qemu", type="raw")
        source = {"dev": device_path(number)} if block else {"file": f"{mount_path(number)}/disk.img"}
        ElementTree.SubElement(disk, "source", source)
        ElementTree.SubElement(disk, "target", dev=f"sd{_letters(number)}", bus="sata")
    for address in wish.addresses:
        interface = ElementTree.SubElement(devices, "interface", type="network")
        ElementTree.SubElement(interface, "mac", address=address.mac)
        ElementTree.SubElement(interface, "source", network="default")
        ElementTree.SubElement(interface, "model", type="e1000e")
    return ElementTree.tostring(root, encoding="unicode")


def device_path(number: int) -> str:
    return f"/dev/disk{number}"


def mount_path(number: int) -> str:
    return f"/disks/{number}"


def _letters(number: int) -> str:
    """a ... z, aa, ab ..., as the kernel counts disks."""
    letters = ""
    while number >= 0:
        letters = chr(ord("a") + number % 26) + letters
        number = number // 26 - 1
    return letters


def arguments(wish: Conversion) -> list[str]:
    """Arguments of virt-v2v-in-place besides its input and output."""
    macs = [word for address in wish.addresses for word in ("--mac", address.argument)]
    return ["--root", wish.root, *macs]


@dataclass(frozen=True)
class Told:
    """What a log tells. status: exit status, None while it runs. step, error: the last one. tail: last lines."""

    status: int | None
    step: str
    error: str
    inspection: Mapping[str, Any]
    tail: tuple[str, ...] = ()


def read_log(log: str) -> Told:
    """Read the log of a conversion, whole or so far."""
    status = re.findall(rf"^{STATUS} (\d+)$", log, re.MULTILINE)
    steps, errors = _PROGRESS.findall(log), _ERROR.findall(log)
    _before, begun, rest = log.partition(f"{BEGIN}\n")
    document, ended, _after = rest.partition(f"\n{END}")
    inspection = read_inspection(document) if begun and ended else {}
    drivers = _VIRTIO.findall(log)
    if drivers:
        # virt-v2v succeeds without them, too: a Windows whose drivers were not at hand starts on its old hardware only.
        inspection["virtio"] = drivers[-1] == "has"
    return Told(
        int(status[-1]) if status else None,
        steps[-1] if steps else "",
        errors[-1] if errors else "",
        inspection,
        tuple(log.splitlines()[-TAIL_LINES:]),
    )


def read_inspection(document: str) -> dict[str, Any]:
    """What virt-v2v found inside the guest: system, firmware, sizes of the disks."""
    root = parse_xml(document.strip().encode(), "inspection")
    system, firmware = child(root, "operatingsystem"), child(root, "firmware")
    found = {name: text(system, name) for name in _TELLING if system is not None and text(system, name)}
    disks = child(root, "disks")
    sizes = [int(text(disk, "virtual-size") or 0) for disk in (children(disks, "disk") if disks is not None else ())]
    return {"operating_system": found, "firmware": attribute(firmware, "type"), "disks": sizes}
