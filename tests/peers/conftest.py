"""Fixtures of the protocol peers."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.ends import tidily
from tests.peers.peers import HERE, UEFI_DISK_ONCE_USED, IpmiPeer, eventually, free_port, needs, process
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
    with process(sys.executable, str(HERE / "ipmi_bmc.py"), str(peer.port), str(tmp_path)):
        eventually(lambda: "listening" in peer.log(), "the IPMI BMC listens")
        yield peer
