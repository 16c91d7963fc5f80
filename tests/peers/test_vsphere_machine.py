"""A machine of a vCenter is asked to stop, frozen, tracked and fenced; it is never deleted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.vsphere.machine import VsphereMachine
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.source import ALLOCATED, Area, TrackingLost
from tests.peers.vcenter_sim import VcenterSim, serving
from tests.peers.vsphere_source import MIB, estate, image, opened, raised

DEADLY = (
    "Destroy_Task",
    "UnregisterVM",
    "DeleteDatastoreFile_Task",
    "DeleteVirtualDisk_Task",
    "RemoveAllSnapshots_Task",
)


@pytest.fixture
def sim(tmp_path: Path) -> Iterator[VcenterSim]:
    with serving(tmp_path / "vcenter", estate(image(tmp_path / "disk.raw"))) as sim:
        sim.clear()
        yield sim
        assert sim.changes(*DEADLY, "Rename_Task") == []


def covered(areas: list[Area], offset: int, length: int) -> bool:
    return any(area.offset <= offset and offset + length <= area.offset + area.length for area in areas)


def frozen(machine: VsphereMachine, name: str) -> bytes:
    """The first disk as our snapshot froze it."""
    vm, snapshot = machine.describe(), machine.find_snapshot(name)
    disk = machine.open_ranged(vm.disks[0], snapshot)
    try:
        return disk.read(0, disk.capacity)
    finally:
        disk.close()


def test_a_running_machine_is_frozen_and_tells_what_changed(sim: VcenterSim) -> None:
    with opened(sim) as package:
        machine = package.machine("web01")
        disk = machine.describe().disks[0]
        before = sim.content("web01")
        first = machine.take_snapshot("ironacre-1", quiesce=True)
        sim.write("web01", b"x" * 5000, 2 * MIB)
        assert frozen(machine, "ironacre-1") == before
        allocated = machine.changed(disk, first, ALLOCATED)
        assert covered(allocated, 0, 700)
        assert sum(area.length for area in allocated) < 10 * MIB
        machine.remove_snapshot("ironacre-1")
        second = machine.take_snapshot("ironacre-2", quiesce=False)
        changed = machine.changed(disk, second, first.change_ids[disk.key])
        assert covered(changed, 2 * MIB, 5000)
        assert sum(area.length for area in changed) < MIB
        assert frozen(machine, "ironacre-2") == sim.content("web01")
        machine.remove_snapshot("ironacre-2")
    assert sim.machines()["web01"]["snapshots"] == 0


def test_many_changes_come_in_pages_and_none_is_lost(sim: VcenterSim) -> None:
    with opened(sim) as package:
        machine = package.machine("large")
        disk = machine.describe().disks[0]
        since = machine.take_snapshot("ironacre-1", quiesce=False).change_ids[disk.key]
        machine.remove_snapshot("ironacre-1")
        written = sim.scribble("large", pieces=4000, bytes=16)
        snapshot = machine.take_snapshot("ironacre-2", quiesce=False)
        found = machine.changed(disk, snapshot, since)
        assert all(covered(found, offset, length) for offset, length in written)
        offsets = [area.offset for area in found]
        assert offsets == sorted(offsets)
        assert len(found) > 2000
    assert sim.journal()["calls"]["QueryChangedDiskAreas"] > 1


def test_tracking_that_began_anew_is_told_apart(sim: VcenterSim) -> None:
    with opened(sim) as package:
        machine = package.machine("web01")
        disk = machine.describe().disks[0]
        since = machine.take_snapshot("ironacre-1", quiesce=False).change_ids[disk.key]
        machine.remove_snapshot("ironacre-1")
        sim.reset_changes("web01")
        snapshot = machine.take_snapshot("ironacre-2", quiesce=False)
        with pytest.raises(TrackingLost):
            machine.changed(disk, snapshot, since)


def test_tracking_is_switched_on_once_and_not_below_snapshots(sim: VcenterSim) -> None:
    with opened(sim) as package:
        machine = package.machine("off")
        assert not machine.describe().disks[0].tracking
        machine.enable_tracking()
        machine.enable_tracking()
        assert machine.describe().disks[0].tracking
    assert sim.changes("ReconfigVM_Task") == [("ReconfigVM_Task", "off")]


def test_a_foreign_snapshot_of_the_same_name_is_left_alone(sim: VcenterSim) -> None:
    with opened(sim) as package:
        machine = package.machine("snapped")
        assert machine.find_snapshot("theirs") is None
        machine.remove_snapshot("theirs")
    assert sim.machines()["snapped"]["snapshots"] == 1
    assert sim.changes() == []


def test_a_guest_is_shut_down_and_what_is_off_stays_off(sim: VcenterSim) -> None:
    with opened(sim) as package:
        machine = package.machine("web01")
        assert machine.power() == "on"
        machine.shut_down(60, force=False)
        assert machine.power() == "off"
        machine.shut_down(60, force=False)
    assert sim.changes() == [("ShutdownGuest", "web01")]


@pytest.mark.parametrize(("name", "finding"), [("deaf", "is still on"), ("toolless", "its tools are not running")])
def test_a_guest_that_cannot_be_asked_is_only_cut_off_when_allowed(sim: VcenterSim, name: str, finding: str) -> None:
    with opened(sim) as package:
        machine = package.machine(name)
        assert finding in raised(lambda: machine.shut_down(1, force=False))
        assert machine.power() == "on"
        assert sim.changes("PowerOffVM_Task") == []
        machine.shut_down(1, force=True)
        assert machine.power() == "off"


def test_a_fence_comes_and_goes_without_a_trace(sim: VcenterSim) -> None:
    with opened(sim) as package:
        machine = package.machine("web01")
        before = machine.describe()
        assert "is not off" in raised(lambda: machine.fence("prod/web01"))
        machine.shut_down(60, force=False)
        machine.fence("prod/web01")
        machine.fence("prod/web01")
        assert len(sim.changes("ReconfigVM_Task")) == 1
        assert machine.is_fenced()
        assert not any(sim.machines()["web01"]["connected"])
        fenced = machine.describe()
        assert [nic.connected for nic in fenced.nics] == [nic.connected for nic in before.nics] == [True, False]
        assert "Imported as prod/web01" in fenced.extra["annotation"]
        assert "is fenced" in raised(machine.power_on)
        assert machine.power() == "off"
        machine.unfence()
        machine.unfence()
        assert not machine.is_fenced()
        assert [nic.connected for nic in machine.describe().nics] == [True, False]
        assert machine.describe().extra["annotation"] == "owner: team a"
        machine.power_on()
        assert machine.power() == "on"
        assert machine.describe().name == before.name


def test_somebody_who_plugs_a_cable_back_breaks_the_fence(sim: VcenterSim) -> None:
    with opened(sim) as package:
        machine = package.machine("off")
        machine.fence("prod/off")
        session, vim = machine.session, machine.session.vim
        (card,) = [
            device
            for device in package.inventory.raw(machine.reference, ["config.hardware.device"])["config.hardware.device"]
            if isinstance(device, vim.vm.device.VirtualEthernetCard)
        ]
        card.connectable.startConnected = True
        edit = vim.vm.device.VirtualDeviceSpec(operation="edit", device=card)
        spec = vim.vm.ConfigSpec(deviceChange=[edit])
        machine.tasks.run(lambda: machine.reference.ReconfigVM_Task(spec), "plug", 30)
        assert not machine.is_fenced()
        machine.fence("prod/off")
        assert machine.is_fenced()
        assert session.kind == "vcenter"


def test_a_task_that_fails_says_why(sim: VcenterSim) -> None:
    sim.fault("task", "fault", method="CreateSnapshot_Task", fault="InsufficientResourcesFault")
    with opened(sim) as package:
        machine = package.machine("web01")
        message = raised(lambda: machine.take_snapshot("ironacre-1", quiesce=False))
    assert "take a snapshot of web01" in message
    assert "InsufficientResourcesFault" in message


def test_the_identity_of_a_machine_stays(sim: VcenterSim) -> None:
    with opened(sim) as package:
        identity = package.machine("web01").identity
        sim.write("web01", b"y", 0)
        package.machine("web01").shut_down(60, force=False)
    with opened(sim, vm="web01") as package:
        assert package.identity == identity
        with pytest.raises(PlatformError, match="has no machine 'web09'"):
            package.machine("web09")
