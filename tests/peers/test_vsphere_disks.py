"""Disks out of a vCenter are equal byte for byte, by files and by exports, whatever breaks on the way."""

from __future__ import annotations

import hashlib
import http.client
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.vsphere.folder import STREAMS
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.vsphere.tls import PinnedConnection
from ansible_collections.ironacre.hci.plugins.modules import vm_disk_copy
from tests.peers.vcenter_sim import VcenterSim, serving
from tests.peers.vsphere_source import MIB, SIZE, content, estate, image, opened, options, raised
from tests.unit.running import Run


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return image(tmp_path_factory.mktemp("image") / "disk.raw")


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory, raw: Path) -> Iterator[VcenterSim]:
    with serving(tmp_path_factory.mktemp("disks"), estate(raw)) as sim:
        yield sim


@pytest.fixture
def sim(started: VcenterSim) -> Iterator[VcenterSim]:
    started.clear()
    yield started
    started.clear()


def fetched(sim: VcenterSim, transport: str, name: str = "off") -> tuple[bytes, list[float], int]:
    """Contents of the first disk, the pauses that were made, and the bytes that were read for them."""
    pauses: list[float] = []
    with opened(sim, pauses, transport=transport) as package:
        stream = package.disk(package.vm(name).disks[0])
        return content(stream), pauses, stream.bytes_read


@pytest.mark.parametrize("transport", ["folder", "nfc", "auto"])
def test_the_disk_is_the_same_by_every_transport(sim: VcenterSim, raw: Path, transport: str) -> None:
    assert fetched(sim, transport)[0] == raw.read_bytes()


def test_files_are_preferred_and_leave_no_trace(sim: VcenterSim) -> None:
    with opened(sim) as package:
        stream = package.disk(package.vm("off").disks[0])
        assert stream.engine == "folder"
        content(stream)
    assert sim.changes() == []


def test_of_a_tracked_disk_only_what_is_allocated_is_read(sim: VcenterSim, raw: Path) -> None:
    with opened(sim) as package:
        package.machine("tracked").shut_down(60, force=False)
    data, _pauses, read = fetched(sim, "auto", "tracked")
    assert data == raw.read_bytes()
    assert read < 9 * MIB
    assert fetched(sim, "auto")[2] == SIZE


def test_connections_stay_open(sim: VcenterSim, monkeypatch: pytest.MonkeyPatch) -> None:
    """At most as many as there are streams, however many requests."""
    made: list[PinnedConnection] = []
    opening = PinnedConnection.connect
    monkeypatch.setattr(PinnedConnection, "connect", lambda self: (made.append(self), opening(self)))
    with opened(sim) as package:
        disk = package.disk(package.vm("off").disks[0])
        made.clear()
        content(disk)
    assert 0 < len(made) <= STREAMS


@pytest.mark.parametrize("transport", ["folder", "nfc"])
@pytest.mark.parametrize("after", [0, 1000, 3 * MIB])
def test_a_reset_in_the_middle_costs_nothing_but_a_moment(
    sim: VcenterSim, raw: Path, transport: str, after: int
) -> None:
    sim.fault(transport, "reset", skip=3 if transport == "folder" else 0, after_bytes=after)
    data, pauses, _read = fetched(sim, transport)
    assert data == raw.read_bytes()
    assert len(pauses) == 1


@pytest.mark.parametrize("transport", ["folder", "nfc"])
def test_a_body_that_ends_early_is_seen(sim: VcenterSim, raw: Path, transport: str) -> None:
    sim.fault(transport, "truncate", skip=3 if transport == "folder" else 0, after_bytes=2 * MIB)
    data, pauses, _read = fetched(sim, transport)
    assert (data == raw.read_bytes(), len(pauses)) == (True, 1)


@pytest.mark.parametrize("transport", ["folder", "nfc"])
def test_a_storm_of_503_passes(sim: VcenterSim, raw: Path, transport: str) -> None:
    sim.fault(transport, "status", status=503, count=4)
    data, pauses, _read = fetched(sim, transport)
    assert data == raw.read_bytes()
    assert len(pauses) == 4
    assert pauses == sorted(pauses)


@pytest.mark.parametrize("transport", ["folder", "nfc"])
def test_a_storm_without_end_is_told_and_may_be_tried_later(sim: VcenterSim, transport: str) -> None:
    sim.fault(transport, "status", status=503, count=-1)
    message = raised(lambda: fetched(sim, transport))
    assert "503" in message
    assert "run again" in message


def test_a_wrong_length_is_not_believed(sim: VcenterSim, raw: Path) -> None:
    sim.fault("folder", "wrong_length", delta=-100, skip=3)
    data, pauses, _read = fetched(sim, "folder")
    assert (data == raw.read_bytes(), len(pauses)) == (True, 1)


def test_a_server_that_ignores_ranges_is_left_for_an_export(sim: VcenterSim, raw: Path) -> None:
    sim.fault("folder", "ignore_range", count=-1)
    assert fetched(sim, "auto")[0] == raw.read_bytes()
    assert sim.changes("ExportVm") == [("ExportVm", "off")]
    assert "ignores ranges" in raised(lambda: fetched(sim, "folder"))


