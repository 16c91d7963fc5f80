"""What other hypervisors leave behind: a VMX with its VMDKs, a libvirt domain with its images, plain images."""

from __future__ import annotations

import tarfile
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from lab.build.disk import tool
from lab.build.ovf import Machine

# Kind of image -> format and options of qemu-img.
IMAGES = {
    "raw": ("raw", ""),
    "qcow2": ("qcow2", ""),
    "vmdk": ("vmdk", "subformat=monolithicSparse"),
    "vhd": ("vpc", "force_size=on"),
    "vhdx": ("vhdx", ""),
}


def convert(disk: Path, target: Path, kind: str) -> Path:
    """Write a raw disk as an image of this kind."""
    name, options = IMAGES[kind]
    extra = ["-o", options] if options else []
    tool("qemu-img", "convert", "-f", "raw", "-O", name, *extra, str(disk), str(target))
    return target


def write_ovf(folder: Path, archive: Path) -> Path:
    """Unpack our own OVA: the folder that a vSphere export leaves. Return its descriptor."""
    folder.mkdir()
    with tarfile.open(archive) as tar:
        tar.extractall(folder)  # our own archive, made a moment ago
    return next(folder.glob("*.ovf"))


def write_vmx(folder: Path, machine: Machine, disks: Sequence[Path]) -> Path:
    """Write a machine as its files lie on a datastore."""
    folder.mkdir()
    values = {
        "displayName": machine.name,
        "guestOS": "other5xlinux-64",
        "numvcpus": machine.cpus,
        "memSize": machine.memory_mib,
        "firmware": machine.firmware,
        "scsi0.present": "TRUE",
        "scsi0.virtualDev": "pvscsi",
    }
    for number, disk in enumerate(disks):
        file = convert(disk, folder / f"{machine.name}_{number}.vmdk", "vmdk")
        values |= {f"scsi0:{number}.present": "TRUE", f"scsi0:{number}.fileName": file.name}
    for number, (mac, network) in enumerate(zip(machine.macs, machine.networks, strict=False)):
        card = f"ethernet{number}"
        values |= {f"{card}.present": "TRUE", f"{card}.virtualDev": "vmxnet3", f"{card}.addressType": "static"}
        values |= {f"{card}.address": mac, f"{card}.networkName": network}
    path = folder / f"{machine.name}.vmx"
    path.write_text("".join(f'{key} = "{value}"\n' for key, value in values.items()))
    return path


def write_domain(folder: Path, machine: Machine, disks: Sequence[Path]) -> Path:
    """Write a machine as `virsh dumpxml` describes it, with qcow2 images beside it."""
    folder.mkdir()
    lines = ["<domain type='kvm'>", f"<name>{escape(machine.name)}</name>"]
    lines += [f"<memory unit='MiB'>{machine.memory_mib}</memory>", f"<vcpu>{machine.cpus}</vcpu>"]
    firmware = " firmware='efi'" if machine.firmware == "efi" else ""
    lines += [f"<os{firmware}><type arch='x86_64' machine='q35'>hvm</type></os>", "<devices>"]
    for number, disk in enumerate(disks):
        image = convert(disk, folder / f"{machine.name}-{number}.qcow2", "qcow2")
        lines += ["<disk type='file' device='disk'>", "<driver name='qemu' type='qcow2'/>"]
        lines += [
            f"<source file={quoteattr(image.name)}/>",
            f"<target dev='vd{chr(97 + number)}' bus='virtio'/></disk>",
        ]
    for mac, network in zip(machine.macs, machine.networks, strict=False):
        lines += [
            f"<interface type='network'><mac address='{mac}'/>",
            f"<source network={quoteattr(network)}/>",
        ]
        lines += ["<model type='virtio'/></interface>"]
    path = folder / f"{machine.name}.xml"
    path.write_text("\n".join([*lines, "</devices>", "</domain>", ""]))
    return path
