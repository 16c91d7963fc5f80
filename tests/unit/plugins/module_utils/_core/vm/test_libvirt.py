from __future__ import annotations

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.libvirt import parse_domain
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Cpu, Disk, Guest, Nic

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
