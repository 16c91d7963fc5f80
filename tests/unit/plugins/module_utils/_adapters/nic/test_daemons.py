"""What a transaction makes of daemons: deaf ones, ones with a way back of their own, ones that gave a link up."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic import backends, command, files
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.backends import Backend
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.journal import Journal
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.links import Links
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.transaction import Transaction
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.target import Device
from tests.unit.plugins.module_utils._adapters.nic.test_guard import spec


class Deaf(Backend):
    """A daemon that does not answer."""

    def activate(self, changed: Iterable[str], devices: Iterable[Device]) -> list[str]:
        raise PlatformError("networkctl reload: no answer within 45 s")


@pytest.mark.skipif(not shutil.which("ip"), reason="iproute2 is missing")
def test_a_daemon_that_does_not_answer_does_not_stop_the_rollback(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path / "journal"))
    wanted = spec(tmp_path)
    path = next(iter(wanted["files_before"]))
    files.put(path, "new")
    txn = journal.open(wanted)
    journal.mark(txn)
    transaction = Transaction(txn, journal)
    transaction.backend = Deaf()
    transaction.rollback("timer")
    assert journal.state(txn)["state"] == "rolled_back" and Path(path).read_text() == "old"
    assert journal.pending() is None and "no answer" in journal.state(txn)["problems"][0]


@pytest.mark.skipif(not shutil.which("ip"), reason="iproute2 is missing")
def test_a_daemon_that_does_not_answer_fails_the_change(tmp_path: Path) -> None:
    journal = Journal(str(tmp_path / "journal"))
    wanted = spec(tmp_path)
    files.put(next(iter(wanted["files_before"])), "old")
    txn = journal.open(wanted)
    journal.note(txn, "armed")
    transaction = Transaction(txn, journal)
    transaction.backend = Deaf()
    transaction.apply()
    assert journal.state(txn)["state"] == "rolled_back" and "did not take its files" in journal.state(txn)["why"]


class Busy(Links):
    """A kernel whose tools do not answer so many times."""

    def __init__(self, silent: int) -> None:
        super().__init__()
        self.silent = silent

    def read(self, hardware: Iterable[str] = ()) -> dict[str, Any]:
        self.silent -= 1
        if self.silent >= 0:
            raise PlatformError("ip: no answer within 20 s")
        return super().read(hardware)


@pytest.mark.skipif(not shutil.which("ip"), reason="iproute2 is missing")
@pytest.mark.parametrize(("silent", "state"), [(2, "rolled_back"), (99, "unverified")])
def test_a_busy_node_does_not_give_its_rollback_up(tmp_path: Path, silent: int, state: str) -> None:
    journal = Journal(str(tmp_path / "journal"))
    wanted = spec(tmp_path)
    path = next(iter(wanted["files_before"]))
    files.put(path, "new")
    txn = journal.open(wanted)
    journal.mark(txn)
    Transaction(txn, journal, Busy(silent)).rollback("timer")
    assert (journal.state(txn)["state"], Path(path).read_text(), journal.pending()) == (state, "old", None)


class Holding(Backend):
    """A daemon with a way back of its own."""

    def __init__(self, stubborn: bool = False) -> None:
        self.stubborn, self.told = stubborn, [""]

    def hold(self, seconds: float) -> str:
        self.told.append(f"hold {seconds}")
        return "checkpoint1"

    def release(self, held: str) -> None:
        self.told.append(f"release {held}")
        if self.stubborn:
            raise PlatformError("busctl: no answer")

    def revert(self, held: str) -> None:
        self.told.append(f"revert {held}")


def held_transaction(folder: Path, daemon: Holding) -> Transaction:
    """An applied change whose daemon holds a way back."""
    journal = Journal(str(folder / "journal"))
    wanted = spec(folder)
    files.put(next(iter(wanted["files_before"])), "old")
    txn = journal.open(wanted)
    journal.mark(txn)
    journal.note(txn, "armed")
    transaction = Transaction(txn, journal)
    transaction.backend = daemon
    transaction.apply()
    return transaction


@pytest.mark.skipif(not shutil.which("ip"), reason="iproute2 is missing")
def test_what_is_kept_is_not_taken_back_by_the_daemon(tmp_path: Path) -> None:
    daemon = Holding()
    transaction = held_transaction(tmp_path, daemon)
    assert transaction.confirm()["state"] == "committed" and daemon.told == ["", "hold 60", "release checkpoint1"]


@pytest.mark.skipif(not shutil.which("ip"), reason="iproute2 is missing")
def test_a_daemon_that_will_take_it_back_keeps_it_from_being_confirmed(tmp_path: Path) -> None:
    transaction = held_transaction(tmp_path, Holding(stubborn=True))
    with pytest.raises(PlatformError, match="no answer"):
        transaction.confirm()
    assert transaction.state() == "applied" and transaction.journal.pending() == transaction.txn


@pytest.mark.skipif(not shutil.which("ip"), reason="iproute2 is missing")
@pytest.mark.parametrize(("left", "told"), [([], "release checkpoint1"), (["eno1 mtu: 9000"], "revert checkpoint1")])
def test_the_daemons_way_back_is_for_what_ours_leaves(tmp_path: Path, left: list[str], told: str) -> None:
    daemon = Holding()
    transaction = held_transaction(tmp_path, daemon)
    assert transaction._settle_daemon(left) == [] and daemon.told[-1] == told


def test_a_link_that_networkd_gave_up_is_taken_up_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tmp_path / "told"
    rows = "2 eth0 ether enslaved failed\n3 eth1 ether enslaved configured\n9 wlan0 wlan off failed\n"
    (tmp_path / "networkctl").write_text(
        f'#!/bin/sh\n[ "$1" = reconfigure ] && echo "$@" >>{told} || printf "{rows}"\n'
    )
    (tmp_path / "networkctl").chmod(0o755)
    monkeypatch.setattr(command, "PATH", f"{tmp_path}:{command.PATH}")
    backends.revive(["eth0", "eth1"])
    assert told.read_text() == "reconfigure eth0\n"


@pytest.mark.parametrize(("failures", "fails"), [(2, False), (3, True)])
def test_networkd_is_asked_again_when_a_link_was_not_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failures: int, fails: bool
) -> None:
    counted = tmp_path / "counted"
    counted.write_text("")
    refusal = "{ echo out of range >&2; exit 1; }"
    script = f"#!/bin/sh\nprintf x >>{counted}\n[ $(wc -c <{counted}) -gt {failures} ] || {refusal}\n"
    (tmp_path / "networkctl").write_text(script)
    (tmp_path / "networkctl").chmod(0o755)
    monkeypatch.setattr(command, "PATH", f"{tmp_path}:{command.PATH}")
    monkeypatch.setattr(backends, "PAUSE", 0)
    if fails:
        with pytest.raises(PlatformError, match="networkctl reload: exit 1: out of range"):
            backends.reload()
    else:
        assert backends.reload() == ["networkctl reload: exit 1: out of range"] * failures
    assert counted.read_text() == "xxx"
