"""bmc_boot against OpenStack's Redfish emulator, whose machine reaches a power state seconds after the command."""

from __future__ import annotations

import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.modules import bmc_boot
from tests.peers.peers import eventually, free_port, needs, process
from tests.unit.running import Run

UUID = "00000000-0000-4000-8000-000000000001"


def answers(port: int) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        return bool(opener.open(f"http://127.0.0.1:{port}/redfish/v1/", timeout=5).status == 200)
    except OSError:
        return False


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[dict[str, Any]]:
    needs("python:sushy", "python:sushy_tools")
    port = free_port()
    (tmp_path / "state").mkdir()
    settings = tmp_path / "emulator.conf"
    settings.write_text(
        f"SUSHY_EMULATOR_LISTEN_IP = '127.0.0.1'\nSUSHY_EMULATOR_LISTEN_PORT = {port}\n"
        f"SUSHY_EMULATOR_STATE_DIR = '{tmp_path}/state'\nSUSHY_EMULATOR_FAKE_DRIVER = True\n"
        f"SUSHY_EMULATOR_FAKE_SYSTEMS = [dict(uuid='{UUID}', name='n1', power_state='Off', nics=[])]\n"
    )
    with (tmp_path / "log").open("wb") as log:
        command = (sys.executable, "-m", "sushy_tools.emulator.main", "--config", str(settings))
        with process(*command, stdout=log, stderr=log):
            eventually(lambda: answers(port), "the emulator answers", seconds=90)
            login = {"address": "127.0.0.1", "port": port, "username": "admin", "password": "s3cret"}
            yield {"driver": "redfish", "scheme": "http", "system_id": UUID, **login}


def test_a_machine_is_booted_from_the_network_and_waited_for(emulator: dict[str, Any], run: Run) -> None:
    result = run(bmc_boot, {"bmc": emulator, "boot": {"target": "pxe"}, "power": "cycle"})
    assert (result["after"]["power"], result["after"]["boot"]["target"]) == ("on", "pxe")
    again = run(bmc_boot, {"bmc": emulator, "boot": {"target": "pxe"}, "power": "on"})
    assert not again["changed"]


def test_check_mode_leaves_it_off(emulator: dict[str, Any], run: Run) -> None:
    assert run(bmc_boot, {"bmc": emulator, "power": "on"}, check=True)["changed"]
    assert run(bmc_boot, {"bmc": emulator})["after"]["power"] == "off"
