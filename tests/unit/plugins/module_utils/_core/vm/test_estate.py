from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import InputErrors
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.estate import items, settings_for, wave, wishes_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Disk, Guest, Nic, Vm

VM = Vm(
    "DB_01",
    id="vm-1",
    guest=Guest("rhel9_64Guest", "", "linux"),
    disks=(Disk("1", 10 << 30, datastore="ds1", used=4 << 30), Disk("2", 20 << 30, datastore="ds2")),
    nics=(Nic("4000", "VLAN 10"),),
    source={"type": "vcenter", "host": "esx1"},
)
ESTATE = {
    "source": {"password": "secret"},
    "target": {"namespace": "vms", "labels": {"team": "a"}},
    "mapping": {"networks": [{"source": "*", "target": "pod"}]},
    "overrides": {"assume_virtio": True},
    "slots": {"link": 12, "host": 4},
    "machines": [
        {"name": "DB_01", "target": {"name": "db"}, "overrides": {"disk_bus": "sata"}, "run_strategy": "Manual"}
    ],
}
ROWS = [
    {"name": "DB_01", "method": "warm", "host": "esx1", "datastore": "ds1"},
    {"name": "web", "method": "cold", "host": "", "datastore": "ds1"},
]
PLAN = {"waves": [{"number": 0, "vms": ROWS}]}


def assessed(vm: Vm = VM, *concerns: dict[str, str]) -> dict[str, Any]:
    return {"vms": [vm.to_dict()], "concerns": list(concerns)}


def test_a_machine_to_plan_says_what_is_copied_and_where_from() -> None:
    assert items(assessed(), [{"name": "DB_01", "after": ["x"], "downtime_limit_s": 900}]) == [
        {
            "name": "DB_01",
            "target": "db-01",
            "used_mib": 24 * 1024.0,
            "capacity_mib": 30 * 1024.0,
            "host": "esx1",
            "datastore": "ds2",
            "network": "VLAN 10",
            "family": "linux",
            "identity": "",
            "downtime_limit": 900.0,
            "blocked": "",
            "after": ["x"],
        }
    ]


def test_a_critical_concern_or_the_operators_word_keeps_a_machine_out() -> None:
    concern = {"vm": "DB_01", "id": "disk.rdm", "severity": "critical", "found": "disk 2: is raw", "way_out": ""}
    warning = {**concern, "id": "guest.old", "severity": "warning"}
    assert items(assessed(VM, concern, warning), [])[0]["blocked"] == "disk 2: is raw (disk.rdm)"
    assert items(assessed(VM, concern), [{"name": "DB_01", "skip": "goes to the scrap yard"}])[0]["blocked"] == (
        "goes to the scrap yard"
    )


def test_a_machine_without_disks_or_interfaces_is_no_trap() -> None:
    assert items(assessed(replace(VM, disks=(), nics=())), [])[0]["used_mib"] == 0.0


def test_wishes_for_machines_there_are_not_come_at_once() -> None:
    with pytest.raises(InputErrors) as error:
        wishes_of([{"name": "x"}, {"name": "a"}, {"name": "a"}], ["a", "b"])
    assert [finding.place for finding in error.value.findings] == ["machines[0].name", "machines[2].name"]
    assert "(found: a, b ...)" in error.value.message


def test_a_machines_own_wishes_count_before_those_for_all() -> None:
    options = {"namespace": "vms", "mapping": {"networks": []}, "overrides": {"disk_bus": "virtio", "memory_mib": 9}}
    own = settings_for(VM, options, {"target": {"name": "db"}, "overrides": {"disk_bus": "sata"}})
    assert (own.name, own.namespace, own.disk_bus, own.memory_mib) == ("db", "vms", "sata", 9)


def test_a_wave_is_a_list_of_imports_in_the_order_of_the_plan() -> None:
    first, second = wave(PLAN, ESTATE, 0)
    assert (first["name"], first["vm"], second["name"]) == ("db", "DB_01", "web")
    assert first["target"] == {
        "namespace": "vms",
        "name": "db",
        "labels": {"team": "a", "import.ironacre.io/wave": "0"},
    }
    assert first["overrides"] == {"assume_virtio": True, "disk_bus": "sata"}
    assert first["run_strategy"] == "Manual" and "run_strategy" not in second
    assert first["slots"] == [
        {"kind": "link", "name": "link", "count": 12},
        {"kind": "host", "name": "esx1", "count": 4},
    ]
    assert second["slots"] == [{"kind": "link", "name": "link", "count": 12}]


def test_a_wave_holds_no_credentials() -> None:
    assert "secret" not in str(wave(PLAN, ESTATE, 0))


def test_a_wave_that_is_not_planned_is_told() -> None:
    with pytest.raises(InputErrors, match=r"the plan has no wave 7 \(found: 0\)"):
        wave(PLAN, ESTATE, 7)


@pytest.mark.parametrize("window", ["night", "any", "gone", ""])
def test_a_cut_over_keeps_to_its_window_when_that_says_when_it_opens(window: str) -> None:
    windows = [
        {"name": "any", "seconds": 60},
        {"name": "night", "seconds": 7200, "start": "2026-12-05T23:30:00+01:00"},
    ]
    plan = {"waves": [{"number": 0, "vms": ROWS, "window": window}]}
    times = [(one.get("not_before"), one.get("not_after")) for one in wave(plan, {**ESTATE, "windows": windows}, 0)]
    bounds = ("2026-12-05T23:30:00+01:00", "2026-12-06T01:30:00+01:00") if window == "night" else (None, None)
    assert times == [bounds, bounds]


@pytest.mark.parametrize(
    ("start", "told"), [("saturday", "'saturday' is no time; write it as"), ("2026-12-05T22:00", "lacks its time zone")]
)
def test_a_window_that_opens_at_no_time_is_told(start: str, told: str) -> None:
    plan = {"waves": [{"number": 0, "vms": ROWS, "window": "night"}]}
    windows = [{"name": "night", "seconds": 1, "start": start}]
    with pytest.raises(InputErrors, match=rf"hci_estate.windows\[0\].start: .*{told}"):
        wave(plan, {**ESTATE, "windows": windows}, 0)
