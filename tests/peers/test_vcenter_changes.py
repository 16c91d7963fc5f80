"""Snapshots and change tracking of the vCenter stand-in: what is frozen, and what has changed since."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.peers.vcenter_estate import KIB64, MIB, SIZE, areas, cookie, covers, disks, flat, machine, request
from tests.peers.vcenter_sim import VcenterSim, wait


def test_a_snapshot_freezes_what_the_machine_goes_on_to_write(vcenter: VcenterSim, vcenter_image: Path) -> None:
    vm = machine(vcenter, "on")
    content = vcenter_image.read_bytes()
    snapshot = wait(vm.CreateSnapshot_Task("ours", "", False, False))
    vcenter.write("on", b"after the snapshot", 3 * MIB)
    assert request(vcenter, flat(vm), Cookie=cookie(vm))[1] == content
    assert vcenter.content("on")[3 * MIB :][:18] == b"after the snapshot"
    backing = disks(vm.config)[0].backing
    assert (backing.fileName, backing.parent.fileName) == ("[ds1] on/on-000001.vmdk", "[ds1] on/on.vmdk")
    assert disks(snapshot.config)[0].backing.fileName == "[ds1] on/on.vmdk"
    wait(snapshot.RemoveSnapshot_Task(False))
    assert (vm.snapshot, disks(vm.config)[0].backing.fileName) == (None, "[ds1] on/on.vmdk")
    assert vcenter.machines()["on"]["layers"] == [0, 0]
    assert vcenter.content("on")[3 * MIB :][:18] == b"after the snapshot"


def test_changes_are_asked_for_between_snapshots(vcenter: VcenterSim) -> None:
    vm = machine(vcenter, "on")
    first = wait(vm.CreateSnapshot_Task("one", "", False, False))
    since = disks(first.config)[0].backing.changeId
    assert covers(areas(vm, first, "*"), 3 * MIB + 512, 2 * MIB)
    written = vcenter.scribble("on", seed=7, pieces=20, bytes=5000)
    wait(first.RemoveSnapshot_Task(False))
    second = wait(vm.CreateSnapshot_Task("two", "", False, False))
    vcenter.write("on", b"too late", 20 * MIB)
    found = areas(vm, second, since)
    assert all(covers(found, *piece) for piece in written)
    assert sum(length for _, length in found) <= 2 * 20 * KIB64
    later = disks(second.config)[0].backing.changeId
    assert later.split("/")[0] == since.split("/")[0] and later != since
    assert areas(vm, second, later) == []
    assert request(vcenter, flat(vm), Cookie=cookie(vm))[1][20 * MIB :][:8] == bytes(8)
    wait(second.RemoveSnapshot_Task(False))


def test_a_place_written_before_and_after_a_snapshot_belongs_to_both(vcenter: VcenterSim) -> None:
    vm = machine(vcenter, "on")
    first = wait(vm.CreateSnapshot_Task("one", "", False, False))
    vcenter.write("on", b"before", 10 * MIB)
    second = wait(vm.CreateSnapshot_Task("two", "", False, False))
    vcenter.write("on", b"after!", 10 * MIB)
    assert areas(vm, second, disks(first.config)[0].backing.changeId) == [(10 * MIB, KIB64)]
    wait(vm.RemoveAllSnapshots_Task())
    assert vcenter.content("on")[10 * MIB :][:6] == b"after!"
    assert vcenter.machines()["on"]["snapshots"] == 0


def test_change_tracking_waits_for_a_stun_and_can_be_reset_or_lie(vcenter: VcenterSim) -> None:
    from pyVmomi import vim

    vm = machine(vcenter, "on")
    first = wait(vm.CreateSnapshot_Task("one", "", False, False))
    since = disks(first.config)[0].backing.changeId
    vcenter.write("on", b"x", 0)
    second = wait(vm.CreateSnapshot_Task("two", "", False, False))
    vcenter.fault("cbt", "lie")
    assert areas(vm, second, since) == []
    assert areas(vm, second, since) == [(0, KIB64)]
    vcenter.reset_changes("on")
    third = wait(vm.CreateSnapshot_Task("three", "", False, False))
    assert disks(third.config)[0].backing.changeId.split("/")[0] != since.split("/")[0]
    with pytest.raises(vim.fault.FileFault):
        areas(vm, third, since)
    wait(vm.RemoveAllSnapshots_Task())
    other = machine(vcenter, "deaf")
    wait(other.ReconfigVM_Task(vim.vm.ConfigSpec(changeTrackingEnabled=True)))
    assert other.config.changeTrackingEnabled


def test_a_start_behind_the_end_is_refused(vcenter: VcenterSim) -> None:
    from pyVmomi import vmodl

    vm = machine(vcenter, "on")
    snapshot = wait(vm.CreateSnapshot_Task("one", "", False, False))
    with pytest.raises(vmodl.fault.InvalidArgument):
        vm.QueryChangedDiskAreas(snapshot, disks(vm.config)[0].key, SIZE, "*")
    wait(snapshot.RemoveSnapshot_Task(False))


def test_the_lowest_file_is_as_old_as_the_oldest_snapshot(vcenter: VcenterSim, vcenter_image: Path) -> None:
    vm = machine(vcenter, "snapped")
    vcenter.write("snapped", b"since theirs", 6 * MIB)
    ours = wait(vm.CreateSnapshot_Task("ours", "", False, False))
    assert request(vcenter, flat(vm), Cookie=cookie(vm))[1] == vcenter_image.read_bytes()
    lease = ours.ExportSnapshot()
    assert lease.info.totalDiskCapacityInKB == SIZE // 1024
    lease.HttpNfcLeaseAbort()
    wait(ours.RemoveSnapshot_Task(False))
    assert [item.name for item in vm.snapshot.rootSnapshotList] == ["theirs"]
    assert vcenter.machines()["snapped"]["layers"] == [1]
