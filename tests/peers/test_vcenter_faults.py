"""Faults of the vCenter stand-in: each happens where it was asked to, as often as it was asked to, and is over then."""

from __future__ import annotations

import http.client
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.vcenter_estate import MIB, SIZE, cookie, flat, machine, request
from tests.peers.vcenter_sim import VcenterSim, wait


@pytest.fixture
def file(vcenter: VcenterSim) -> tuple[str, str]:
    """URL path of a flat file, and a session's cookie."""
    vm = machine(vcenter, "off")
    path, session = flat(vm), cookie(vm)
    vcenter.clear()
    return path, session


@pytest.fixture
def export(vcenter: VcenterSim) -> Iterator[str]:
    """URL path of an exported disk."""
    lease = machine(vcenter, "off").ExportVm()
    yield urllib.parse.urlsplit(lease.info.deviceUrl[0].url).path
    if lease.state == "ready":
        lease.HttpNfcLeaseAbort()


def test_a_connection_is_reset_after_so_many_bytes_and_once(vcenter: VcenterSim, file: tuple[str, str]) -> None:
    path, session = file
    vcenter.fault("folder", "reset", after_bytes=MIB)
    with pytest.raises((ConnectionResetError, http.client.IncompleteRead)):
        request(vcenter, path, Cookie=session)
    assert vcenter.journal()["http"]["GET folder"]["bytes"] == MIB
    assert len(request(vcenter, path, Cookie=session)[1]) == SIZE


def test_a_body_ends_early(vcenter: VcenterSim, file: tuple[str, str], export: str) -> None:
    path, session = file
    vcenter.fault("folder", "truncate", after_bytes=1000)
    with pytest.raises(http.client.IncompleteRead):
        request(vcenter, path, Cookie=session)
    whole = request(vcenter, export)[1]
    vcenter.fault("nfc", "truncate", after_bytes=len(whole) - 512)
    with pytest.raises(http.client.IncompleteRead):
        request(vcenter, export)
    vcenter.fault("nfc", "short", after_bytes=len(whole) - 512)
    assert request(vcenter, export)[1] == whole[:-512]


def test_a_server_is_busy_for_some_requests(vcenter: VcenterSim, file: tuple[str, str]) -> None:
    path, session = file
    vcenter.fault("folder", "status", status=503, skip=1, count=2)
    assert [request(vcenter, path, "HEAD", Cookie=session)[0] for _ in range(4)] == [200, 503, 503, 200]
    assert vcenter.journal()["http"]["HEAD folder"]["status"] == {"200": 2, "503": 2}


def test_ranges_are_not_announced_or_not_served(vcenter: VcenterSim, file: tuple[str, str]) -> None:
    path, session = file
    vcenter.fault("folder", "no_accept_ranges")
    status, body, headers = request(vcenter, path, Cookie=session, Range="bytes=0-9")
    assert (status, len(body), "Accept-Ranges" in headers) == (206, 10, False)
    vcenter.fault("folder", "ignore_range")
    status, body, headers = request(vcenter, path, Cookie=session, Range="bytes=0-9")
    assert (status, len(body), "Accept-Ranges" in headers) == (200, SIZE, False)


def test_a_length_is_wrong(vcenter: VcenterSim, file: tuple[str, str]) -> None:
    path, session = file
    vcenter.fault("folder", "wrong_length", delta=512)
    assert request(vcenter, path, "HEAD", Cookie=session)[2]["Content-Length"] == str(SIZE + 512)
    vcenter.fault("folder", "wrong_length", delta=-512)
    assert len(request(vcenter, path, Cookie=session)[1]) == SIZE - 512


def test_a_session_ends_after_some_calls(vcenter: VcenterSim) -> None:
    from pyVmomi import vim

    vm = machine(vcenter, "off")
    vcenter.fault("session", "expire", skip=2)
    assert [vm.name, vm.name] == ["off", "off"]
    for _ in range(2):
        with pytest.raises(vim.fault.NotAuthenticated):
            _ = vm.name
    assert request(vcenter, flat(machine(vcenter, "off")), Cookie=cookie(vm))[0] == 401


def test_a_call_or_its_task_fails(vcenter: VcenterSim) -> None:
    from pyVmomi import vim

    vm = machine(vcenter, "on")
    vcenter.fault("call", "fault", method="CreateSnapshot_Task", fault="TaskInProgress")
    with pytest.raises(vim.fault.TaskInProgress):
        vm.CreateSnapshot_Task("one", "", False, False)
    vcenter.fault("task", "fault", method="CreateSnapshot_Task", fault="ApplicationQuiesceFault")
    with pytest.raises(vim.fault.ApplicationQuiesceFault):
        wait(vm.CreateSnapshot_Task("one", "", False, False))
    assert vm.snapshot is None
    assert vcenter.machines()["on"]["layers"] == [0, 0]


def test_a_lease_ends_in_the_middle_of_a_download(vcenter: VcenterSim, export: str) -> None:
    vcenter.fault("lease", "expire", after_bytes=MIB)
    with pytest.raises((ConnectionResetError, http.client.IncompleteRead)):
        request(vcenter, export)
    assert request(vcenter, export)[0] == 404


def test_an_unknown_fault_is_refused(vcenter: VcenterSim) -> None:
    with pytest.raises(OSError, match="400"):
        vcenter.fault("folder", "explode")


def test_what_was_read_is_counted(vcenter: VcenterSim, file: tuple[str, str], vcenter_image: Path) -> None:
    path, session = file
    for first in range(0, 4 * MIB, MIB):
        request(vcenter, path, Cookie=session, Range=f"bytes={first}-{first + MIB - 1}")
    assert vcenter.journal()["http"] == {"GET folder": {"count": 4, "bytes": 4 * MIB, "status": {"206": 4}}}
    assert vcenter.changes() == []
