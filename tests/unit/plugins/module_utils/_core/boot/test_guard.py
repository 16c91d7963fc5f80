"""What counts as data that nobody said may be erased."""

from __future__ import annotations

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.guard import foreign_data

VMFS = "part:AA31E02A-400F-11DB-9590-000C2911D1B8@sda2"


@pytest.mark.parametrize(
    ("found", "allowed", "foreign"),
    [
        ([], [], ()),
        (["gpt@sda", "PMBR@sda"], [], ()),
        (["ext4@sda"], [], ("ext4@sda",)),
        (["ext4@sda"], ["EXT4"], ()),
        (["gpt@sda", "ext4@sda1", "vfat@sda2"], ["ext4"], ("vfat@sda2",)),
        (["unreadable@sda"], ["ext4"], ("unreadable@sda",)),
        (["data@sda"], [], ("data@sda",)),
        (["data@sda"], ["data"], ()),
        ([VMFS], [], ("vmfs@sda2",)),
        ([VMFS, "data@sda2"], ["vmfs"], ()),
        (["part:381CFCCC-7288-11E0-92EE-000C2911D0B2@sda1"], ["vmfs"], ("vsan@sda1",)),
        (["part:21686148-6449-6E6F-744E-656564454649@sda1", "data@sda1"], [], ()),
        (["part:0FC63DAF-8483-4772-8E79-3D69D8477DE4@sda1", "data@sda1"], [], ("data@sda1",)),
        (["zfs_member@sda", "zfs_member@sda"], [], ("zfs_member@sda",)),
        (["LVM2_member@sda", "linux_raid_member@sdb", "ceph_bluestore@sdc"], ["lvm2_member"],
         ("linux_raid_member@sdb", "ceph_bluestore@sdc")),
    ],
)  # fmt: skip
def test_foreign_data(found: list[str], allowed: list[str], foreign: tuple[str, ...]) -> None:
    assert foreign_data(found, allowed) == foreign
