"""Packs a machine as an OVA the way vSphere exports it: descriptor, manifest with digests, stream-optimized disks."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from lab.build.disk import tool

MIB = 1 << 20
STREAM_OPTIMIZED = "http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"
NAMESPACES = {
    "xmlns": "http://schemas.dmtf.org/ovf/envelope/1",
    "xmlns:ovf": "http://schemas.dmtf.org/ovf/envelope/1",
    "xmlns:rasd": "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData",
    "xmlns:vssd": "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData",
    "xmlns:vmw": "http://www.vmware.com/schema/ovf",
}
PROCESSOR, MEMORY, SCSI, NETWORK, DISK = 3, 4, 6, 10, 17


@dataclass(frozen=True)
class Machine:
    """What the descriptor says. macs: one network card each, on networks of their own. firmware: bios or efi."""

    name: str
    macs: tuple[str, ...]
    firmware: str = "bios"
    cpus: int = 1
    memory_mib: int = 128
    network: str = "VM Network"
    system: str = "otherLinux64Guest"

    @property
    def networks(self) -> tuple[str, ...]:
        """The network of each card: `network`, then `network 2` and so on."""
        more = (f"{self.network} {number}" for number in range(2, len(self.macs) + 1))
        return (self.network, *more)


def write_ova(path: Path, machine: Machine, disks: Sequence[Path], work: Path) -> Path:
    """Write the OVA of a machine with these raw disks; the boot disk first."""
    files = []
    for number, disk in enumerate(disks, 1):
        target = work / f"{machine.name}-disk{number}.vmdk"
        tool(
            "qemu-img", "convert", "-f", "raw", "-O", "vmdk", "-o", "subformat=streamOptimized", str(disk), str(target)
        )
        files.append(target)
    descriptor = envelope(machine, files, [disk.stat().st_size for disk in disks]).encode()
    manifest = [(f"{machine.name}.ovf", hashlib.sha256(descriptor).hexdigest())]
    manifest += [(file.name, hashlib.sha256(file.read_bytes()).hexdigest()) for file in files]
    lines = "".join(f"SHA256({name})= {digest}\n" for name, digest in manifest).encode()
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
        _add(tar, f"{machine.name}.ovf", descriptor)
        _add(tar, f"{machine.name}.mf", lines)
        for file in files:
            _add(tar, file.name, file.read_bytes())
    return path


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o644
    tar.addfile(member, io.BytesIO(content))


def envelope(machine: Machine, files: Sequence[Path], sizes: Sequence[int]) -> str:
    """Return the descriptor: references, disks, networks and one virtual system."""
    names = " ".join(f'{name}="{value}"' for name, value in NAMESPACES.items())
    numbered = list(enumerate(zip(files, sizes, strict=True), 1))
    references = [
        f'<File ovf:href={quoteattr(file.name)} ovf:id="file{n}" ovf:size="{file.stat().st_size}"/>'
        for n, (file, _) in numbered
    ]
    disks = [
        f'<Disk ovf:capacity="{size // MIB}" ovf:capacityAllocationUnits="byte * 2^20" ovf:diskId="vmdisk{n}"'
        f' ovf:fileRef="file{n}" ovf:format="{STREAM_OPTIMIZED}" ovf:populatedSize="{size}"/>'
        for n, (_, size) in numbered
    ]
    return "\n".join(
        (
            '<?xml version="1.0" encoding="UTF-8"?>',
            f"<Envelope {names}>",
            "<References>", *references, "</References>",
            "<DiskSection>", "<Info>Disks of the machine</Info>", *disks, "</DiskSection>",
            "<NetworkSection>", "<Info>Networks of the machine</Info>",
            *(
                f"<Network ovf:name={quoteattr(name)}><Description>Machines' network</Description></Network>"
                for name in machine.networks
            ),
            "</NetworkSection>",
            *_system(machine, len(files)),
            "</Envelope>", "",
        )
    )  # fmt: skip


def _system(machine: Machine, disks: int) -> list[str]:
    items = [
        _item(1, PROCESSOR, "CPU", VirtualQuantity=machine.cpus, AllocationUnits="hertz * 10^6"),
        _item(2, MEMORY, "Memory", VirtualQuantity=machine.memory_mib, AllocationUnits="byte * 2^20"),
        _item(3, SCSI, "SCSI Controller 0", Address=0, ResourceSubType="lsilogic"),
    ]
    for n in range(disks):
        host = f"ovf:/disk/vmdisk{n + 1}"
        items.append(_item(10 + n, DISK, f"Hard disk {n + 1}", AddressOnParent=n, Parent=3, HostResource=host))
    for n, (mac, network) in enumerate(zip(machine.macs, machine.networks, strict=False)):
        items.append(
            _item(
                30 + n,
                NETWORK,
                f"Network adapter {n + 1}",
                Address=mac,
                AddressOnParent=7 + n,
                AutomaticAllocation="true",
                Connection=network,
                ResourceSubType="VmxNet3",
            )
        )
    return [
        f"<VirtualSystem ovf:id={quoteattr(machine.name)}>",
        "<Info>A virtual machine</Info>", f"<Name>{escape(machine.name)}</Name>",
        f'<OperatingSystemSection ovf:id="101" vmw:osType="{machine.system}"><Info>Operating system</Info>',
        "</OperatingSystemSection>",
        "<VirtualHardwareSection>", "<Info>Virtual hardware</Info>",
        "<System><vssd:ElementName>Virtual Hardware Family</vssd:ElementName><vssd:InstanceID>0</vssd:InstanceID>",
        f"<vssd:VirtualSystemIdentifier>{escape(machine.name)}</vssd:VirtualSystemIdentifier>",
        "<vssd:VirtualSystemType>vmx-19</vssd:VirtualSystemType></System>",
        *items,
        f'<vmw:Config ovf:required="false" vmw:key="firmware" vmw:value="{machine.firmware}"/>',
        "</VirtualHardwareSection>", "</VirtualSystem>",
    ]  # fmt: skip


def _item(number: int, kind: int, name: str, **values: object) -> str:
    """Return a hardware item; the schema wants its children in the order of the alphabet."""
    children = {"ElementName": name, "InstanceID": number, "ResourceType": kind, **values}
    return (
        "<Item>"
        + "".join(f"<rasd:{key}>{escape(str(value))}</rasd:{key}>" for key, value in sorted(children.items()))
        + "</Item>"
    )
