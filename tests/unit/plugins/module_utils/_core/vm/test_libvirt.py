from __future__ import annotations

import random
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.libvirt import parse_domain
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Cpu, Disk, Guest, Nic, Vm

DOMAIN = """
<domain type='kvm'><name>db01</name><uuid>42371A2B-3C4D-5E6F-7081-92A3B4C5D6E7</uuid>
<metadata><l:libosinfo xmlns:l='http://libosinfo.org/xmlns/libvirt/domain/1.0'><l:os id='http://debian.org/debian/12'/>
</l:libosinfo></metadata><memory unit='MiB'>2048</memory><vcpu>8</vcpu>
<os firmware='efi'><type>hvm</type><loader secure='yes'/></os>
<cpu><topology sockets='2' cores='2' threads='2'/></cpu><devices>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='db01.qcow2'/>
<target dev='vda' bus='virtio'/>
<serial>abc</serial></disk>
<disk type='file' device='cdrom'><source file='x.iso'/><target dev='sda' bus='sata'/></disk>
<interface type='bridge'><mac address='52:54:00:AA:00:01'/><source bridge='br0'/><model type='virtio'/>
<link state='down'/>
</interface><tpm model='tpm-crb'/></devices></domain>
"""


def test_a_domain_becomes_a_machine() -> None:
    vm = parse_domain(DOMAIN.encode(), "db01.xml")
    assert (vm.name, vm.uuid, vm.memory_mib, vm.cpu) == (
        "db01",
        "42371a2b-3c4d-5e6f-7081-92a3b4c5d6e7",
        2048,
        Cpu(8, 4),
    )
    assert (vm.firmware, vm.secure_boot, vm.tpm) == ("efi", True, True)
    assert vm.guest == Guest("", "http://debian.org/debian/12", "linux")
    assert vm.disks == (Disk("vda", 0, "db01.qcow2", "qcow2", "virtio", uuid="abc"),)
    assert vm.nics == (Nic("interface0", "br0", "virtio", "52:54:00:aa:00:01", "static", connected=False),)


@pytest.mark.parametrize(("unit", "mib"), [("KiB", 2), ("GiB", 2048 * 1024), ("b", 0), ("MB", 1953)])
def test_memory_follows_its_unit(unit: str, mib: int) -> None:
    assert parse_domain(DOMAIN.replace("'MiB'", f"'{unit}'").encode(), "a.xml").memory_mib == mib


@pytest.mark.parametrize(
    ("data", "finding"),
    [("<a/>", "not <domain>"), ("<!DOCTYPE a><a/>", "DOCTYPE"), (DOMAIN.replace("'MiB'", "'cup'"), "'cup' of memory")],
)
def test_what_is_no_domain_is_refused(data: str, finding: str) -> None:
    with pytest.raises(PlatformError, match=finding):
        parse_domain(data.encode(), "a.xml")


def make_domain(vm: Vm) -> bytes:
    """The domain of a canonical machine."""
    cores = vm.cpu.cores_per_socket
    secure = "yes" if vm.secure_boot else "no"
    library = f"<l:os xmlns:l='http://libosinfo.org/xmlns/libvirt/domain/1.0' id={quoteattr(vm.guest.full_name)}/>"
    return (
        f"<domain type='kvm'><name>{escape(vm.name)}</name><uuid>{vm.uuid.upper()}</uuid>"
        f"<metadata>{library if vm.guest.full_name else ''}</metadata>"
        f"<memory unit='MiB'>{vm.memory_mib}</memory><vcpu>{vm.cpu.count}</vcpu>"
        f"<os firmware='{vm.firmware}'><type>hvm</type><loader secure='{secure}'/></os>"
        f"<cpu><topology sockets='1' cores='{cores}' threads='1'/></cpu>"
        f"<devices>{''.join(make_devices(vm))}</devices></domain>"
    ).encode()


