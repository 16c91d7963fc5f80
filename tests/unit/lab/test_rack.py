"""Racks: what is shipped is valid, and what would collide is refused with all findings at once."""

from __future__ import annotations

import pytest

from lab.rack import model
from lab.shell import LabError

GOOD = {"hosts": [{"name": "b", "number": 2, "role": "boot"}, {"name": "s", "number": 11, "role": "server"}]}


@pytest.mark.parametrize("path", sorted(model.RACKS.glob("*.yml")), ids=lambda path: path.stem)
def test_every_rack_that_is_shipped_loads(path) -> None:
    rack = model.load(path.stem)
    assert rack.says
    assert {node.role for node in rack.nodes} <= {"server", "agent"}


def test_the_default_rack_is_three_servers_and_one_machine_that_is_off() -> None:
    rack = model.load("default")
    assert [host.role for host in rack.hosts] == ["boot", "server", "server", "server"]
    machine = rack.machines[0]
    assert (machine.address, machine.bmc_address) == ("172.31.70.14", "172.31.71.14")
    assert (machine.mac, machine.vm_mac, machine.serial) == ("52:54:00:70:00:14", "52:54:00:80:00:14", "IA-M1")


def test_all_contradictions_come_at_once() -> None:
    hosts = [
        {"name": "a", "number": 5, "role": "boot"},
        {"name": "a", "number": 11, "role": "server"},
        {"name": "c", "number": 11, "role": "worker"},
        {"name": "d", "number": 2, "role": "boot"},
    ]
    with pytest.raises(LabError) as caught:
        model.parse("bad", {"hosts": hosts})
    text = str(caught.value)
    found = ("name a is used twice", "number 11 is used twice", "5", "role worker", "exactly one boot server")
    for finding in found:
        assert finding in text


def test_a_rack_without_server_is_refused() -> None:
    with pytest.raises(LabError, match="there is no server"):
        model.parse("bad", {"hosts": GOOD["hosts"][:1]})


def test_an_unknown_key_is_named_with_the_known_ones() -> None:
    with pytest.raises(LabError, match="unknown keys firmwear; known are"):
        model.parse("bad", {**GOOD, "machines": [{"name": "m", "number": 14, "role": "agent", "firmwear": "uefi"}]})


def test_an_unknown_rack_names_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RACK", "huge")
    with pytest.raises(LabError, match="RACK= one of default, kvm"):
        model.load()
