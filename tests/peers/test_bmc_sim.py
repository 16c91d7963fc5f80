"""bmc_boot against OpenIPMI's simulator: a BMC written by others, in C, that speaks cipher suite 3 alone and does not
show its boot flags."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.modules import bmc_boot
from tests.peers.peers import eventually, free_port, needs, process
from tests.unit.running import Run

HOOK = """#!/bin/sh
# chassis_control: `get power` and `set boot pxe` and the like, one word pair after the other
shift
echo "$@" >>{folder}/calls
op=$1
shift
while [ $# -gt 0 ]; do
    case $op in
    get) echo "$1:$(cat {folder}/$1 2>/dev/null || if [ $1 = boot ]; then echo default; else echo 0; fi)"; shift ;;
    set) echo "$2" >{folder}/$1; shift 2 ;;
    *) exit 0 ;;
    esac
done
"""
LAN = """name "n1"
set_working_mc 0x20
  startlan 1
    addr 127.0.0.1 {port}
    priv_limit admin
    allowed_auths_admin none md2 md5 straight
    guid a123456789abcdefa123456789abcdef
  endlan
  chassis_control "{folder}/hook 0x20"
  user 1 true "" "test" user 10 none md2 md5 straight
  user 2 true "admin" "secret" admin 10 none md2 md5 straight
"""
EMULATION = "mc_setbmc 0x20\nmc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr\nmc_enable 0x20\n"


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[dict[str, Any]]:
    needs("ipmi_sim", "python:pyghmi")
    port = free_port(socket.SOCK_DGRAM)
    (tmp_path / "hook").write_text(HOOK.format(folder=tmp_path))
    (tmp_path / "hook").chmod(0o755)
    (tmp_path / "lan.conf").write_text(LAN.format(folder=tmp_path, port=port))
    (tmp_path / "emulation").write_text(EMULATION)
    (tmp_path / "persist").mkdir()
    parts = ["-n", "-d", "-c", "lan.conf", "-f", "emulation", "-s", "persist"]
    with (tmp_path / "log").open("wb") as log, process("ipmi_sim", *parts, cwd=tmp_path, stdout=log, stderr=log):
        eventually(lambda: is_bound(port), "the simulator listens")
        login = {"address": "127.0.0.1", "port": port, "username": "admin", "password": "secret"}
        yield {"driver": "ipmi", "cipher_suite": 3, **login}


def is_bound(port: int) -> bool:
    return f":{port:04X} " in Path("/proc/net/udp").read_text()


def test_the_machine_starts_from_the_network(simulator: dict[str, Any], run: Run, tmp_path: Path) -> None:
    wish = {"bmc": simulator, "boot": {"target": "pxe", "mode": "bios"}, "power": "on"}
    result = run(bmc_boot, wish)
    assert result["after"]["power"] == "on"
    assert (tmp_path / "boot").read_text().strip() == "pxe"
    assert (tmp_path / "power").read_text().strip() == "1"


def test_its_unknown_mode_is_not_guessed(simulator: dict[str, Any], run: Run, tmp_path: Path) -> None:
    result = run(bmc_boot, {"bmc": simulator, "boot": {"target": "pxe"}, "power": "on"}, fails=True)
    assert result["kind"] == "unsupported"
    assert not (tmp_path / "boot").exists()


def test_a_wrong_password(simulator: dict[str, Any], run: Run) -> None:
    result = run(bmc_boot, {"bmc": {**simulator, "password": "wrong-one"}, "power": "on"}, fails=True)
    assert result["kind"] == "auth"
