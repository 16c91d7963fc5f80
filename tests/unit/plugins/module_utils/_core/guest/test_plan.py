from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.guest import names
from ansible_collections.ironacre.hci.plugins.module_utils._core.guest.model import WANTED, Card, Guest, Kernel
from ansible_collections.ironacre.hci.plugins.module_utils._core.guest.plan import plan_guest, receipt, receipt_text

ALL = frozenset(WANTED)
OLD = Kernel("6.1", "/boot/initrd.img-6.1", offers=ALL, size=20 << 20, free=1 << 30)
GOOD = replace(OLD, holds=ALL)
BARE = Guest(tool="initramfs-tools", kernels=(OLD,), files={"/etc/fstab": "UUID=1 / ext4\n"}, agent="installed")


def test_a_guest_without_drivers_gets_them_for_good() -> None:
    plan = plan_guest(BARE)
    assert plan.steps == ("write /etc/initramfs-tools/modules", "build /boot/initrd.img-6.1 again")
    assert not plan.blocking and receipt(BARE, plan)["virtio"] is False


def test_a_prepared_guest_needs_nothing() -> None:
    guest = replace(BARE, kernels=(GOOD,))
    plan = plan_guest(guest)
    assert plan.steps == () and receipt(guest, plan)["virtio"] is True


def test_only_the_kernels_that_lack_drivers_are_touched() -> None:
    newer = replace(GOOD, release="6.5", image="/boot/initrd.img-6.5")
    assert [kernel.release for kernel in plan_guest(replace(BARE, kernels=(OLD, newer))).kernels] == ["6.1"]


def test_a_driver_that_one_kernel_lacks_is_not_asked_of_all() -> None:
    """A name that no module has would make the tool warn, or fail, for ever."""
    small = replace(OLD, offers=ALL - {"virtio_scsi"})
    plan = plan_guest(replace(BARE, kernels=(small,)))
    assert "virtio_scsi" not in plan.files["/etc/initramfs-tools/modules"]
    assert not plan.blocking


def test_built_in_drivers_need_no_file() -> None:
    assert plan_guest(replace(BARE, kernels=(replace(OLD, builtin=ALL, offers=frozenset()),))).steps == ()


@pytest.mark.parametrize(
    ("change", "place", "words"),
    [
        ({"kernels": ()}, "/boot", "no kernel"),
        ({"tool": ""}, "initramfs", "none of update-initramfs, dracut and mkinitrd"),
        ({"kernels": (replace(OLD, offers=ALL - {"virtio_blk"}),)}, "kernel 6.1", "has no virtio_blk"),
        ({"kernels": (replace(OLD, free=30 << 20),)}, "/boot/initrd.img-6.1", "30 MiB are free beside it, 56 MiB"),
        ({"command_line": "root=/dev/sda1"}, "kernel command line", "root=/dev/sda1"),
        ({"files": {"/etc/fstab": "/dev/sda1 / ext4\n"}}, "/etc/fstab:1", "/dev/sda1"),
    ],
)
def test_what_blocks_virtio_is_told(change: dict[str, Any], place: str, words: str) -> None:
    guest = replace(BARE, **change)
    plan = plan_guest(guest)
    assert [finding.place for finding in plan.blocking] == [place]
    assert words in plan.blocking[0].found
    assert receipt(guest, plan)["virtio"] is False


def test_a_device_with_a_uuid_blocks_nothing() -> None:
    guest = replace(BARE, files={"/etc/fstab": "/dev/sda1 / ext4\n"}, devices={"/dev/sda1": "aa"})
    plan = plan_guest(guest)
    assert plan.files["/etc/fstab"] == "UUID=aa / ext4\n" and not plan.blocking


def test_names_are_bound_and_the_image_learns_them() -> None:
    cards = (Card("ens192", "00:50:56:00:00:01"), Card("ens224", "00:50:56:00:00:02", pinned=True))
    guest = replace(BARE, kernels=(GOOD,), cards=cards)
    plan = plan_guest(guest)
    assert plan.steps == ("write /etc/systemd/network/10-ironacre-ens192.link", "build /boot/initrd.img-6.1 again")
    text = plan.files["/etc/systemd/network/10-ironacre-ens192.link"]
    assert "MACAddress=00:50:56:00:00:01\nType=ether\n" in text and "Name=ens192\n" in text
    assert plan_guest(guest, names=False).steps == ()


def test_an_image_older_than_the_names_is_built_again() -> None:
    """The run before wrote the names and was cut off."""
    assert plan_guest(replace(BARE, kernels=(replace(GOOD, stale=True),))).steps == (
        "build /boot/initrd.img-6.1 again",
    )


def test_an_old_udev_gets_rules() -> None:
    files = names.name_files((Card("eth0", "00:50:56:00:00:01"),), links=False)
    assert 'ATTR{address}=="00:50:56:00:00:01"' in files[names.RULES_FILE] and 'NAME="eth0"' in files[names.RULES_FILE]
    assert names.name_files((), links=False) == {}


def test_several_kernel_names_are_a_remark() -> None:
    cards = (Card("eth0", "00:50:56:00:00:01"), Card("eth1", "00:50:56:00:00:02"))
    plan = plan_guest(replace(BARE, kernels=(GOOD,), cards=cards, agent="absent"))
    assert [finding.place for finding in plan.remarks] == ["network", "qemu-guest-agent"] and not plan.blocking


def test_the_evidence_is_stable_json() -> None:
    guest = replace(BARE, kernels=(GOOD,), cards=(Card("ens1", "00:50:56:00:00:01", pinned=True),))
    facts = receipt(guest, plan_guest(guest))
    assert json.loads(receipt_text(facts)) == facts
    assert facts["interfaces"] == {"00:50:56:00:00:01": "ens1"} and facts["kernels"] == {"6.1": sorted(WANTED)}
