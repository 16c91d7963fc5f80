from __future__ import annotations

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.guest import tables

FSTAB = """# /dev/sda1 was / during installation
UUID=aaaa /     ext4 defaults 0 1
/dev/sda2\t/data xfs  defaults 0 2
  /dev/sdb1 none  swap sw       0 0
/dev/mapper/vg-home /home ext4 defaults 0 2
"""


@pytest.mark.parametrize(
    "device", ["/dev/sda", "/dev/sda12", "/dev/hdb1", "/dev/vda1", "/dev/xvdf", "/dev/nvme0n1p2",
               "/dev/disk/by-path/pci-0000:03:00.0-scsi-0:0:0:0-part1", "/dev/disk/by-id/scsi-36000c29-part2"]
)  # fmt: skip
def test_names_that_depend_on_the_hardware(device: str) -> None:
    assert tables.is_fleeting(device)


@pytest.mark.parametrize(
    "device", ["UUID=1", "LABEL=x", "/dev/mapper/vg-root", "/dev/vg0/root", "/dev/disk/by-uuid/1", "/dev/md0", "tmpfs"]
)
def test_names_that_stay(device: str) -> None:
    assert not tables.is_fleeting(device)


def test_a_known_device_is_named_by_uuid_and_all_else_stays() -> None:
    text = tables.with_uuids(FSTAB, 0, {"/dev/sda2": "bbbb"})
    assert text == FSTAB.replace("/dev/sda2\t", "UUID=bbbb\t")
    found = list(tables.table_findings(tables.FSTAB, text))
    assert [finding.place for finding in found] == ["/etc/fstab:4"]
    assert "/dev/sdb1" in found[0].found


def test_the_second_word_of_crypttab_is_the_device() -> None:
    text = "home /dev/sda3 none luks\n"
    assert tables.with_uuids(text, 1, {"/dev/sda3": "cccc"}) == "home UUID=cccc none luks\n"
    assert tables.fleeting_devices(text, 1) == ["/dev/sda3"]


def test_a_uuid_of_two_devices_names_none() -> None:
    export = (
        "DEVNAME=/dev/sda1\nUUID=one\nTYPE=ext4\n\nDEVNAME=/dev/sdb1\nUUID=two\nTYPE=ext4\n\n"
        "DEVNAME=/dev/sdc1\nUUID=two\nTYPE=ext4\n\nDEVNAME=/dev/sdd1\nUUID=raid\nTYPE=linux_raid_member\n\n"
        "DEVNAME=/dev/sde\nPTTYPE=dos\n"
    )
    assert tables.uuids_of(export) == {"/dev/sda1": "one"}


def test_the_kernel_is_not_told_a_name_that_changes() -> None:
    grub = 'GRUB_CMDLINE_LINUX="resume=/dev/sda3 quiet"\nGRUB_DISABLE_LINUX_UUID=true\n'
    found = [str(finding) for finding in tables.boot_findings("ro root=/dev/sda1 quiet", grub)]
    assert [text.partition(";")[0] for text in found] == [
        "kernel command line: root=/dev/sda1 has another name on virtio hardware",
        "/etc/default/grub: resume=/dev/sda3 has another name on virtio hardware",
        "/etc/default/grub: GRUB_DISABLE_LINUX_UUID=true",
    ]
    assert not list(tables.boot_findings("root=UUID=1 resume=/dev/mapper/x", "#GRUB_DISABLE_LINUX_UUID=true\n"))