@pytest.mark.parametrize("status", [403, 404])
def test_a_permanent_error_fails_at_once(sim: VcenterSim, status: int) -> None:
    sim.fault("folder", "status", status=status, count=-1)
    pauses: list[float] = []
    with opened(sim, pauses, transport="folder") as package:
        disk = package.vm("off").disks[0]
        assert str(status) in raised(lambda: package.disk(disk))
    assert pauses == []
    assert sim.journal()["http"].get(f"GET folder {status}", 1) == 1


def test_a_session_that_ends_while_a_file_is_read_is_renewed_once(sim: VcenterSim, raw: Path) -> None:
    with opened(sim) as package:
        stream = package.disk(package.vm("off").disks[0])
        sim.expire_sessions()
        assert content(stream) == raw.read_bytes()
    assert sim.journal()["logins"]["accepted"] == 2


def test_a_session_that_ends_during_an_export_is_renewed(sim: VcenterSim, raw: Path) -> None:
    with opened(sim, [], transport="nfc") as package:
        stream = package.disk(package.vm("off").disks[0])
        found = bytearray(SIZE)
        for number, (offset, data) in enumerate(stream.extents()):
            if number == 1:
                sim.expire_sessions()
            found[offset : offset + len(data)] = data
    assert found == raw.read_bytes()
    # The session took its lease along; a real vCenter ends that by itself.
    sim.expire_leases()


def test_a_lease_that_expires_is_taken_again_and_nothing_comes_twice(sim: VcenterSim, raw: Path) -> None:
    sim.fault("lease", "expire", after_bytes=5 * MIB + MIB // 2)
    with opened(sim, [], transport="nfc") as package:
        stream = package.disk(package.vm("off").disks[0])
        offsets, found = [], bytearray(SIZE)
        for offset, data in stream.extents():
            offsets.append(offset)
            found[offset : offset + len(data)] = data
    assert found == raw.read_bytes()
    assert offsets == sorted(set(offsets))
    assert len(sim.changes("ExportVm")) == 2


def test_an_export_that_was_changed_on_the_way_is_not_believed(
    sim: VcenterSim, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Text in the descriptor: no checksum of the image covers it, the manifest of the lease does."""
    reading = http.client.HTTPResponse.readinto

    def altered(self: http.client.HTTPResponse, buffer: memoryview) -> int:
        count = reading(self, buffer)
        place = bytes(buffer[:count]).find(b"# Disk DescriptorFile")
        if place >= 0:
            buffer[place + 2 : place + 6] = b"disk"
        return count

    monkeypatch.setattr(http.client.HTTPResponse, "readinto", altered)
    assert "somebody changed them on the way" in raised(lambda: fetched(sim, "nfc"))


def test_every_lease_is_ended(sim: VcenterSim) -> None:
    fetched(sim, "nfc")
    with opened(sim, transport="nfc") as package:
        stream = package.disk(package.vm("off").disks[0])
        iterator = stream.extents()
        next(iterator)
        iterator.close()
    assert sim.machines()["off"]["exported"] is False
    ended = [name for name, _machine in sim.changes("HttpNfcLeaseComplete", "HttpNfcLeaseAbort")]
    assert ended == ["HttpNfcLeaseComplete", "HttpNfcLeaseAbort"]


@pytest.mark.parametrize("transport", ["auto", "folder", "nfc"])
def test_disks_of_a_running_machine_are_not_read_while_they_change(sim: VcenterSim, transport: str) -> None:
    with opened(sim, transport=transport) as package:
        disk = package.vm("web01").disks[0]
        assert "is not off" in raised(lambda: package.disk(disk))


def test_a_datastore_without_files_is_read_by_an_export(sim: VcenterSim, raw: Path) -> None:
    assert fetched(sim, "auto", "vsan")[0] == raw.read_bytes()
    assert sim.changes("ExportVm") == [("ExportVm", "vsan")]


def test_the_difference_to_a_foreign_snapshot_is_read_by_an_export(sim: VcenterSim, raw: Path) -> None:
    with opened(sim) as package:
        stream = package.disk(package.vm("snapped").disks[0])
        assert stream.engine.startswith("nfc")
        assert content(stream) == raw.read_bytes()


def test_a_disk_is_copied_into_a_file_and_only_read_again_afterwards(
    run: Run, sim: VcenterSim, raw: Path, tmp_path: Path
) -> None:
    params = {"archive": options(sim, vm="off"), "dest": str(tmp_path / "disk"), "verify": "readback"}
    first = run(vm_disk_copy, params)
    assert hashlib.sha256((tmp_path / "disk").read_bytes()).digest() == hashlib.sha256(raw.read_bytes()).digest()
    again = run(vm_disk_copy, params)
    assert (again["digest"], again["bytes_written"]) == (first["digest"], 0)
    assert sim.changes() == []
