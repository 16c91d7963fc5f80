from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import InputErrors
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.admission import simulate
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.downtime import Item, method_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.flows import Bandwidth, Job, fair_rates
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.waves import Limits, Window, plan
from tests.unit.plugins.module_utils._core.vm.estates import host_name, size_mib


def estate(count: int, hot: bool, seed: int = 1) -> list[Item]:
    """Machines of 1 GiB to 2 TiB on 16 hosts; with `hot`, two of the hosts hold five times as much."""
    source = random.Random(seed)
    return [
        Item(
            f"vm{number:03}",
            size_mib(source),
            host=host_name(source, 16, 2 if hot else 0),
            datastore=f"ds{source.randrange(8)}",
            network=f"vlan{source.randrange(3)}",
            family=source.choice(["linux", "windows"]),
            group=f"app{number // 9}" if number % 9 < 3 and number % 27 < 9 else "",
        )
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("limits", "hot"),
    [(Limits(), False), (Limits(), True), (Limits(max_per_wave=50), False), (Limits(max_per_wave=200), True)],
)
def test_waves_of_700_machines_add_up_to_two_percent_over_the_bound(limits: Limits, hot: bool) -> None:
    found = plan(estate(700, hot), limits)
    assert found["machines"] == 700 and not found["unplaced"]
    assert found["ratio"] <= 1.02, [(wave["number"], wave["limiting"]) for wave in found["waves"]]
    assert max(len(wave["vms"]) for wave in found["waves"]) <= limits.max_per_wave


@pytest.mark.parametrize("hot", [False, True])
def test_the_plan_of_700_machines_is_within_two_percent_of_the_bound(hot: bool) -> None:
    found = plan(estate(700, hot), Limits(max_per_wave=1000, pilot=False))
    assert found["machines"] == 700 and not found["unplaced"]
    assert found["ratio"] <= 1.02, found["waves"][0]["limiting"]


def test_the_same_estate_gives_the_same_plan_in_any_order() -> None:
    items = estate(120, True)
    shuffled = random.Random(2).sample(items, len(items))
    assert plan(items, Limits()) == plan(shuffled, Limits())


def waves_of(found: dict[str, Any]) -> dict[str, int]:
    return {row["name"]: wave["number"] for wave in found["waves"] for row in wave["vms"]}


def test_the_pilot_has_one_easy_machine_of_each_kind() -> None:
    items = estate(300, False)
    pilot = plan(items, Limits())["waves"][0]["vms"]
    kinds = {(item.family, item.datastore, item.network) for item in items if not item.group}
    assert len(pilot) == len(kinds) and all(row["method"] == "cold" for row in pilot)


def test_groups_stay_together_and_waves_keep_their_size() -> None:
    items = estate(300, False)
    placed = waves_of(plan(items, Limits(max_per_wave=40)))
    for group in {item.group for item in items if item.group}:
        assert len({placed[item.name] for item in items if item.group == group}) == 1
    assert max(list(placed.values()).count(number) for number in set(placed.values()) if number) <= 40


def test_machines_wait_for_those_they_depend_on() -> None:
    items = [Item("app", 1000, after=("db",)), Item("db", 5000), Item("web", 100, after=("app",))]
    rows = {row["name"]: row for row in plan(items, Limits(pilot=False))["waves"][0]["vms"]}
    assert rows["db"]["start_s"] + rows["db"]["copy_s"] <= rows["app"]["start_s"] + 0.1
    assert rows["app"]["start_s"] + rows["app"]["copy_s"] <= rows["web"]["start_s"] + 0.1


def test_windows_are_filled_and_what_does_not_fit_is_told() -> None:
    items = [Item(f"vm{number}", 110 * 600, host=f"h{number}") for number in range(30)]
    limits = Limits(Bandwidth(link=220), windows=(Window("sat", 3000), Window("sun", 3000)), pilot=False)
    found = plan(items, limits)
    assert [wave["window"] for wave in found["waves"]] == ["sat", "sun"]
    assert all(wave["lower_bound_s"] <= 3000 for wave in found["waves"])
    assert len(found["unplaced"]) == 10 and "no window" in found["unplaced"][0]["reason"]


def test_blocked_machines_are_told_and_not_planned() -> None:
    found = plan([Item("a", 10), Item("b", 10, blocked="raw device mapping")], Limits())
    assert found["unplaced"] == [{"name": "b", "reason": "raw device mapping"}] and found["machines"] == 1


def test_contradictions_come_at_once() -> None:
    items = [Item("a", 1, after=("b",)), Item("b", 1, after=("a",)), Item("c", 1, after=("x",)), Item("c", 1)]
    with pytest.raises(InputErrors) as error:
        plan(items, Limits())
    assert [finding.place for finding in error.value.findings] == ["vms.c", "vms.c.after", "vms"]
    assert "a, b wait for each other" in error.value.message


