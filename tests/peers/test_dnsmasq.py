"""Real dnsmasq and a real DHCP client in network namespaces of their own: only known machines get an address, and each
firmware is named its own boot file."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.dnsmasq import dnsmasq_config, dnsmasq_hosts
from tests.peers.peers import eventually, needs, process

KNOWN, UNKNOWN = "52:54:00:70:00:14", "52:54:00:70:00:99"
BOOT_URL = "http://192.0.2.2:8080"
NODES: dict[str, dict[str, Any]] = {
    "n1": {"provision": "image", "address": "192.0.2.14", "boot": {"mac": KNOWN}},
}
# Option 93, the client's architecture, and 77/175: who iPXE says it is.
ASK = {"bios": "0x5d:0000", "efi": "0x5d:0007", "ipxe": "0xaf:00"}
LEASE = """#!/bin/sh
[ "$1" = bound ] && env >{folder}/lease
exit 0
"""


def inside(space: str, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["ip", "netns", "exec", space, *command], capture_output=True, text=True, check=False)


@pytest.fixture
def wire() -> Iterator[tuple[str, str]]:
    """Two namespaces with a cable between `server` (192.0.2.2) and `client`."""
    needs("dnsmasq", "busybox", "ip")
    if os.geteuid() != 0:
        pytest.skip("missing: root, to make network namespaces")
    server, client = (f"ia-dnsmasq-{side}-{os.getpid()}" for side in "sc")
    try:
        for space in (server, client):
            subprocess.run(["ip", "netns", "add", space], check=True)
        link = ["ip", "-n", server, "link", "add", "boot0", "type", "veth", "peer", "name", "nic0", "netns", client]
        subprocess.run(link, check=True)
        subprocess.run(["ip", "-n", server, "addr", "add", "192.0.2.2/24", "dev", "boot0"], check=True)
        for space, name in ((server, "boot0"), (client, "nic0"), (server, "lo")):
            subprocess.run(["ip", "-n", space, "link", "set", name, "up"], check=True)
        yield server, client
    finally:
        for space in (server, client):
            subprocess.run(["ip", "netns", "del", space], check=False, capture_output=True)


@pytest.fixture
def network(wire: tuple[str, str], tmp_path: Path) -> Iterator[tuple[str, Path]]:
    server, client = wire
    paths = {"hosts": str(tmp_path / "hosts"), "leases": str(tmp_path / "leases"), "tftp": str(tmp_path)}
    text = dnsmasq_config({"interface": "boot0", "subnet": "192.0.2.0/24", "router": "192.0.2.1"}, paths, BOOT_URL)
    (tmp_path / "conf").write_text(text)
    (tmp_path / "hosts").write_text(dnsmasq_hosts(NODES))
    (tmp_path / "bound").write_text(LEASE.format(folder=tmp_path))
    (tmp_path / "bound").chmod(0o755)
    argv = ("ip", "netns", "exec", server, "dnsmasq", "-k", "--user=root", "--log-facility=-", f"-C{tmp_path}/conf")
    with (tmp_path / "log").open("wb") as log, process(*argv, stdout=log, stderr=log):
        eventually(lambda: "DHCP" in (tmp_path / "log").read_text(), "dnsmasq listens")
        yield client, tmp_path


def ask(client: str, folder: Path, mac: str, option: str, tries: int = 60) -> dict[str, str]:
    """The lease a machine gets, empty without one. It asks once a second, until it gets one."""
    inside(client, "ip", "link", "set", "nic0", "address", mac)
    command = ["busybox", "udhcpc", "-q", "-n", "-f", "-i", "nic0", "-s", f"{folder}/bound"]
    inside(client, *command, "-t", str(tries), "-T", "1", "-x", option, "-O", "bootfile", "-O", "tftp")
    path = folder / "lease"
    lines = path.read_text().splitlines() if path.exists() else []
    return dict(line.split("=", 1) for line in lines if "=" in line)


@pytest.mark.parametrize(
    ("firmware", "file"), [("bios", "undionly.kpxe"), ("efi", "snponly.efi"), ("ipxe", f"{BOOT_URL}/boot.ipxe")]
)
def test_a_known_machine_gets_its_address_and_its_boot_file(
    network: tuple[str, Path], firmware: str, file: str
) -> None:
    lease = ask(*network, KNOWN, ASK[firmware])
    assert (lease.get("ip"), lease.get("boot_file") or lease.get("bootfile")) == ("192.0.2.14", file)
    assert lease.get("router") == "192.0.2.1"


def test_an_unknown_machine_gets_nothing(network: tuple[str, Path]) -> None:
    assert ask(*network, UNKNOWN, ASK["bios"], tries=4) == {}
