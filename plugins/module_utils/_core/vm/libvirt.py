# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""libvirt domain XML -> canonical machines. Capacities are not in it: the caller asks the images.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import PlatformError
from .guests import family_of
from .model import Cpu, Disk, Guest, Nic, Vm
from .ovf_units import whole_number
from .xmltree import Element, attribute, child, children, local, parse_xml, text

_UNITS = {"b": 1, "bytes": 1, "KB": 1000, "k": 1024, "KiB": 1024, "MB": 1000**2, "M": 1 << 20, "MiB": 1 << 20}
_UNITS.update({"GB": 1000**3, "G": 1 << 30, "GiB": 1 << 30, "TiB": 1 << 40, "T": 1 << 40})


_LAST = 1 << 30


def parse_domain(data: bytes, place: str) -> Vm:
    """The machine. Raises PlatformError that begins with `place`."""
    root = parse_xml(data, place)
    if local(root.tag) != "domain":
        raise PlatformError(f"{place}: the root is <{local(root.tag)}>, not <domain>; this is no libvirt domain")
    system, devices = child(root, "os"), child(root, "devices")
    loader = child(system, "loader")
    name = attribute(_library(root), "id")
    return Vm(
        name=text(root, "name"),
        uuid=text(root, "uuid").lower(),
        cpu=_cpu(root, place),
        memory_mib=_memory(root, place),
        guest=Guest("", name, family_of("", name.replace("microsoft.com/win", "windows "))),
        firmware="efi" if attribute(system, "firmware") == "efi" or attribute(loader, "type") == "pflash" else "bios",
        secure_boot=attribute(loader, "secure") == "yes",
        tpm=child(devices, "tpm") is not None,
        disks=tuple(_disks(devices)),
        nics=tuple(_nics(devices)),
        pci=tuple("hostdev" for _device in _all(devices, "hostdev")),
        source={"type": "libvirt"},
        extra={"generation_id": text(root, "genid").lower()} if text(root, "genid") else {},
    )


def _library(root: Element) -> Element | None:
    """libosinfo's element with the identifier of the system."""
    return next((element for element in root.iter() if local(element.tag) == "os" and attribute(element, "id")), None)


def _all(devices: Element | None, name: str) -> Iterator[Element]:
    return children(devices, name) if devices is not None else iter(())


def _cpu(root: Element, place: str) -> Cpu:
    count = whole_number(text(root, "vcpu") or "1", f"{place}: vcpu")
    topology = child(child(root, "cpu"), "topology")
    cores = int(attribute(topology, "cores") or 1) * int(attribute(topology, "threads") or 1)
    return Cpu(count, cores)


def _memory(root: Element, place: str) -> int:
    element = child(root, "memory")
    unit = attribute(element, "unit") or "KiB"
    if unit not in _UNITS:
        raise PlatformError(f"{place}: the unit {unit!r} of memory is unknown; use MiB")
    return whole_number(text(element), f"{place}: memory") * _UNITS[unit] >> 20


def _disks(devices: Element | None) -> Iterator[Disk]:
    disks = [disk for disk in _all(devices, "disk") if (attribute(disk, "device") or "disk") == "disk"]
    # Where libvirt states an order, that is what the firmware follows; the others come as they are written.
    for number, disk in enumerate(sorted(disks, key=_boot_order)):
        source, target = child(disk, "source"), child(disk, "target")
        yield Disk(
            key=attribute(target, "dev") or f"disk{number}",
            capacity=0,
            file=attribute(source, "file") or attribute(source, "dev"),
            format=attribute(child(disk, "driver"), "type") or "raw",
            bus=attribute(target, "bus") or "virtio",
            unit=number,
            uuid=text(disk, "serial"),
            sharing="none" if child(disk, "shareable") is None else "shareable",
        )


def _boot_order(disk: Element) -> int:
    order = attribute(child(disk, "boot"), "order")
    return int(order) if order.isdigit() else _LAST


def _nics(devices: Element | None) -> Iterator[Nic]:
    for number, interface in enumerate(_all(devices, "interface")):
        source = child(interface, "source")
        mac = attribute(child(interface, "mac"), "address").lower()
        yield Nic(
            key=f"interface{number}",
            network=next(
                (attribute(source, kind) for kind in ("network", "bridge", "dev") if attribute(source, kind)), ""
            ),
            model=attribute(child(interface, "model"), "type"),
            mac=mac,
            mac_type="static" if mac else "generated",
            connected=attribute(child(interface, "link"), "state") != "down",
        )
