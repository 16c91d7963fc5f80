"""Fixtures of the protocol peers."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.ends import tidily
from tests.peers.kube_api import api_server
from tests.peers.peers import UEFI_DISK_ONCE_USED, IpmiPeer, eventually, free_port, needs, process
from tests.peers.vcenter_estate import estate, image
from tests.peers.vcenter_sim import VcenterSim, serving
from tests.unit.rules.tree import CHECKOUT
from tests.unit.running import Run, runner


def pytest_sessionstart() -> None:
    tidily()


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    return runner(capfd)


@pytest.fixture
def ipmi(tmp_path: Path) -> Iterator[IpmiPeer]:
    needs("python:pyghmi")
    peer = IpmiPeer(free_port(socket.SOCK_DGRAM), tmp_path)
    state = {"power": "off", "flags": UEFI_DISK_ONCE_USED, "faults": {}}
    (tmp_path / "state.json").write_text(json.dumps(state))
    command = (sys.executable, "-m", "tests.peers.ipmi_bmc", str(peer.port), str(tmp_path))
    with process(*command, cwd=CHECKOUT):
        eventually(lambda: "listening" in peer.log(), "the IPMI BMC listens")
        yield peer


@pytest.fixture(scope="module")
def kubeconfig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A real API server, one for each file of tests."""
    with api_server(tmp_path_factory.mktemp("api")) as path:
        yield path


@pytest.fixture(scope="session")
def vcenter_image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return image(tmp_path_factory.mktemp("image") / "disk.raw")


@pytest.fixture(scope="session")
def vcenter_running(tmp_path_factory: pytest.TempPathFactory, vcenter_image: Path) -> Iterator[VcenterSim]:
    with serving(tmp_path_factory.mktemp("vcenter"), estate(vcenter_image)) as found:
        yield found


@pytest.fixture
def vcenter(vcenter_running: VcenterSim) -> VcenterSim:
    """The small estate of tests.peers.vcenter_estate, shared by all tests: each puts back what it changes."""
    vcenter_running.clear()
    return vcenter_running
