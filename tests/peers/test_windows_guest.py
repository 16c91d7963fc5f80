"""The role vm_guest_prepare on a Windows that is not there: the genuine role, the genuine ansible-playbook.

What stands in for Windows is listed in docs/lab-windows.md.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.ironacre.hci.plugins.module_utils._core.guest.virtio_win import PACKAGES
from lab.windows import machine
from tests.peers.windows_guest import CHECKOUT, WindowsGuest, recap, windows_guest

BOOT_START = {
    "Type": ["REG_DWORD", 1],
    "Start": ["REG_DWORD", 0],
    "ErrorControl": ["REG_DWORD", 1],
    "Group": ["REG_SZ", "SCSI miniport"],
}

PREPARED = {
    "version": 1,
    "family": "windows",
    "virtio": True,
    "drivers": {package.name: machine.VERSION for package in PACKAGES},
    "interfaces": {"00:50:56:aa:bb:01": "Ethernet0"},
    "agent": "installed",
    "machine": "42158d6a-1111-2222-3333-444455556666",
    "findings": [],
}


def starts_at_boot(guest: WindowsGuest, driver: str) -> bool:
    image = {"ImagePath": ["REG_EXPAND_SZ", rf"system32\drivers\{driver}.sys"]}
    file = guest.root / f"disk/c/windows/system32/drivers/{driver}.sys"
    return (
        guest.service(driver) == {**BOOT_START, **image}
        and file.read_bytes() == (guest.virtio_win / driver / "2k22/amd64" / f"{driver}.sys").read_bytes()
        and not guest.service(driver, r"\StartOverride")
    )


def import_of_it(guest: WindowsGuest, that: str) -> None:
    """A playbook that runs after the other one, as that of an import."""
    task = {"ansible.builtin.assert": {"that": that}}
    (guest.folder / "after.yml").write_text(yaml.safe_dump([{"hosts": "all", "gather_facts": False, "tasks": [task]}]))


def test_a_windows_is_prepared_once_and_says_so(tmp_path: Path) -> None:
    guest = windows_guest(tmp_path, "2k22", "w10")
    before = guest.everything()
    asked = guest.play("--check", "--diff")
    assert "failed=0" in recap(asked.stdout) and "changed=0 " not in recap(asked.stdout), asked.stdout
    assert "set HKLM:\\\\SYSTEM\\\\CurrentControlSet\\\\Services\\\\viostor Start" in asked.stdout
    assert guest.everything() == before and guest.commands() == []

    first = guest.play()
    assert "failed=0" in recap(first.stdout) and "changed=0 " not in recap(first.stdout), first.stdout + first.stderr
    assert starts_at_boot(guest, "viostor") and starts_at_boot(guest, "vioscsi")
    assert guest.service("vioscsi", r"\Parameters") == {"BusType": ["REG_DWORD", 10]}
    assert guest.service("viostor", r"\Parameters\PnpInterface") == {"5": ["REG_DWORD", 1]}
    assert [one["original"] for one in guest.state["store"][1:]] == [package.inf for package in PACKAGES]
    assert guest.state["services"] == ["VMTools", "QEMU-GA"]
    assert guest.fact == PREPARED
    assert not list(guest.root.rglob("*.pdb"))

    ran = guest.commands()
    import_of_it(guest, "hostvars['win1'].ansible_facts.ironacre_prepared.virtio is true")
    second = guest.play("-e", "vm_guest_prepare_strict=true")
    assert "changed=0 " in recap(second.stdout) and "failed=0" in recap(second.stdout), second.stdout
    assert guest.commands() == ran


def test_a_german_windows_is_read_as_well(tmp_path: Path) -> None:
    guest = windows_guest(tmp_path, "2k22", language="de")
    done = guest.play("-e", "vm_guest_prepare_strict=true")
    assert "failed=0" in recap(done.stdout), done.stdout
    assert guest.fact == PREPARED


def test_what_an_interrupted_run_left_is_finished(tmp_path: Path) -> None:
    """The packages are in the store, the services are not there, and one has been kept from starting."""
    guest = windows_guest(tmp_path, "2k22", agent=False)
    whole = guest.play("-e", "vm_guest_prepare_hibernation_off=false", "-e", "vm_guest_prepare_disks_online=false")
    assert "failed=0" in recap(whole.stdout), whole.stdout
    services = rf"{machine.CURRENT}\Services".lower()
    registry = {key: values for key, values in guest.state["registry"].items() if rf"{services}\vio" not in key}
    registry[rf"{services}\vioscsi\startoverride"] = {"0": ["REG_DWORD", 3]}
    guest.change(registry=registry)
    (guest.root / "disk/c/windows/system32/drivers/viostor.sys").write_text("half of it")
    ran = guest.commands()

    finished = guest.play("-e", "vm_guest_prepare_strict=true")
    assert "failed=0" in recap(finished.stdout), finished.stdout
    assert starts_at_boot(guest, "viostor") and starts_at_boot(guest, "vioscsi")
    # Packages that are in the store are not added again.
    assert [argv[0].rpartition("\\")[2] for argv in guest.commands()[len(ran) :]] == ["powercfg.exe"]
    assert guest.fact["virtio"] is True and guest.fact["agent"] == "absent"


def test_a_package_that_the_store_does_not_take_is_no_evidence(tmp_path: Path) -> None:
    guest = windows_guest(tmp_path, "2k22", ignored=["viostor.inf"])
    refused = guest.play("-e", "vm_guest_prepare_strict=true")
    assert refused.returncode != 0
    assert f"driver store: has no viostor.inf {machine.VERSION} or newer" in refused.stdout
    assert guest.fact["virtio"] is False and "viostor" not in guest.fact["drivers"]


def test_all_that_the_folder_lacks_is_told_before_anything_is_changed(tmp_path: Path) -> None:
    guest = windows_guest(tmp_path, "2k19", "2k22")
    (guest.virtio_win / "viostor/2k22/amd64/viostor.cat").unlink()
    for path in (guest.virtio_win / "NetKVM/2k22/amd64").iterdir():
        path.unlink()
    before = guest.everything()
    refused = guest.play()
    assert refused.returncode != 0
    for lacking in ("viostor/2k22/amd64/viostor.cat", "NetKVM/2k22/amd64"):
        assert f"vm_guest_prepare_virtio_win: {guest.virtio_win} has no {lacking};" in refused.stdout
    assert guest.everything() == before and guest.commands() == []

    unset = guest.play(vm_guest_prepare_virtio_win="")
    assert unset.returncode != 0 and "vm_guest_prepare_virtio_win: is not set;" in unset.stdout


def test_an_old_windows_is_left_alone(tmp_path: Path) -> None:
    guest = windows_guest(tmp_path, "2k16", version="6.3.9600.0")
    before = guest.everything()
    told = guest.play()
    assert "changed=0 " in recap(told.stdout) and "failed=0" in recap(told.stdout), told.stdout
    assert "Windows 6.3.9600: is older than Windows 10 1607" in told.stdout and "vm_convert" in told.stdout
    assert guest.everything() == before
    assert guest.play("-e", "vm_guest_prepare_strict=true").returncode != 0


def test_what_a_person_should_know_is_told_and_blocks_nothing(tmp_path: Path) -> None:
    """A server between two releases, protected by BitLocker, with an address of its own and without an agent."""
    state = machine.server_2022()
    card = rf"{machine.CURRENT}\Services\Tcpip\Parameters\Interfaces\{machine.CARD}".lower()
    state["registry"][card] = {"EnableDHCP": ["REG_DWORD", 0], "IPAddress": ["REG_MULTI_SZ", ["10.1.2.3"]]}
    changes: dict[str, Any] = {"version": "10.0.25398.0", "protected": 0, "registry": state["registry"]}
    guest = windows_guest(tmp_path, "2k16", "2k22", agent=False, **changes)
    told = guest.play("-e", "vm_guest_prepare_strict=true")
    assert "failed=0" in recap(told.stdout), told.stdout
    assert [finding.partition(":")[0] for finding in guest.fact["findings"]] == [
        "build 25398",
        "disk C",
        "network card Ethernet0",
        "QEMU-GA",
    ]
    assert guest.fact["virtio"] is True and starts_at_boot(guest, "viostor")
    assert "BitLocker protects it" in told.stdout and "the static address 10.1.2.3" in told.stdout


@pytest.mark.parametrize(
    ("host", "family"),
    [
        ({"ansible_connection": "psrp"}, "windows"),
        ({"ansible_connection": "ansible.builtin.winrm"}, "windows"),
        ({"ansible_connection": "ssh", "ansible_shell_type": "powershell"}, "windows"),
        ({"ansible_shell_type": "cmd"}, "windows"),
        ({"ansible_connection": "ssh"}, "linux"),
        ({}, "linux"),
        ({"ansible_connection": "psrp", "vm_guest_prepare_family": "linux"}, "linux"),
    ],
)
def test_the_connection_tells_the_family(tmp_path: Path, host: dict[str, str], family: str) -> None:
    role = CHECKOUT / "roles/vm_guest_prepare"
    task = {"ansible.builtin.assert": {"that": f"__vm_guest_prepare_os == '{family}'"}}
    files = [str(role / "defaults/main.yml"), str(role / "vars/main.yml")]
    play = {"hosts": "all", "gather_facts": False, "vars_files": files[1:], "tasks": [task]}
    (tmp_path / "play.yml").write_text(yaml.safe_dump([play]))
    defaults = yaml.safe_load((role / "defaults/main.yml").read_text())
    hosts = {"all": {"hosts": {"one": {**defaults, **host}}}}
    (tmp_path / "hosts.yml").write_text(yaml.safe_dump(hosts))
    command = ["ansible-playbook", "-i", "hosts.yml", "play.yml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
