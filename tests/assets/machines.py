"""Generators of what hypervisors export: OVF descriptors, streamOptimized images, archives."""

from __future__ import annotations

import hashlib
import io
import pathlib
import struct
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from xml.sax.saxutils import quoteattr

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Disk, Nic, Vm

SECTOR, GRAIN = 512, 65536
_CONTROLLER_TYPES = {"ide": "5", "scsi": "6", "sata": "20", "nvme": "20"}
_SUBTYPES = {"nvme": "vmware.nvme.controller", "sata": "vmware.sata.ahci"}


def _header(capacity: int, directory: int) -> bytes:
    fields = (0x564D444B, 3, 0x30001, capacity // SECTOR, GRAIN // SECTOR, 1, 20, 512, 0, directory, 128, 0)
    return struct.pack("<IIIQQQQIQQQB4sH", *fields, b"\n \r\n", 1).ljust(SECTOR, b"\0")


def _marker(value: int, kind: int) -> bytes:
    return struct.pack("<QII", value, 0, kind).ljust(SECTOR, b"\0")


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % SECTOR)


def grain_record(offset: int, data: bytes) -> bytes:
    """A grain as it lies in the stream."""
    return _padded(struct.pack("<QI", offset // SECTOR, len(data)) + data)


def stream_optimized(raw: bytes, level: int = 1) -> bytes:
    """The image as an OVF export lays it out: grains, grain tables, directory, footer, end of stream."""
    descriptor = (
        f'# Disk DescriptorFile\nversion=1\ncreateType="streamOptimized"\nRDONLY {len(raw) // SECTOR} SPARSE "x"\n'
    )
    out = io.BytesIO()
    out.write(_header(len(raw), 2**64 - 1) + descriptor.encode().ljust(127 * SECTOR, b"\0"))
    directory = []
    for start in range(0, len(raw), GRAIN * 512):
        table = list(_write_grains(out, raw, start, level))
        if any(table):
            out.write(_marker(4, 1))
            directory.append(out.tell() // SECTOR)
            out.write(struct.pack("<512I", *table, *[0] * (512 - len(table))))
        else:
            directory.append(0)
    data = _padded(struct.pack(f"<{len(directory)}I", *directory))
    out.write(_marker(len(data) // SECTOR, 2))
    place = out.tell() // SECTOR
    out.write(data + _marker(1, 3) + _header(len(raw), place) + _marker(0, 0))
    return out.getvalue()


def _write_grains(out: io.BytesIO, raw: bytes, start: int, level: int) -> Iterator[int]:
    for offset in range(start, min(start + GRAIN * 512, len(raw)), GRAIN):
        data = raw[offset : offset + GRAIN]
        if data.count(0) == len(data):
            yield 0
            continue
        yield out.tell() // SECTOR
        out.write(grain_record(offset, zlib.compress(data.ljust(GRAIN, b"\0"), level)))


def make_ovf(vm: Vm, sizes: Mapping[str, int] | None = None) -> bytes:
    """The descriptor of a canonical machine."""
    sizes = sizes or {}
    files = "".join(
        f"<File ovf:id={quoteattr('f-' + disk.key)} ovf:href={quoteattr(disk.file)}"
        f" ovf:size='{sizes.get(disk.file, disk.size)}'"
        + (f" ovf:compression={quoteattr(disk.compression)}" if disk.compression else "")
        + "/>"
        for disk in vm.disks
        if disk.file
    )
    disks = "".join(_ovf_disk(disk) for disk in vm.disks)
    config = f"<vmw:Config ovf:required='false' vmw:key='firmware' vmw:value='{vm.firmware}'/>"
    if vm.secure_boot:
        config += "<vmw:Config vmw:key='bootOptions.efiSecureBootEnabled' vmw:value='true'/>"
    return (
        "<?xml version='1.0' encoding='UTF-8'?>"
        "<Envelope xmlns='http://schemas.dmtf.org/ovf/envelope/1' xmlns:ovf='http://schemas.dmtf.org/ovf/envelope/1' "
        "xmlns:rasd='http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData' "
        "xmlns:vmw='http://www.vmware.com/schema/ovf'>"
        f"<References>{files}</References><DiskSection><Info/>{disks}</DiskSection>"
        f"<VirtualSystem ovf:id={quoteattr(vm.id)}><Info/><Name>{_text(vm.name)}</Name>"
        f"<OperatingSystemSection ovf:id='1' vmw:osType={quoteattr(vm.guest.id)}><Info/>"
        f"<Description>{_text(vm.guest.full_name)}</Description></OperatingSystemSection>"
        f"<VirtualHardwareSection><Info/>{''.join(_items(vm))}{config}</VirtualHardwareSection></VirtualSystem></Envelope>"
    ).encode()


def _text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _ovf_disk(disk: Disk) -> str:
    reference = f" ovf:fileRef={quoteattr('f-' + disk.key)}" if disk.file else ""
    url = {"streamOptimized": "http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"}.get(
        disk.format, ""
    )
    return (
        f"<Disk ovf:diskId={quoteattr(disk.key)} ovf:capacity='{disk.capacity}'{reference} "
        f"ovf:format='{url}' ovf:populatedSize='{disk.used}'/>"
    )


def _item(fields: Mapping[str, str], inner: str = "") -> str:
    return (
        "<Item>"
        + "".join(f"<rasd:{key}>{_text(value)}</rasd:{key}>" for key, value in fields.items())
        + inner
        + "</Item>"
    )


def _items(vm: Vm) -> Iterator[str]:
    cores = f"<vmw:CoresPerSocket>{vm.cpu.cores_per_socket}</vmw:CoresPerSocket>"
    yield _item({"InstanceID": "1", "ResourceType": "3", "VirtualQuantity": str(vm.cpu.count)}, cores)
    memory = {"AllocationUnits": "byte * 2^20", "InstanceID": "2", "ResourceType": "4"}
    yield _item({**memory, "VirtualQuantity": str(vm.memory_mib)})
    controllers = sorted({(disk.bus, disk.controller, disk.controller_model) for disk in vm.disks})
    numbers = {}
    for number, (bus, address, model) in enumerate(controllers, 100):
        numbers[bus, address] = str(number)
        subtype = model or _SUBTYPES.get(bus, "")
        fields = {"Address": str(address), "InstanceID": str(number), "ResourceSubType": subtype}
        yield _item({**fields, "ResourceType": _CONTROLLER_TYPES[bus]})
    for number, disk in enumerate(vm.disks, 200):
        place = {"AddressOnParent": str(disk.unit), "HostResource": f"ovf:/disk/{disk.key}", "InstanceID": str(number)}
        yield _item({**place, "Parent": numbers[disk.bus, disk.controller], "ResourceType": "17"})
    yield from (_nic_item(nic) for nic in vm.nics)


def _nic_item(nic: Nic) -> str:
    fields = {"Address": nic.mac} if nic.mac else {}
    fields |= {"Connection": nic.network, "InstanceID": nic.key, "ResourceSubType": nic.model, "ResourceType": "10"}
    off = "" if nic.connected else "<vmw:Config vmw:key='connectable.startConnected' vmw:value='false'/>"
    return _item(fields, off)


def make_ova(
    path: pathlib.Path,
    vm: Vm,
    disks: Mapping[str, bytes],
    manifest: str = "sha256",
    wrong: str = "",
    last: bool = False,
) -> pathlib.Path:
    """Write an archive. disks: file name -> bytes. wrong: file whose digest is falsified. last: manifest at the end."""
    stem = path.stem
    descriptor = make_ovf(vm, {name: len(data) for name, data in disks.items()})
    members = {f"{stem}.ovf": descriptor, **disks}
    if manifest:
        lines = []
        for name, data in members.items():
            digest = hashlib.new(manifest, data + (b"!" if name == wrong else b"")).hexdigest()
            lines.append(f"{manifest.upper()}({name})= {digest}\n")
        manifest_file = {f"{stem}.mf": "".join(lines).encode()}
        members = {**members, **manifest_file} if last else {f"{stem}.ovf": descriptor, **manifest_file, **disks}
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path
