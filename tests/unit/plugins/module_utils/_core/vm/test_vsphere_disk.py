"""Files of a datastore, exports, and areas of a disk."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm import vsphere_disk
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Disk, Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.source import Area
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.vsphere_disk import DatastoreFile
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.vsphere_export import Export, export_of

FILE = DatastoreFile("ds 1", "web01/web01.vmdk")
HEAD = '# Disk DescriptorFile\nversion=1\ncreateType="vmfs"\n\n# Extent description\n'


def descriptor(extent: str) -> bytes:
    return (HEAD + extent + "\n").encode()


def test_the_address_of_a_file() -> None:
    file = vsphere_disk.datastore_file("[ds 1] web 01/web01.vmdk")
    assert file.target("Europe%2fWest/DC0") == "/folder/web%2001/web01.vmdk?dcPath=Europe%252fWest%2FDC0&dsName=ds%201"


@pytest.mark.parametrize("text", ["", "web01.vmdk", "[] x", "[ds1]"])
def test_what_is_no_file_of_a_datastore(text: str) -> None:
    with pytest.raises(PlatformError, match="no file of a datastore"):
        vsphere_disk.datastore_file(text)


@pytest.mark.parametrize(
    "extent", ['RW 4 VMFS "web01-flat.vmdk"', 'RW 4 FLAT "web01-flat.vmdk" 0', 'rw 4 vmfs "web01-flat.vmdk"']
)
def test_a_descriptor_names_the_file_with_the_bytes(extent: str) -> None:
    assert vsphere_disk.flat_file(descriptor(extent), FILE) == DatastoreFile("ds 1", "web01/web01-flat.vmdk")


@pytest.mark.parametrize(
    ("extent", "finding"),
    [
        ("", "names no extent"),
        ('RW 4 VMFSSPARSE "web01-delta.vmdk"', "difference to a snapshot"),
        ('RW 4 SESPARSE "web01-sesparse.vmdk"', "difference to a snapshot"),
        ('RW 4 VMFSRDM "web01-rdm.vmdk"', "raw device mapping"),
        ('RW 4 VMFS "vsan://52a1"', "lies in an extent of kind VMFS"),
        ('RW 4 FLAT "a-flat.vmdk" 128', "lies in an extent of kind FLAT"),
        ('RW 4 SPARSE "web01-s001.vmdk"', "lies in an extent of kind SPARSE"),
        ('RW 2 VMFS "a.vmdk"\nRW 2 VMFS "b.vmdk"', "has 2 extents"),
        ('RW 4 VMFS "../other/other-flat.vmdk"', "outside its folder"),
        ('RW 4 VMFS ".."', "outside its folder"),
    ],
)
def test_disks_that_are_not_read_by_place(extent: str, finding: str) -> None:
    with pytest.raises(PlatformError, match=finding):
        vsphere_disk.flat_file(descriptor(extent), FILE)


@pytest.mark.parametrize("area", [(-1, 5), (0, 0), (0, -5), (90, 11), (100, 1)])
def test_changes_beyond_the_disk_are_refused(area: tuple[int, int]) -> None:
    with pytest.raises(PlatformError, match="change tracking is damaged"):
        list(vsphere_disk.areas_of([(0, 10), area], 100, "vm"))


def test_areas_are_joined_and_cut_without_losing_a_byte() -> None:
    chance = random.Random(7)
    for _round in range(300):
        areas = [Area(chance.randrange(200), chance.randint(1, 40)) for _number in range(chance.randint(0, 12))]
        wanted = {byte for area in areas for byte in range(area.offset, area.offset + area.length)}
        joined = vsphere_disk.merged(areas)
        cut = list(vsphere_disk.pieces(joined, 16))
        for found in (joined, cut):
            listed = [byte for area in found for byte in range(area.offset, area.offset + area.length)]
            assert listed == sorted(wanted)
        assert all(area.offset // 16 == (area.offset + area.length - 1) // 16 for area in cut)


DISKS = (
    Disk("2000", 1, controller_model="pvscsi", unit=0),
    Disk("2001", 1, controller_model="pvscsi", unit=1),
    Disk("2002", 1, controller_model="ahci", bus="sata", unit=0),
)
VM = Vm("web01", disks=DISKS)


def url(key: str, address: str = "https://*/nfc/1/disk.vmdk", **more: Any) -> dict[str, Any]:
    return {"key": key, "url": address, "disk": True, **more}


def test_an_export_is_found_by_controller_and_unit() -> None:
    urls = [
        url("/vm-1/VirtualAHCIController0:0", "https://*/nfc/1/c.vmdk"),
        url("/vm-1/ParaVirtualSCSIController0:1", "https://esx1:444/nfc/1/b.vmdk", sslThumbprint="AB:" * 19 + "AB"),
        url("/vm-1/ParaVirtualSCSIController0:0", "https://*/nfc/1/a.vmdk"),
        url("/vm-1/nvram", disk=False),
    ]
    assert export_of(urls, VM, DISKS[0], "x") == Export("/nfc/1/a.vmdk", key=urls[2]["key"])
    assert export_of(urls, VM, DISKS[1], "x") == Export("/nfc/1/b.vmdk", "esx1", 444, "ab" * 20, urls[1]["key"])


def test_without_telling_keys_the_order_counts() -> None:
    urls = [url(f"disk-{number}", f"https://*/nfc/1/{number}.vmdk") for number in range(3)]
    assert export_of(urls, VM, DISKS[2], "x").target == "/nfc/1/2.vmdk"


@pytest.mark.parametrize(
    "urls",
    [[], [url("disk-0")], [url("/vm-1/ParaVirtualSCSIController0:0"), url("/vm-1/ParaVirtualSCSIController1:1")]],
)
def test_a_disk_that_is_not_exported_is_told(urls: list[dict[str, Any]]) -> None:
    with pytest.raises(PlatformError, match="not disk 2001"):
        export_of(urls, replace(VM, disks=DISKS[:2]), DISKS[1], "x")