def make_devices(vm: Vm) -> Iterator[str]:
    for disk in vm.disks:
        yield (
            f"<disk type='file' device='disk'><driver name='qemu' type='{disk.format}'/>"
            f"<source file={quoteattr(disk.file)}/><target dev='{disk.key}' bus='{disk.bus}'/>"
            f"<serial>{disk.uuid}</serial>{'<shareable/>' if disk.sharing != 'none' else ''}</disk>"
        )
        yield "<disk type='file' device='cdrom'><source file='x.iso'/><target dev='hdc' bus='ide'/></disk>"
    for nic in vm.nics:
        mac = f"<mac address='{nic.mac.upper()}'/>" if nic.mac else ""
        state = "up" if nic.connected else "down"
        yield (
            f"<interface type='network'>{mac}<source network={quoteattr(nic.network)}/><model type='{nic.model}'/>"
            f"<link state='{state}'/></interface>"
        )
    yield from ("<hostdev mode='subsystem' type='pci'/>" for _device in vm.pci)
    yield "<tpm model='tpm-crb'/>" if vm.tpm else ""


def some_vm(seed: int) -> Vm:
    source = random.Random(seed)
    system, family = source.choice([("http://debian.org/debian/12", "linux"), ("", "other")])
    macs = [source.choice(["", f"52:54:00:aa:00:{number:02x}"]) for number in range(source.randrange(0, 6))]
    return Vm(
        source.choice(["db01", "Ärger & <Söhne>"]),
        Cpu(source.randrange(1, 65), source.choice([1, 2, 4])),
        source.randrange(4, 1 << 20),
        uuid=f"42371a2b-3c4d-5e6f-7081-92a3b4c5{seed:04x}",
        guest=Guest("", system, family),
        firmware=source.choice(["bios", "efi"]),
        secure_boot=source.random() < 0.5,
        tpm=source.random() < 0.5,
        disks=tuple(
            Disk(f"vd{chr(97 + n)}", 0, f"d & {n}.img", kind, bus, unit=n, uuid=f"s{n}", sharing=sharing)
            for n, (kind, bus, sharing) in enumerate(
                source.choices(
                    [("qcow2", "virtio", "none"), ("raw", "sata", "none"), ("raw", "scsi", "shareable")],
                    k=source.randrange(1, 9),
                )
            )
        ),
        nics=tuple(
            Nic(f"interface{n}", "lan & dmz", "virtio", mac, "static" if mac else "generated", source.random() < 0.8)
            for n, mac in enumerate(macs)
        ),
        pci=("hostdev",) * source.randrange(0, 3),
        source={"type": "libvirt"},
    )


def test_import_parse_of_make_is_the_machine_for_thousands_of_domains() -> None:
    for seed in range(2000):
        vm = some_vm(seed)
        assert parse_domain(make_domain(vm), "a.xml") == vm, seed


def test_the_boot_order_that_libvirt_states_is_kept() -> None:
    vm = some_vm(0)
    disks = "".join(
        f"<disk device='disk'><source file='{name}'/><target dev='{name}' bus='virtio'/>{order}</disk>"
        for name, order in (("vda", ""), ("vdb", "<boot order='2'/>"), ("vdc", "<boot order='1'/>"))
    )
    data = make_domain(vm).decode().partition("<devices>")[0] + f"<devices>{disks}</devices></domain>"
    parsed = parse_domain(data.encode(), "a.xml")
    assert [disk.key for disk in parsed.boot_order] == ["vdc", "vdb", "vda"]


def test_a_domain_knows_its_generation() -> None:
    genid = "<uuid>42371A2B-3C4D-5E6F-7081-92A3B4C5D6E7</uuid><genid>44332211-6655-8877-99AA-BBCCDDEEFF00</genid>"
    text = DOMAIN.replace("<uuid>42371A2B-3C4D-5E6F-7081-92A3B4C5D6E7</uuid>", genid)
    assert parse_domain(text.encode(), "a.xml").extra == {"generation_id": "44332211-6655-8877-99aa-bbccddeeff00"}
    assert parse_domain(DOMAIN.encode(), "a.xml").extra == {}
