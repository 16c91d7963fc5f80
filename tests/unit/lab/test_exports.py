from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.libvirt import parse_domain
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.vmx import parse_vmx
from lab.build import exports
from lab.build.ovf import Machine
from lab.recipes import guest_kinds

MACS = ("52:54:00:80:00:31", "52:54:00:80:00:32")
MACHINE = Machine("bios", macs=MACS, firmware="efi", cpus=2, memory_mib=512)
Write = Callable[[Path, Machine, Sequence[Path]], Path]
Parse = Callable[[bytes, str], Vm]


@pytest.mark.parametrize(
    ("write", "parse", "ending"),
    [(exports.write_vmx, parse_vmx, "vmdk"), (exports.write_domain, parse_domain, "qcow2")],
)
def test_a_description_says_what_the_machine_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Write, parse: Parse, ending: str
) -> None:
    monkeypatch.setattr(exports, "tool", lambda *_command: "")
    path = write(tmp_path / "folder", MACHINE, [Path("a.raw"), Path("b.raw")])
    vm = parse(path.read_bytes(), "place")
    assert (vm.name, vm.firmware, vm.cpu.count, vm.memory_mib) == ("bios", "efi", 2, 512)
    assert tuple(nic.mac for nic in vm.nics) == MACS
    assert [nic.network for nic in vm.nics] == ["VM Network", "VM Network 2"]
    assert len({disk.file for disk in vm.disks}) == 2 and all(disk.file.endswith(ending) for disk in vm.disks)


def test_every_kind_of_a_guest_has_a_place_of_its_own(tmp_path: Path) -> None:
    found = guest_kinds.written(tmp_path, guest_kinds.UEFI)
    assert set(found.kinds) == {"ova", "ovf", "vmx", "libvirt", *exports.IMAGES}
    assert len(set(found.kinds.values())) == len(found.kinds) and len(found.disks) == 2


def test_the_guest_without_drivers_lacks_them_and_needs_its_disk() -> None:
    assert not [name for name in guest_kinds.BARE.modules if name.startswith("virtio")]
    assert guest_kinds.BARE.root and guest_kinds.BIOS.root
