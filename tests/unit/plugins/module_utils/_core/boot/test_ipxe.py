"""The scripts: bounded, and never half an installation."""

from __future__ import annotations

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.ipxe import (
    disk_script,
    entry_script,
    install_script,
    machine_of,
)


def test_the_entry_tells_who_asks() -> None:
    script = entry_script("http://192.0.2.2:8080")
    for setting in ("${netX/mac:hexhyp}", "${uuid}", "${serial:uristring}", "${platform}", "${buildarch}"):
        assert setting in script
    assert script.startswith("#!ipxe\n")
    assert "iseq ${tries} 5 && goto disk" in script


@pytest.mark.parametrize(("platform", "command"), [("pcbios", "sanboot --no-describe --drive 0x80"), ("efi", "exit 0")])
def test_the_disk_boots_by_platform(platform: str, command: str) -> None:
    assert f"\n{command}" in disk_script(platform, "no ticket")


def test_every_fetch_of_an_installation_can_fail() -> None:
    script = install_script("http://192.0.2.2/v1/node/t", "52:54:00:70:00:14", "quiet")
    fetches = [line for line in script.splitlines() if line.startswith(("kernel", "initrd", "boot"))]
    assert len(fetches) == 4
    assert all(line.endswith("|| goto failed") for line in fetches)
    assert "agent.mac=52:54:00:70:00:14 agent.url=http://192.0.2.2/v1/node/t quiet" in fetches[0]


def test_the_plain_archive_comes_before_the_compressed_one() -> None:
    script = install_script("http://b", "m", "")
    assert script.index("agent.cpio http") < script.index("ramdisk http")
    assert "initrd=agent.cpio initrd=ramdisk" in script


def test_who_asks() -> None:
    assert machine_of({"serial": "A", "mac": "m"}) == {"serial": "A", "uuid": ""}
