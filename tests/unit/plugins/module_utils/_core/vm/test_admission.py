from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm import admission
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.admission import simulate
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.downtime import Item
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.flows import Bandwidth, Job, fair_rates
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.waves import Limits, Window, plan
from tests.unit.plugins.module_utils._core.vm.estates import host_name, size_mib


def uneven(seed: int, hosts: int, stores: int, hot: int, chains: bool, count: int = 240) -> list[Item]:
    """Machines of 1 GiB to 2 TiB; `hot` hosts hold five times as much; with `chains`, two of five wait for another."""
    source = random.Random(seed)
    return [
        Item(
            f"vm{number:03}",
            size_mib(source),
            host=host_name(source, hosts, hot),
            datastore=f"ds{source.randrange(stores)}",
            after=(f"vm{number - 1:03}",) if chains and number % 5 in (1, 2) else (),
        )
        for number in range(count)
    ]


SHAPES = {
    "even": (16, 8, 0, False),
    "one hot host": (16, 8, 1, False),
    "two hot hosts": (16, 8, 2, False),
    "few hosts": (4, 3, 0, False),
    "few stores": (16, 2, 0, False),
    "many hosts": (60, 20, 0, False),
    "chains": (16, 8, 0, True),
    "chains on two hot hosts": (16, 8, 2, True),
}


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("shape", SHAPES)
def test_estates_of_every_shape_end_within_two_percent_of_the_bound(shape: str, seed: int) -> None:
    found = plan(uneven(seed, *SHAPES[shape]), Limits(max_per_wave=1000, pilot=False))
    assert found["machines"] == 240
    assert 1.0 <= found["ratio"] <= 1.02, found["waves"][0]["limiting"]


def test_no_resource_is_used_beyond_what_it_has() -> None:
    jobs = [Job(f"j{n}", 100.0 * (n % 7 + 1), f"h{n % 3}", f"d{n % 2}") for n in range(60)]
    bandwidth = Bandwidth(link=500, datastore=300)
    runs = {run.name: run for run in simulate(jobs, bandwidth)}
    assert sorted(runs) == sorted(job.name for job in jobs)
    for host in range(3):
        work = sum(job.work for job in jobs if job.host == f"h{host}")
        assert max(runs[job.name].end for job in jobs if job.host == f"h{host}") >= work / bandwidth.host - 1e-6
    assert all(run.end - run.start >= job.work / bandwidth.stream - 1e-6 for job in jobs for run in [runs[job.name]])


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("shape", ["one hot host", "two hot hosts", "chains"])
def test_waves_of_700_uneven_machines_add_up_to_two_percent_over_their_bounds(shape: str, seed: int) -> None:
    found = plan(uneven(seed, *SHAPES[shape], count=700), Limits())
    assert found["machines"] == 700
    assert found["ratio"] <= 1.02, [(wave["limiting"], wave["duration_s"]) for wave in found["waves"]]


def test_a_copy_that_needs_its_whole_time_is_not_slowed_down() -> None:
    """A third copy on its host would take 6 of its 110 MiB/s, and with them the end of all."""
    jobs = [Job("long", 110_000, "h1"), *(Job(f"short{n}", 5_000, "h1") for n in range(10))]
    assert max(run.end for run in simulate(jobs, Bandwidth())) == pytest.approx(1000)


def test_a_host_that_needs_all_it_has_keeps_its_share_of_a_full_link() -> None:
    hot = [Job(f"hot{n}", 3_120, "h0", "d0") for n in range(100)]
    other = [Job(f"j{n:03}", 7_880, f"h{1 + n % 12}", "d1") for n in range(96)]
    assert max(run.end for run in simulate([*hot, *other], Bandwidth())) <= 1000 * 1.02


def test_a_datastore_that_all_share_does_not_hide_which_host_is_behind() -> None:
    hot = [Job(f"hot{n}", 3_120, "h0", "d0") for n in range(100)]
    other = [Job(f"j{n:03}", 7_000, f"h{1 + n % 12}", "d0") for n in range(96)]
    assert max(run.end for run in simulate([*hot, *other], Bandwidth(datastore=990))) <= 1000 * 1.02


def test_a_plan_of_700_machines_asks_for_few_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a plan costs, in what it consists of: 80000 of them are about two seconds."""
    asked: list[int] = []

    def counted(jobs: Sequence[Job], bandwidth: Bandwidth) -> list[float]:
        asked.append(len(jobs))
        return fair_rates(jobs, bandwidth)

    monkeypatch.setattr(admission, "fair_rates", counted)
    plan(uneven(1, *SHAPES["one hot host"], count=700), Limits())
    assert 700 <= len(asked) <= 80_000 and max(asked) <= 40


def test_the_last_of_many_equal_machines_share_the_link_to_the_end() -> None:
    """Ten at once would leave five for the last step, with half of the link."""
    jobs = [Job(f"j{n:03}", 50_000, f"h{n % 16}", f"d{n % 8}") for n in range(105)]
    assert max(run.end for run in simulate(jobs, Bandwidth())) <= 105 * 50_000 / 1100 * 1.02


def test_windows_of_700_machines_add_up_to_two_percent_over_their_bounds() -> None:
    items = [
        replace(item, downtime_limit=1800.0 * (n % 2), dirty_mib_s=0.5)
        for n, item in enumerate(uneven(1, *SHAPES["even"], count=700))
    ]
    found = plan(items, Limits(windows=tuple(Window(f"night {n}", 14400) for n in range(14))))
    assert found["machines"] == 700 and found["ratio"] <= 1.02
