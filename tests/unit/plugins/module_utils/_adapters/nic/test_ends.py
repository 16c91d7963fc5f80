"""Ends of a transaction that something came into: power cuts, full disks, second runs, timers of what never began."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic import (
    change,
    examine,
    files,
    package,
    request,
    surroundings,
    timers,
    transaction,
)
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.backends import Netplan
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.journal import Journal
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.links import Links
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.transaction import Transaction
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from tests.unit.plugins.module_utils._adapters.nic.test_guard import spec

SETTINGS = {"timeout": 60, "on_failure": "leave", "keep": 3}
BARE: dict[str, Any] = {"link": [], "addr": [], "route": [], "rule4": [], "rule6": [], "vlan": []}


class Still(Links):
    """A kernel without links, which nothing is done to."""

    def read(self, hardware: object = ()) -> dict[str, Any]:
        return BARE


def pending(folder: Path, state: str, **more: Any) -> Transaction:
    """A transaction in this state that is marked as pending; its file says `new`."""
    journal = Journal(str(folder / "journal"))
    wanted = spec(folder, **more)
    files.put(next(iter(wanted["files_after"])), "new")
    txn = journal.open(wanted)
    journal.mark(txn)
    journal.note(txn, state)
    return Transaction(txn, journal, Still())


@pytest.mark.parametrize("state", ["committed", "rolled_back", "unverified"])
def test_nic_05_an_end_that_a_power_cut_came_into_is_finished_at_boot(tmp_path: Path, state: str) -> None:
    cut = pending(tmp_path, state)
    cut.rollback("boot")
    assert cut.journal.pending() is None and cut.state() == state
    assert Path(next(iter(cut.spec["files_after"]))).read_text() == "new"
    assert bool(cut.journal.committed()) == (state == "committed")


def test_nic_05_an_end_that_a_killed_guard_left_does_not_block_the_next_change(tmp_path: Path) -> None:
    cut = pending(tmp_path, "committed")
    change.refuse_pending(cut.journal)
    change.conclude(cut.journal)
    assert cut.journal.pending() is None and cut.journal.committed() == cut.spec["record"]


def later(fails: str) -> Any:
    """timers.later that cannot arrange one of the two."""

    def arranged(name: str, argv: object, seconds: float) -> None:
        if fails in name:
            raise PlatformError("systemd-run: no")

    return arranged


def test_nic_05_what_could_not_be_armed_undoes_nothing_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cancelled: list[str] = []
    monkeypatch.setattr(timers, "later", later("apply"))
    monkeypatch.setattr(timers, "cancel", cancelled.append)
    journal = Journal(str(tmp_path / "journal"))
    refused = Transaction(journal.open(spec(tmp_path)), journal, Still())
    with pytest.raises(PlatformError, match="systemd-run: no"):
        refused.arm()
    assert journal.pending() is None and cancelled == [refused.unit("rollback")]
    # Should the timer ring all the same: meanwhile another change was kept.
    path = next(iter(refused.spec["files_after"]))
    files.put(path, "another")
    refused.rollback("timer")
    assert Path(path).read_text() == "another" and refused.state() == "refused"


def test_a_second_run_finds_the_first_one_pending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []

    def taken(name: str, argv: object, seconds: float) -> None:
        with pytest.raises(PlatformError, match="another network transaction"), journal.lock(patience=0.0):
            seen.append(False)
        seen.append(True)

    monkeypatch.setattr(timers, "later", taken)
    monkeypatch.setattr(timers, "systemd", lambda: False)
    journal = Journal(str(tmp_path / "journal"))
    change.arm(spec(tmp_path), journal, str(tmp_path / "guard"))
    assert seen == [True, True]


@pytest.mark.parametrize("fault", [ValueError("half a document"), KeyError("ifname")])
def test_nic_04_an_answer_that_makes_no_sense_ends_as_unverified(tmp_path: Path, fault: Exception) -> None:
    class Garbled(Links):
        def read(self, hardware: object = ()) -> dict[str, Any]:
            raise fault

    node = pending(tmp_path, "applied")
    node.links = Garbled()
    node.rollback("timer")
    assert node.state() == "unverified" and node.journal.pending() is None


def test_nic_04_a_full_disk_does_not_keep_the_kernel_from_going_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(have: object, want: object) -> list[str]:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    node = pending(tmp_path, "applied")
    monkeypatch.setattr(transaction.files, "swap", full)
    reached: list[Path] = []
    monkeypatch.setattr(transaction.Convergence, "reach", lambda self, changed, limit: reached.append(tmp_path) or [])
    node.rollback("timer")
    assert reached and node.state() == "unverified"
    assert "No space left" in node.journal.state(node.txn)["left"][0]


def test_nic_04_the_lock_is_to_be_had_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(str(tmp_path))
    with journal.lock():
        pass

    def full(self: Path, text: str) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_text", full)
    with journal.lock():
        assert not (tmp_path / "lock").exists()


def test_nic_04_a_file_that_was_not_there_before_is_gone_after_the_rollback(tmp_path: Path) -> None:
    resolver = str(tmp_path / "resolv.conf")
    node = pending(tmp_path, "applied", files_before={}, files_after={resolver: "nameserver 10.0.0.2\n"})
    node.rollback("timer")
    assert node.state() == "rolled_back" and not Path(resolver).exists()


def test_the_end_is_told_however_little_is_kept(tmp_path: Path) -> None:
    node = pending(tmp_path, "applied", keep=0)
    assert node.confirm()["state"] == "committed" and node.journal.known() == [node.txn]


@pytest.mark.parametrize(("works", "state"), [(True, "rolled_back"), (False, "unverified")])
def test_nic_05_netplan_makes_its_files_anew_before_networkd_reads_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, works: bool, state: str
) -> None:
    node = pending(tmp_path, "applied", backend="netplan")
    told = Path(next(iter(node.spec["files_after"])))
    seen: list[str] = []

    def must(argv: list[str], stdin: str = "", limit: float = 20.0) -> str:
        seen.append(f"{' '.join(argv)} over {told.read_text()}")
        if not works:
            raise PlatformError("netplan: no")
        return ""

    monkeypatch.setattr("ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.backends.must", must)
    monkeypatch.setattr(Netplan, "current", dict)
    node.rollback("boot")
    assert seen == ["netplan generate over old"] and node.state() == state


def test_what_lies_further_back_takes_later_changes_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(str(tmp_path / "journal"))
    for name, devices, state in (
        ("1", ["eno1"], "committed"),
        ("2", ["bond0", "eno1"], "committed"),
        ("3", ["br9"], "rolled_back"),
    ):
        txn = journal.open(spec(tmp_path, touched=devices))
        (journal.root / txn).rename(journal.root / name)
        journal.note(name, state)
    armed: list[dict[str, Any]] = []
    monkeypatch.setattr(change, "arm", lambda wanted, _journal, _guard: armed.append(wanted) or "4")
    change.go_back("1", SETTINGS, journal, Still())
    assert armed[0]["touched"] == ["eno1", "bond0"]


def test_the_guard_is_on_the_disk_before_anything_is_armed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[str] = []
    real = os.fsync

    def noted(handle: int) -> None:
        flushed.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        real(handle)

    monkeypatch.setattr(os, "fsync", noted)
    guard = tmp_path / "nic-guard"
    assert package.install(str(guard)) and guard.stat().st_mode & 0o777 == 0o755
    assert flushed == [str(tmp_path / ".nic-guard.part"), str(tmp_path)]


def process(proc: Path, pid: int, parent: int, **environment: str) -> None:
    """One process of a made-up /proc."""
    (proc / str(pid)).mkdir()
    (proc / str(pid) / "environ").write_bytes(b"".join(f"{k}={v}\0".encode() for k, v in environment.items()))
    (proc / str(pid) / "status").write_text(f"Name:\tx\nPid:\t{pid}\nPPid:\t{parent}\nUid:\t0\n")


def test_nic_09_the_session_is_found_also_behind_sudo(tmp_path: Path) -> None:
    process(tmp_path, os.getpid(), 70, HOME="/root")
    process(tmp_path, 70, 60, SUDO_USER="ops")
    process(tmp_path, 60, 1, SSH_CONNECTION="10.0.0.9 40000 10.0.0.2 22")
    assert examine.session_address(tmp_path) == "10.0.0.2"
    process(tmp_path, 1, 0, SSH_CONNECTION="10.0.0.9 40000 10.0.0.3 22")
    (tmp_path / "60/environ").write_bytes(b"")
    assert examine.session_address(tmp_path) == ""


def test_nic_12_networkd_beside_networkmanager_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "  1 lo loopback carrier unmanaged\n  2 eno1 ether routable configured\n  3 eno2 ether off unmanaged\n"
    monkeypatch.setattr(surroundings, "attempt", lambda argv: (0, rows, ""))
    assert surroundings.claims("networkmanager") == {"systemd-networkd": frozenset({"eno1"})}
    monkeypatch.setattr(surroundings, "attempt", lambda argv: (1, "", "no such service"))
    assert surroundings.claims("networkmanager") == {}


def test_a_request_for_what_is_ended_finishes_it(tmp_path: Path) -> None:
    cut = pending(tmp_path, "committed")
    told = request.settle("confirmed", cut.txn, SETTINGS, cut.journal, Still(), False)
    assert told == {"changed": False, "txn": cut.txn, "state": "committed"} and cut.journal.pending() is None


def test_one_process_writes_down_as_many_transactions_as_it_likes(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path))
    opened = [journal.open({}) for _number in range(3)]
    assert opened == sorted(set(opened)) == journal.known()
