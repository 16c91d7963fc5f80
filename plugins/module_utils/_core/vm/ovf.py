# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OVF descriptor -> canonical machines. Tolerant about what makes no difference, strict about what does.

Source of the facts: DMTF DSP0243 (OVF) and the CIM resource types; VMware's extensions are read by their local names.
This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..errors import PlatformError
from .guests import family_of, guest_id
from .model import Cpu, Disk, Guest, Vm
from .ovf_hardware import Item, cdroms_of, disks_of, nics_of, other_devices, read_items
from .ovf_units import MIB, unit_bytes, whole_number
from .xmltree import Element, attribute, child, children, local, parse_xml, text

PROCESSOR, MEMORY = "3", "4"
# CIM operating system identifiers that appear without VMware's own one.
_CIM_FAMILIES = {"36": "linux", "79": "linux", "80": "linux", "82": "linux", "84": "linux", "93": "linux"}
_CIM_FAMILIES.update({"94": "linux", "95": "linux", "96": "linux", "100": "linux", "101": "linux", "107": "linux"})
_CIM_FAMILIES.update({"67": "windows", "69": "windows", "71": "windows", "103": "windows", "105": "windows"})


@dataclass(frozen=True)
class Descriptor:
    """All machines of one descriptor, and the sizes the descriptor states for its files (0: not stated)."""

    vms: tuple[Vm, ...]
    files: Mapping[str, int]


def parse_ovf(data: bytes, place: str = "the OVF descriptor") -> Descriptor:
    """Parse a descriptor. Raises PlatformError that begins with `place`."""
    root = parse_xml(data, place)
    if local(root.tag) != "Envelope":
        raise PlatformError(f"{place}: the root is <{local(root.tag)}>, not <Envelope>; this is no OVF descriptor")
    files = _files(root)
    disks = _disk_section(root, files, place)
    configuration = _default_configuration(root)
    vms = tuple(_machine(system, disks, configuration, place) for system in _systems(root))
    if not vms:
        raise PlatformError(f"{place}: describes no VirtualSystem; export the machine again")
    sizes = {attribute(file, "href"): int(attribute(file, "size") or 0) for file in files.values()}
    return Descriptor(vms, sizes)


def _files(root: Element) -> dict[str, Element]:
    references = child(root, "References")
    return {attribute(file, "id"): file for file in children(root if references is None else references, "File")}


def _disk_section(root: Element, files: Mapping[str, Element], place: str) -> dict[str, Disk]:
    section = child(root, "DiskSection")
    properties = dict(_properties(root))
    found = (
        _disk(element, files, properties, place)
        for element in children(section if section is not None else root, "Disk")
    )
    return {disk.key: disk for disk in found}


def _disk(element: Element, files: Mapping[str, Element], properties: Mapping[str, str], place: str) -> Disk:
    key = attribute(element, "diskId")
    where = f"{place}: Disk {key}"
    reference = attribute(element, "fileRef")
    if reference and reference not in files:
        raise PlatformError(f"{where}: refers to the file {reference!r} that is not listed; export the machine again")
    file = files.get(reference)
    capacity = attribute(element, "capacity")
    if capacity.startswith("${") and capacity.endswith("}"):
        capacity = properties.get(capacity[2:-1], "")
    units = unit_bytes(attribute(element, "capacityAllocationUnits"), 1, where)
    populated = attribute(element, "populatedSize")
    return Disk(
        key=key,
        capacity=whole_number(capacity, f"{where}: capacity") * units,
        file=attribute(file, "href"),
        format=_format(attribute(element, "format")),
        used=int(populated) if populated.isdigit() else 0,
        size=int(attribute(file, "size") or 0),
        compression=attribute(file, "compression"),
    )


def _format(url: str) -> str:
    name = url.lower()
    if "streamoptimized" in name:
        return "streamOptimized"
    return "vmdk" if "vmdk" in name else url.rsplit("/", 1)[-1].rsplit("#", 1)[-1]


def _properties(root: Element) -> Iterator[tuple[str, str]]:
    for section in root.iter():
        if local(section.tag) == "Property":
            yield attribute(section, "key"), attribute(section, "value")


def _default_configuration(root: Element) -> str:
    configurations = [item for item in root.iter() if local(item.tag) == "Configuration"]
    chosen = [item for item in configurations if attribute(item, "default") == "true"] or configurations[:1]
    return attribute(chosen[0], "id") if chosen else ""


def _systems(element: Element) -> Iterator[Element]:
    for found in element:
        if local(found.tag) == "VirtualSystem":
            yield found
        elif local(found.tag) == "VirtualSystemCollection":
            yield from _systems(found)


def _machine(system: Element, disks: Mapping[str, Disk], configuration: str, place: str) -> Vm:
    name = text(system, "Name") or attribute(system, "id")
    where = f"{place}: {name}"
    hardware = child(system, "VirtualHardwareSection")
    if hardware is None:
        raise PlatformError(f"{where}: has no VirtualHardwareSection; export the machine again")
    items = read_items(hardware, configuration)
    config = _config(hardware)
    cdroms, usb, pci = cdroms_of(items), other_devices(items, "23"), other_devices(items, "1")
    return Vm(
        name=name,
        id=attribute(system, "id"),
        uuid=_uuid(hardware),
        cpu=_cpu(items, where),
        memory_mib=_memory(items, where),
        guest=_guest(system),
        firmware="efi" if config.get("firmware", "").lower() in ("efi", "uefi") else "bios",
        secure_boot=config.get("bootOptions.efiSecureBootEnabled", "").lower() == "true",
        tpm=any(item.subtype.lower() == "vmware.vtpm" for item in items.values()),
        disks=disks_of(items, disks, where),
        nics=nics_of(items),
        cdroms=cdroms,
        usb=usb,
        pci=tuple(device for device in pci if "passthrough" in device.lower()),
        source={"type": "ovf"},
    )


def _config(hardware: Element) -> dict[str, str]:
    found = (element for element in hardware if local(element.tag) in ("Config", "ExtraConfig"))
    return {attribute(element, "key"): attribute(element, "value") for element in found}


def _uuid(hardware: Element) -> str:
    system = child(hardware, "System")
    return text(system, "InstanceId") if text(system, "InstanceId").count("-") == 4 else ""


def _cpu(items: Mapping[str, Item], where: str) -> Cpu:
    item = next((item for item in items.values() if item.kind == PROCESSOR), None)
    if item is None:
        raise PlatformError(f"{where}: has no processor item; export the machine again")
    count = whole_number(item.quantity or "1", f"{where}: processors")
    cores = whole_number(item.cores_per_socket or "1", f"{where}: CoresPerSocket")
    return Cpu(count=count, cores_per_socket=cores)


def _memory(items: Mapping[str, Item], where: str) -> int:
    item = next((item for item in items.values() if item.kind == MEMORY), None)
    if item is None:
        raise PlatformError(f"{where}: has no memory item; export the machine again")
    # Without a unit it is MiB: that is what the field's exporters mean.
    unit = unit_bytes(item.units, MIB, f"{where}: memory")
    return whole_number(item.quantity, f"{where}: memory") * unit // MIB


def _guest(system: Element) -> Guest:
    section = child(system, "OperatingSystemSection")
    identifier = guest_id(attribute(section, "osType"))
    full_name = text(section, "Description")
    family = family_of(identifier, full_name)
    if family == "other":
        family = _CIM_FAMILIES.get(attribute(section, "id"), "other")
    return Guest(id=identifier, full_name=full_name, family=family)