@pytest.mark.parametrize(
    ("limit", "dirty", "method", "note"),
    [
        (0, -1, "cold", ""),
        (5000, -1, "cold", ""),
        (600, 1, "warm", ""),
        (600, -1, "warm", "unknown"),
        (600, 60, "warm", "replicate inside the guest"),
    ],
)
def test_cold_where_the_downtime_allows_it(limit: float, dirty: float, method: str, note: str) -> None:
    found = method_of(Item("a", 1, downtime_limit=limit, dirty_mib_s=dirty), 1000, Bandwidth())
    assert found[0] == method and note in found[1]


def test_shares_are_fair_and_never_more_than_there_is() -> None:
    bandwidth = Bandwidth(link=300, stream=110, host=120)
    jobs = [Job("a", 1, "h1"), Job("b", 1, "h1"), Job("c", 1, "h2"), Job("d", 1, "h3")]
    assert fair_rates(jobs, bandwidth) == pytest.approx([60, 60, 90, 90])


def test_few_copies_run_at_once_when_few_fill_the_link() -> None:
    jobs = [Job(f"j{number}", 1000, f"h{number}") for number in range(51)]
    runs = simulate(jobs, Bandwidth(link=330, stream=110))
    most = max(sum(other.start <= run.start < other.end for other in runs) for run in runs)
    assert most == 3


def test_a_special_host_has_its_own_speed() -> None:
    items = [Item("a", 100, host="slow"), Item("b", 100, host="fast")]
    limits = Limits(replace(Bandwidth(), special={"slow": 1.0}), pilot=False)
    wave = plan(items, limits)["waves"][0]
    assert wave["limiting"] == "host slow" and wave["duration_s"] == 100.0


def test_a_group_moves_as_a_whole_or_not_at_all() -> None:
    items = [Item("a", 10, group="shop"), Item("b", 10, group="shop", blocked="rdm"), Item("c", 10, after=("a",))]
    found = plan([*items, Item("d", 10)], Limits(pilot=False))
    assert found["unplaced"] == [
        {"name": "a", "reason": "its group shop has b, blocked"},
        {"name": "b", "reason": "rdm"},
        {"name": "c", "reason": "waits for a, which does not move"},
    ]
    assert waves_of(found) == {"d": 0}


@pytest.mark.parametrize("windows", [(), (Window("sat", 9000), Window("sun", 9000))])
def test_two_halves_of_a_pair_never_move_in_one_wave(windows: tuple[Window, ...]) -> None:
    items = [Item(f"dc{number}", 100, apart="directory") for number in range(2)] + [Item("x", 100)]
    placed = waves_of(plan(items, Limits(windows=windows, pilot=False)))
    assert placed["dc0"] != placed["dc1"]


def test_machines_keep_to_the_windows_they_may_use() -> None:
    windows = (Window("sat", 9000, "2026-12-05 22:00"), Window("sun", 9000))
    found = plan([Item("a", 10, windows=("sun",)), Item("b", 10)], Limits(windows=windows, pilot=False))
    assert waves_of(found) == {"a": 1, "b": 0}
    assert [(wave["window"], wave["start"]) for wave in found["waves"]] == [("sat", "2026-12-05 22:00"), ("sun", "")]
    with pytest.raises(InputErrors, match=r"vms\.a\.windows: there is no window mon \(found: sat, sun\)"):
        plan([Item("a", 10, windows=("mon",))], Limits(windows=windows))


def test_a_wave_ends_within_its_window_even_when_its_bound_is_lower() -> None:
    """Three equal machines on two streams' worth of link: the bound is 1.5 machines long, any schedule 2."""
    items = [Item(f"m{number}", 110 * 1000, host=f"h{number}", datastore=f"d{number}") for number in range(3)]
    found = plan(items, Limits(Bandwidth(link=220), windows=(Window("sat", 1600), Window("sun", 1600)), pilot=False))
    assert all(wave["duration_s"] <= 1600.1 for wave in found["waves"])
    assert found["machines"] == 3


def test_a_warm_machine_needs_its_window_only_for_what_changes() -> None:
    items = [Item("db", 110 * 50_000, downtime_limit=600, dirty_mib_s=0.5)]
    wave = plan(items, Limits(windows=(Window("sat", 3600),), pilot=False))["waves"][0]
    row = wave["vms"][0]
    assert (row["method"], wave["precopy_s"]) == ("warm", 50_000.0)
    assert wave["duration_s"] == pytest.approx(0.5 * 50_000 / 110, abs=0.1)
    assert row["downtime_s"] == pytest.approx(60 + 0.5 * 50_000 / 110, abs=0.1)


def test_what_the_target_has_no_room_for_is_told_with_all_that_waits_for_it() -> None:
    items = [Item("a", 10, capacity_mib=80), Item("b", 5, capacity_mib=50), Item("c", 1, capacity_mib=1, after=("b",))]
    found = plan(items, Limits(capacity_mib=100, pilot=False))
    assert [entry["name"] for entry in found["unplaced"]] == ["b", "c"]
    assert waves_of(found) == {"a": 0}


def test_a_long_chain_is_planned() -> None:
    items = [Item(f"m{n:04}", 1, after=(f"m{n - 1:04}",) if n else ()) for n in range(1500)]
    assert plan(items, Limits(max_per_wave=100, pilot=False))["machines"] == 1500
