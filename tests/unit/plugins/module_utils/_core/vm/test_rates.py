from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.downtime import Item
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.flows import Bandwidth
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.journals import journals_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.rates import MIB, measured
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.waves import Limits, replan


def journal(name: str, started: float, ended: float, mib: int, seconds: float, phase: str = "done") -> dict[str, Any]:
    disk = {"key": "d", "bytes_read": mib << 20, "seconds": seconds}
    timeline = [{"phase": "copied", "started": started, "ended": ended}]
    return {"name": name, "phase": phase, "disks": [disk], "timeline": timeline}


ITEMS = [Item("Web_01", 1000, host="esx1", datastore="ds1"), Item("b", 1000, host="esx1", datastore="ds2")]


def test_planning_again_leaves_out_what_is_through_and_what_waited_for_it() -> None:
    items = [*ITEMS, Item("c", 500, host="esx1", after=("Web_01", "b"))]
    imports = [journal("web-01", 0, 10, 1000, 10), journal("b", 0, 10, 1000, 10, "failed:copied")]
    found = replan(items, Limits(), imports)
    assert found["moved"] == ["Web_01"]
    assert {row["name"] for row in found["waves"][0]["vms"]} == {"b", "c"}


@pytest.mark.parametrize(
    ("phases", "way", "method"),
    [
        (["precopied"], "warm", "warm"),
        (["precopied", "stopped"], "warm", "warm"),
        (["allocated"], "warm", "cold"),
        (["stopped", "copied"], "cold", "cold"),
        (["precopied", "stopped", "done", "rolled_back"], "warm", "cold"),
    ],
)
def test_what_was_copied_ahead_goes_on_so_however_fast_a_copy_is_by_now(
    phases: list[str], way: str, method: str
) -> None:
    steps = [{"phase": phase, "started": 0, "ended": 1} for phase in phases]
    entry = {"name": "b", "phase": phases[-1], "method": way, "timeline": steps}
    found = replan(ITEMS, Limits(), [entry])
    assert {row["name"]: row["method"] for row in found["waves"][0]["vms"]} == {"Web_01": "cold", "b": method}


def test_another_machine_of_the_same_name_is_not_taken_for_it() -> None:
    item = Item("Web_01", 500, host="esx1", identity="vsphere 5037-a", target="shop")
    other = {**journal("shop", 0, 10, 1000, 10), "source": "vsphere 5037-b"}
    assert replan([item], Limits(), [other])["moved"] == []
    mine = {**journal("renamed", 0, 10, 1000, 10), "source": "vsphere 5037-A"}
    assert replan([item], Limits(), [other, mine])["moved"] == ["Web_01"]


def rates(*imports: dict[str, Any]) -> Bandwidth:
    return measured(journals_of(imports, ((item.name, item.target, "") for item in ITEMS)), ITEMS, Bandwidth())


def test_measured_rates_take_the_place_of_assumed_ones() -> None:
    alone = rates(journal("web-01", 0, 10, 1000, 10))
    assert (alone.stream, alone.special) == (100.0, {}), "one copy alone shows the rate of a stream, not of its host"
    both = rates(journal("web-01", 0, 20, 1000, 20), journal("b", 0, 20, 1000, 20))
    assert (both.stream, both.special) == (50.0, {"esx1": 100.0})


def moved_in_rounds(name: str, *rounds: tuple[float, float, float]) -> dict[str, Any]:
    """The journal of a machine that runs at its source: rounds of (start, end, MiB), and no seconds at its disks."""
    told = [{"started": start, "ended": end, "bytes_read": int(mib * MIB)} for start, end, mib in rounds]
    disks = [{"bytes_read": sum(one["bytes_read"] for one in told), "seconds": 0.0}]
    steps = [{"phase": "precopied", "started": -90_000.0, "ended": -80_000.0}]
    steps.append({"phase": "copied", "started": 0.0, "ended": 10.0})
    return {"name": name, "phase": "done", "timeline": steps, "disks": disks, "rounds": told}


def test_each_round_of_a_machine_that_runs_is_a_measurement() -> None:
    warm = moved_in_rounds("web-01", (-90_000, -89_990, 2000), (0, 1, 1))
    found = rates(warm)
    assert (found.stream, found.special) == (200.0, {}), "rounds lie days apart; what changed last was too little"
    cold = moved_in_rounds("b", (-90_000, -89_990, 1000))
    assert rates(warm, cold).special == {"esx1": 300.0}, "they were read beside each other"


def test_the_newest_measurement_counts_and_does_not_rule() -> None:
    assert rates(journal("web-01", 0, 10, 1000, 10), journal("b", 20, 40, 1000, 20)).stream == 85.0
    assert rates(journal("b", 0, 1, 1, 1)).stream == 110.0, "too small to tell"
