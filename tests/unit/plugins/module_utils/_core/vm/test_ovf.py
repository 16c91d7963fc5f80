from __future__ import annotations

import random
from dataclasses import replace

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Cpu, Disk, Guest, Nic, Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.ovf import parse_ovf
from tests.assets.machines import make_ovf

GUESTS = (
    ("rhel9_64Guest", "linux"),
    ("windows2019srv_64Guest", "windows"),
    ("ubuntu64Guest", "linux"),
    ("freebsd13_64Guest", "other"),
)
NAMES = ("web01", "Ärger & Söhne", "db <1>", "x" * 80)


def some_vm(seed: int) -> Vm:
    """A machine with everything a descriptor can state."""
    source = random.Random(seed)
    guest, family = source.choice(GUESTS)
    return Vm(
        name=source.choice(NAMES),
        id=f"vm-{seed}",
        cpu=Cpu(source.randrange(1, 129), source.choice([0, 1, 2, 4, 8])),
        memory_mib=source.randrange(4, 1 << 20),
        guest=Guest(guest, "some system" if family == "other" else "", family),
        firmware=source.choice(["bios", "efi"]),
        secure_boot=source.random() < 0.3,
        disks=tuple(some_disk(source, number) for number in range(source.randrange(1, 16))),
        nics=tuple(some_nic(source, number) for number in range(source.randrange(0, 9))),
        source={"type": "ovf"},
    )


def some_disk(source: random.Random, number: int) -> Disk:
    bus = source.choice(["scsi", "nvme", "sata", "ide"])
    model = {"scsi": "VirtualSCSI", "nvme": "vmware.nvme.controller", "sata": "vmware.sata.ahci", "ide": ""}[bus]
    file = source.choice(["", f"disk {number}.vmdk", f"disk{number}.vmdk"])
    return Disk(
        key=f"vmdisk{number}",
        capacity=source.randrange(1, 1 << 32) * 512,
        file=file,
        format="streamOptimized" if file else "",
        bus=bus,
        controller_model=model,
        controller=0,
        unit=number,
        used=source.randrange(0, 1 << 40),
        size=source.randrange(1, 1 << 40) if file else 0,
    )


def some_nic(source: random.Random, number: int) -> Nic:
    mac = source.choice(["", f"00:50:56:00:00:{number:02x}"])
    return Nic(
        key=str(300 + number),
        network=source.choice(["VM Network", "VLAN & 10"]),
        model=source.choice(["vmxnet3", "e1000e", "pcnet32"]),
        mac=mac,
        mac_type="static" if mac else "generated",
        connected=source.random() < 0.8,
    )


def test_import_parse_of_make_is_the_machine_for_thousands_of_machines() -> None:
    for seed in range(3000):
        vm = some_vm(seed)
        parsed = parse_ovf(make_ovf(vm)).vms[0]
        assert parsed == vm, seed
        assert Vm.from_dict(parsed.to_dict()) == vm, seed


SMALL = Vm("a", memory_mib=64, id="a", disks=(Disk("d1", 1 << 20, "a.vmdk"),))


def edited(old: str, new: str) -> bytes:
    text = make_ovf(SMALL).decode()
    assert old in text
    return text.replace(old, new).encode()


@pytest.mark.parametrize(
    ("units", "quantity", "mib"),
    [
        ("byte * 2^20", "512", 512),
        ("byte * 2^30", "2", 2048),
        ("MegaBytes", "512", 512),
        ("MB", "512", 512),
        ("GigaBytes", "1", 1024),
        ("KB", "2048", 2),
        ("byte", "67108864", 64),
        ("", "512", 512),
    ],
)
def test_memory_follows_its_unit(units: str, quantity: str, mib: int) -> None:
    data = edited(
        "byte * 2^20</rasd:AllocationUnits><rasd:InstanceID>2</rasd:InstanceID><rasd:ResourceType>4</rasd:ResourceType>"
        "<rasd:VirtualQuantity>64",
        f"{units}</rasd:AllocationUnits><rasd:InstanceID>2</rasd:InstanceID><rasd:ResourceType>4</rasd:ResourceType>"
        f"<rasd:VirtualQuantity>{quantity}",
    )
    assert parse_ovf(data).vms[0].memory_mib == mib


def test_a_capacity_may_be_a_property() -> None:
    data = edited("ovf:capacity='1048576'", "ovf:capacity='${size}' ovf:capacityAllocationUnits='byte * 2^30'")
    product = b"<ProductSection><Property ovf:key='size' ovf:value='20'/></ProductSection><VirtualHardwareSection>"
    data = data.replace(b"<VirtualHardwareSection>", product, 1)
    assert parse_ovf(data).vms[0].disks[0].capacity == 20 << 30


@pytest.mark.parametrize(("configuration", "processors"), [("small", 1), ("large", 9)])
def test_items_of_other_deployments_do_not_count(configuration: str, processors: int) -> None:
    section = (
        "<DeploymentOptionSection><Configuration ovf:id='small'/>"
        "<Configuration ovf:id='large' ovf:default='true'/></DeploymentOptionSection><DiskSection>"
    )
    item = (
        f"<Item ovf:configuration='{configuration}'><rasd:InstanceID>1</rasd:InstanceID>"
        "<rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>9</rasd:VirtualQuantity></Item><vmw:Config"
    )
    data = make_ovf(SMALL).decode().replace("<DiskSection>", section).replace("<vmw:Config", item, 1)
    assert parse_ovf(data.encode()).vms[0].cpu.count == processors


@pytest.mark.parametrize(
    ("data", "finding"),
    [
        (b"", "not well-formed XML"),
        (b"<a/>", "the root is <a>"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "DOCTYPE"),
        ("<?xml version='1.0' encoding='UTF-16'?><a/>".encode("utf-16"), "not UTF-8"),
        (b"<a>" + b"<b/>" * 300_000 + b"</a>", "more than 200000 elements"),
        (b" " * (21 << 20), "bytes of XML"),
        (edited("ovf:fileRef='f-d1'".replace("'", '"'), 'ovf:fileRef="nix"'), "refers to the file 'nix'"),
        (edited("ovf:/disk/d1", "ovf:/disk/d9"), "uses disk 'd9'; the descriptor has: d1"),
        (edited("ovf:capacity='1048576'", "ovf:capacity='-5'"), "'-5' is no number"),
        (edited("byte * 2^20", "furlongs"), "'furlongs' is unknown"),
        (edited("<rasd:ResourceType>3<", "<rasd:ResourceType>99<"), "no processor item"),
        (edited("<rasd:ResourceType>4<", "<rasd:ResourceType>99<"), "no memory item"),
        (edited("VirtualHardwareSection>", "Nothing>"), "no VirtualHardwareSection"),
    ],
)
def test_a_bad_descriptor_is_refused_with_its_place(data: bytes, finding: str) -> None:
    with pytest.raises(PlatformError) as error:
        parse_ovf(data, "web01.ova: web01.ovf")
    assert error.value.message.startswith("web01.ova: web01.ovf")
    assert finding in error.value.message


def test_the_boot_order_is_by_bus_controller_and_unit() -> None:
    disks = (Disk("c", 1, bus="sata"), Disk("b", 1, unit=1), Disk("d", 1, controller=1), Disk("a", 1, unit=0))
    assert [disk.key for disk in replace(SMALL, disks=disks).boot_order] == ["a", "b", "d", "c"]
