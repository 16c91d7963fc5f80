"""The OVA generator: what an importer that reads forward only must find, in that order."""

from __future__ import annotations

import hashlib
import shutil
import tarfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from lab.build.ovf import MIB, Machine, envelope, write_ova

OVF = "{http://schemas.dmtf.org/ovf/envelope/1}"
RASD = "{http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData}"
VMW = "{http://www.vmware.com/schema/ovf}"
TWO_NICS = Machine("twin & co", macs=("52:54:00:80:00:22", "52:54:00:80:00:23"), firmware="efi", cpus=2, memory_mib=512)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    found = [tmp_path / "a.vmdk", tmp_path / "b.vmdk"]
    for number, path in enumerate(found, 1):
        path.write_bytes(b"x" * number)
    return found


def items(root: ElementTree.Element, kind: int) -> list[ElementTree.Element]:
    return [item for item in root.iter(f"{OVF}Item") if item.findtext(f"{RASD}ResourceType") == str(kind)]


def test_descriptor_says_what_the_machine_is(files: list[Path]) -> None:
    root = ElementTree.fromstring(envelope(TWO_NICS, files, [96 * MIB, 8 * MIB]))
    assert [item.findtext(f"{RASD}VirtualQuantity") for item in items(root, 3)] == ["2"]
    assert [item.findtext(f"{RASD}VirtualQuantity") for item in items(root, 4)] == ["512"]
    assert [item.findtext(f"{RASD}Address") for item in items(root, 10)] == list(TWO_NICS.macs)
    assert [item.findtext(f"{RASD}HostResource") for item in items(root, 17)] == [
        "ovf:/disk/vmdisk1",
        "ovf:/disk/vmdisk2",
    ]
    firmware = [config for config in root.iter(f"{VMW}Config") if config.get(f"{VMW}key") == "firmware"]
    assert [config.get(f"{VMW}value") for config in firmware] == ["efi"]


def test_disks_refer_to_files_of_their_size(files: list[Path]) -> None:
    root = ElementTree.fromstring(envelope(TWO_NICS, files, [96 * MIB, 8 * MIB]))
    sizes = {entry.get(f"{OVF}id"): entry.get(f"{OVF}size") for entry in root.iter(f"{OVF}File")}
    assert sizes == {"file1": "1", "file2": "2"}
    assert [(disk.get(f"{OVF}fileRef"), disk.get(f"{OVF}capacity")) for disk in root.iter(f"{OVF}Disk")] == [
        ("file1", "96"),
        ("file2", "8"),
    ]


def test_hardware_items_keep_the_order_of_the_schema(files: list[Path]) -> None:
    for item in ElementTree.fromstring(envelope(TWO_NICS, files, [MIB, MIB])).iter(f"{OVF}Item"):
        names = [child.tag for child in item]
        assert names == sorted(names)


@pytest.mark.skipif(shutil.which("qemu-img") is None, reason="qemu-img is not installed")
def test_archive_has_descriptor_and_manifest_before_the_disks(tmp_path: Path) -> None:
    disk = tmp_path / "disk.raw"
    disk.write_bytes(b"boot" * 1024 + bytes(MIB))
    archive = write_ova(tmp_path / "m.ova", Machine("m", macs=()), [disk], tmp_path)
    with tarfile.open(archive) as tar:
        contents = {name: tar.extractfile(name) for name in tar.getnames()}
        data = {name: handle.read() for name, handle in contents.items() if handle}
    assert list(data) == ["m.ovf", "m.mf", "m-disk1.vmdk"]
    lines = [f"SHA256({name})= {hashlib.sha256(data[name]).hexdigest()}" for name in ("m.ovf", "m-disk1.vmdk")]
    assert data["m.mf"].decode().splitlines() == lines
    assert data["m-disk1.vmdk"].startswith(b"KDMV")
