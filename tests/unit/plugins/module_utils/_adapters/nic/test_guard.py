"""The guard as a file on the node, its journal, and the boot that undoes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic import (
    change,
    files,
    package,
)
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.examine import examine
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.journal import Journal
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.links import Links
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.transaction import Transaction
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.match import Nic

OLDEST = Path.home() / ".pyenv/versions"
PYTHONS = [sys.executable, *sorted(map(str, OLDEST.glob("3.9*/bin/python3")))]


def spec(tmp_path: Path, **more: Any) -> dict[str, Any]:
    """A change of one file; the kernel is not meant."""
    raw: dict[str, Any] = {"link": [], "addr": [], "route": [], "rule4": [], "rule6": [], "vlan": []}
    path = str(tmp_path / "net" / "05-x.network")
    return {
        "kind": "declare",
        "backend": "kernel",
        "record": {"desired": {}, "nics": []},
        "previous": {},
        "probes": [],
        "files_before": {path: "old"},
        "files_after": {path: "new"},
        "before": raw,
        "touched": [],
        "rules": [],
        "management": [],
        "timeout": 60,
        "on_failure": "leave",
        "keep": 3,
        **more,
    }


@pytest.mark.parametrize("python", PYTHONS)
def test_the_guard_is_one_file_that_runs_alone(tmp_path: Path, python: str) -> None:
    guard = tmp_path / "nic-guard"
    assert package.install(str(guard)) and not package.install(str(guard))
    environment = {"PATH": os.environ["PATH"], "IRONACRE_NIC_ROOT": str(tmp_path / "journal")}
    argv = [python, "-I", str(guard), "status"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, env=environment, cwd="/")
    assert json.loads(done.stdout) == {"state": "idle"}, done.stderr


def test_nic_05_a_boot_puts_the_files_back(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path / "journal"))
    wanted = spec(tmp_path)
    path = next(iter(wanted["files_before"]))
    files.put(path, "half")
    txn = journal.open(wanted)
    journal.mark(txn)
    journal.note(txn, "applying")
    guard = tmp_path / "nic-guard"
    package.install(str(guard))
    environment = {"PATH": os.environ["PATH"], "IRONACRE_NIC_ROOT": str(journal.root)}
    subprocess.run([sys.executable, "-I", str(guard), "boot"], check=True, env=environment, capture_output=True)
    assert Path(path).read_text() == "old" and journal.pending() is None
    assert (journal.state(txn)["state"], journal.state(txn)["why"]) == ("rolled_back", "boot")


def test_it_is_too_late_to_confirm_what_was_undone(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path))
    txn = journal.open(spec(tmp_path))
    journal.note(txn, "rolled_back", why="timer")
    assert Transaction(txn, journal).confirm()["state"] == "rolled_back"


def test_what_was_confirmed_is_not_undone_by_a_late_timer(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path))
    txn = journal.open(spec(tmp_path))
    journal.note(txn, "applied")
    assert Transaction(txn, journal).confirm()["state"] == "committed"
    Transaction(txn, journal).rollback("timer")
    assert journal.state(txn)["state"] == "committed" and journal.committed() == {"desired": {}, "nics": []}


def test_a_pending_change_blocks_the_next(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path))
    txn = journal.open(spec(tmp_path))
    journal.mark(txn)
    with pytest.raises(PlatformError, match=f"network transaction {txn} is not finished"):
        change.refuse_pending(journal)


def test_old_transactions_go_and_the_last_ones_stay(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path))
    for number in range(6):
        txn = journal.open(spec(tmp_path))
        (tmp_path / txn).rename(tmp_path / f"{number}")
        journal.note(str(number), "committed")
    journal.prune(2, "5")
    assert journal.known() == ["4", "5"]


def test_a_power_cut_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    path = str(tmp_path / "a")
    files.put(path, "one")
    (tmp_path / ".a.part").write_text("hal")
    assert files.swap({path: "one"}, {path: "two"}) == [path]
    assert Path(path).read_text() == "two" and [one.name for one in tmp_path.iterdir()] == ["a"]
    (tmp_path / ".a.part").write_text("hal")
    assert files.swap({path: "two"}, {path: "two"}) == []
    files.sweep([path, str(tmp_path / "never")])
    assert [one.name for one in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize(("path", "mode"), [
    ("/etc/netplan/05-ironacre.yaml", 0o600), ("/etc/NetworkManager/system-connections/x.nmconnection", 0o600),
    ("/etc/systemd/network/10-netplan-b.network.d/50-ironacre.conf", 0o644), ("/etc/resolv.conf", 0o644),
])  # fmt: skip
def test_daemons_that_are_not_root_can_read_their_files(path: str, mode: int) -> None:
    assert files.mode_of(path) == mode


def nic_tree(root: Path) -> None:
    """A card in a made-up sysfs, with virtual functions."""
    device = root / "class/net/eno1/device"
    device.mkdir(parents=True)
    (device / "uevent").write_text("DRIVER=mlx5_core\nPCI_SLOT_NAME=0000:3b:00.0\nPCI_ID=15B3:1017\n")
    (device / "sriov_totalvfs").write_text("8\n")
    (device / "sriov_numvfs").write_text("0\n")
    (root / "class/net/eno1/speed").write_text("25000\n")
    (root / "class/net/eno1/dev_port").write_text("1\n")


def test_nic_10_a_card_is_read_with_all_it_can_be_matched_by(tmp_path: Path) -> None:
    nic_tree(tmp_path)
    (tmp_path / "udev/data").mkdir(parents=True)
    (tmp_path / "udev/data/n7").write_text("E:ID_PATH=pci-0000:3b:00.0\n")
    raw = {"link": [{"ifname": "eno1", "ifindex": 7, "address": "02:00:00:00:00:09", "permaddr": "02:00:00:00:00:01"}]}
    found = Links(str(tmp_path), str(tmp_path)).nics(raw)
    assert found == [
        Nic("eno1", "02:00:00:00:00:01", "0000:3b:00.0", "pci-0000:3b:00.0", "mlx5_core", "15b3:1017", 25000, 1)
    ]


def test_virtual_functions_are_set_through_zero(tmp_path: Path) -> None:
    nic_tree(tmp_path)
    Links(str(tmp_path)).apply([("sysfs", "class/net/eno1/device/sriov_numvfs=4")])
    assert (tmp_path / "class/net/eno1/device/sriov_numvfs").read_text() == "4"


@pytest.mark.skipif(not shutil.which("ip"), reason="iproute2 is missing")
def test_a_refused_command_is_told_with_its_tool() -> None:
    with pytest.raises(PlatformError, match="ip refused: "):
        Links().apply([("ip", "link set dev nothing77 up")])


@pytest.mark.skipif(not shutil.which("ip"), reason="iproute2 is missing")
def test_nic_09_the_management_path_is_refused_when_asked(tmp_path: Path) -> None:
    desired = {"interfaces": [{"name": "ia9", "type": "bridge", "ports": [], "bridge": {}}]}
    found = examine(desired, "kernel", Journal(str(tmp_path)), Links(), [])
    change.refuse_unwanted(found, "live", "refuse")
    assert found.changed and not found.on_management()
