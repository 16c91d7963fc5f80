"""Sources that are files of this machine, told by their names: plain images, VMX folders, libvirt domains."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ansible_collections.ironacre.hci.plugins.modules import vm_disk_copy, vm_source_info
from tests.peers.peers import needs
from tests.unit.running import Run

MIB = 1 << 20
RAW = bytes(MIB) + bytes(range(256)) * 4096 + bytes(3 * MIB)
VMX = """displayName = "web01"
memSize = "512"
numvcpus = "2"
scsi0.virtualDev = "pvscsi"
scsi0:0.present = "TRUE"
scsi0:0.fileName = "web01.vmdk"
ethernet0.present = "TRUE"
ethernet0.networkName = "VLAN 10"
"""
DOMAIN = """<domain><name>web01</name><memory unit="MiB">512</memory><vcpu>2</vcpu><devices>
<disk device="disk"><driver type="qcow2"/><source file="web01.qcow2"/><target dev="vda" bus="virtio"/></disk>
</devices></domain>"""


def image(folder: Path, kind: str, name: str) -> Path:
    """An image with known contents, written by qemu-img."""
    needs("qemu-img", "qemu-nbd")
    raw = folder / "original"
    raw.write_bytes(RAW)
    path = folder / name
    subprocess.run(["qemu-img", "convert", "-f", "raw", "-O", kind, str(raw), str(path)], check=True)
    raw.unlink()
    return path


@pytest.mark.parametrize(
    ("kind", "name"), [("raw", "web01.img"), ("qcow2", "web01.qcow2"), ("vmdk", "web01.vmdk"), ("vpc", "web01.vhd")]
)
def test_an_image_is_a_machine_that_nobody_described(run: Run, tmp_path: Path, kind: str, name: str) -> None:
    path = image(tmp_path, kind, name)
    (found,) = run(vm_source_info, {"source": {"path": str(path)}})["vms"]
    assert (found["name"], found["memory_mib"], found["source"]["type"]) == ("web01", 0, "image")
    assert found["disks"][0]["capacity"] >= len(RAW)
    run(vm_disk_copy, {"archive": {"path": str(path)}, "dest": str(tmp_path / "copy"), "verify": "readback"})
    assert (tmp_path / "copy").read_bytes()[: len(RAW)] == RAW


@pytest.mark.parametrize("whole_folder", [True, False])
def test_a_vmx_with_its_disks(run: Run, tmp_path: Path, whole_folder: bool) -> None:
    image(tmp_path, "vmdk", "web01.vmdk")
    (tmp_path / "web01.vmx").write_text(VMX)
    source = {"path": str(tmp_path if whole_folder else tmp_path / "web01.vmx")}
    (found,) = run(vm_source_info, {"source": source})["vms"]
    assert (found["source"]["type"], found["cpu"]["count"], found["nics"][0]["network"]) == ("vmx", 2, "VLAN 10")
    assert found["disks"][0]["capacity"] == len(RAW)
    run(vm_disk_copy, {"archive": source, "dest": str(tmp_path / "copy")})
    assert (tmp_path / "copy").read_bytes() == RAW


def test_a_libvirt_domain_with_its_disks(run: Run, tmp_path: Path) -> None:
    image(tmp_path, "qcow2", "web01.qcow2")
    (tmp_path / "web01.xml").write_text(DOMAIN)
    source = {"path": str(tmp_path)}
    (found,) = run(vm_source_info, {"source": source})["vms"]
    assert (found["source"]["type"], found["memory_mib"], found["disks"][0]["bus"]) == ("libvirt", 512, "virtio")
    run(vm_disk_copy, {"archive": source, "dest": str(tmp_path / "copy")})
    assert (tmp_path / "copy").read_bytes() == RAW
