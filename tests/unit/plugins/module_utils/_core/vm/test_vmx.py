from __future__ import annotations

import random

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.guests import family_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Cpu, Disk, Guest, Nic, Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.vmx import parse_vmx


def make_vmx(vm: Vm) -> bytes:
    """The VMX of a canonical machine."""
    lines = [
        f'displayName = "{vm.name.replace(chr(34), "|22")}"',
        f'memSize = "{vm.memory_mib}"',
        f'numvcpus = "{vm.cpu.count}"',
        f'cpuid.coresPerSocket = "{vm.cpu.cores_per_socket}"',
        f'guestOS = "{vm.guest.id}"',
        f'firmware = "{vm.firmware}"',
        f'uefi.secureBoot.enabled = "{str(vm.secure_boot).upper()}"',
        f'vtpm.present = "{str(vm.tpm).upper()}"',
        f'uuid.bios = "{vm.uuid.replace("-", " ")}"',
    ]
    for disk in vm.disks:
        lines += [f'{disk.bus}{disk.controller}.virtualDev = "{disk.controller_model}"']
        lines += [
            f'{disk.key}.present = "TRUE"',
            f'{disk.key}.fileName = "{disk.file}"',
            f'{disk.key}.mode = "{disk.mode}"',
        ]
    for nic in vm.nics:
        lines += [f'{nic.key}.present = "TRUE"', f'{nic.key}.networkName = "{nic.network}"']
        kind = "address" if nic.mac_type == "static" else "generatedAddress"
        lines += [f'{nic.key}.addressType = "{nic.mac_type}"', f'{nic.key}.{kind} = "{nic.mac}"']
        lines += [f'{nic.key}.virtualDev = "{nic.model}"', f'{nic.key}.startConnected = "{str(nic.connected).upper()}"']
    return "\n".join(['.encoding = "UTF-8"', *lines]).encode()


def some_vm(seed: int) -> Vm:
    source = random.Random(seed)
    guest = source.choice(["rhel9_64Guest", "windows9_64Guest", "debian12_64Guest"])
    places = [(bus, number // 3, number % 3) for bus in ("scsi", "nvme", "sata", "ide") for number in range(6)]
    return Vm(
        source.choice(['web "01"', "db", "ä b"]),
        uuid="42371a2b-3c4d-5e6f-7081-92a3b4c5d6e7",
        cpu=Cpu(source.randrange(1, 65), source.choice([0, 1, 4])),
        memory_mib=source.randrange(4, 1 << 20),
        guest=Guest(guest, "", family_of(guest)),
        firmware=source.choice(["bios", "efi"]),
        secure_boot=source.random() < 0.5,
        tpm=source.random() < 0.5,
        disks=tuple(
            Disk(f"{bus}{number}:{unit}", 0, f"d{unit}.vmdk", "vmdk", bus, f"model-{bus}{number}", number, unit)
            for bus, number, unit in source.sample(places, source.randrange(1, 20))
        ),
        nics=tuple(
            Nic(
                f"ethernet{n}",
                "VLAN 10",
                "vmxnet3",
                f"00:50:56:00:00:{n:02x}",
                source.choice(["static", "generated"]),
                n % 2 == 0,
            )
            for n in range(source.randrange(0, 8))
        ),
        source={"type": "vmx"},
    )


def test_import_parse_of_make_is_the_machine_for_thousands_of_vmx() -> None:
    for seed in range(2000):
        vm = some_vm(seed)
        assert parse_vmx(make_vmx(vm), "a.vmx") == vm, seed


def test_drives_and_absent_devices_are_no_disks() -> None:
    text = 'memSize = "64"\nsata0:0.present = "TRUE"\nsata0:0.deviceType = "cdrom-image"\nsata0:0.fileName = "a.vmdk"\n'
    text += (
        'scsi0:0.present = "FALSE"\nscsi0:0.fileName = "b.vmdk"\nide0:0.present = "TRUE"\nide0:0.fileName = "c.iso"\n'
    )
    assert parse_vmx(text.encode(), "a.vmx").disks == ()


def test_short_guest_names_become_long_ones_and_memory_has_its_default() -> None:
    vm = parse_vmx(b'displayName = "a"\nguestOS = "rhel8-64"\n', "a.vmx")
    assert (vm.guest.id, vm.memory_mib, vm.cpu) == ("rhel8_64Guest", 32, Cpu(1, 1))


@pytest.mark.parametrize("data", [b"", b"<xml/>", b'memSize = "many"', b"x" * (2 << 20)])
def test_what_is_no_vmx_is_refused(data: bytes) -> None:
    with pytest.raises(PlatformError, match=r"^a\.vmx: "):
        parse_vmx(data, "a.vmx")


@pytest.mark.parametrize(
    ("low", "high", "extra"),
    [
        # Numbers and bytes as virt-v2v's page on generation identifiers has them; Windows sees 8987940a09512cc5 first.
        ("-8536691797830587195", "-1723453263670062919", "09512cc5-940a-8987-b950-f54f631015e8"),
        ("1", "", None),
        ("many", "1", None),
        ("9223372036854775808", "1", None),
    ],
)
def test_the_generation_is_what_libvirt_would_give_to_the_same_bytes(low: str, high: str, extra: str | None) -> None:
    text = f'displayName = "a"\nvm.genid = "{low}"\nvm.genidX = "{high}"\n'
    assert parse_vmx(text.encode(), "a.vmx").extra == ({"generation_id": extra} if extra else {})
