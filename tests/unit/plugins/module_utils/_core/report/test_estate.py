from __future__ import annotations

import csv
import io
import itertools
import json
import re
from dataclasses import replace

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.report.estate import Machine, estate_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.estate_files import (
    cell,
    estate_csv,
    estate_json,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.estate_page import (
    estate_page,
    says_the_same,
    size,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.gantt import lanes_of, short, shortened
from tests.unit.plugins.module_utils._core.report.estates import HOSTILE, large, small


def test_a_machine_is_what_its_journal_says_then_the_plan_then_the_assessment() -> None:
    states = {machine.name: machine.state for machine in small().machines}
    assert {states[name] for name in ("intranet", "mail", "sap")} == {"done", "failed", "blocked"}
    assert [machine.state for machine in small().machines if "script" in machine.name] == ["planned"]


STEPS = [{"phase": "stopped", "started": 10.0, "ended": 12.0}, {"phase": "started", "started": 50.0, "ended": 70.0}]


@pytest.mark.parametrize(
    ("phase", "state", "shown", "downtime"),
    [
        ("precopied", "precopied", "copied ahead", -1.0),
        ("stopped", "running", "running", -1.0),
        ("done", "done", "done", 60.0),
        ("rolled_back", "rolled_back", "taken back", -1.0),
        ("failed:checked", "failed", "failed", 60.0),
    ],
)
def test_a_machine_that_was_begun_is_not_told_as_another_thing(
    phase: str, state: str, shown: str, downtime: float
) -> None:
    journal = {"name": "a", "phase": phase, "note": "what it wrote is lost", "timeline": STEPS}
    estate = estate_of({"vms": [{"name": "a"}]}, {}, [journal], "x")
    (machine,) = estate.machines
    assert (machine.state, machine.downtime) == (state, downtime)
    assert f">{shown}</span>" in estate_page(estate)
    assert ("what it wrote is lost" in machine.reason) == (state == "rolled_back")


def test_a_journal_is_found_by_what_the_machine_is_and_not_by_a_name() -> None:
    assessment = {"vms": [{"name": "Web", "extra": {"instance_uuid": "5037-a"}}, {"name": "b", "extra": {}}]}
    renamed = {"name": "shop", "source": "vsphere 5037-A", "phase": "done"}
    foreign = {"name": "web", "source": "vsphere 4242", "phase": "failed:copied", "failure": "not of this estate"}
    estate = estate_of(assessment, {}, [renamed, foreign], "x")
    assert [(one.name, one.target, one.state) for one in estate.machines] == [
        ("Web", "shop", "done"),
        ("b", "b", "ready"),
    ]


def test_nothing_is_known_and_nothing_breaks() -> None:
    assert "Estate" in estate_page(estate_of({}, {}, [], "Estate"))


def test_a_hostile_name_stays_a_name() -> None:
    page = estate_page(small())
    assert "<script" not in page and "&lt;script&gt;alert(" in page
    assert not re.search("[\u202e\x07]", page), "what turns or hides text is gone"
    assert HOSTILE not in estate_csv(small())


def test_every_text_of_the_source_is_escaped_wherever_it_comes_from() -> None:
    bad = "<img src=x onerror=alert(1)>"
    row = {"name": bad, "method": bad, "mib": 1.0, "start_s": 0.0, "copy_s": 1.0, "downtime_s": 61.0, "note": bad}
    wave = {"number": 0, "window": bad, "start": bad, "duration_s": 1.0, "limiting": bad, "vms": [row]}
    concern = {"vm": bad, "id": bad, "severity": "info", "found": bad, "way_out": bad}
    disk = {"volume": bad, "sha256": bad}
    failed = {"name": "img-src-x-onerror-alert-1", "phase": f"failed:{bad}", "failure": bad, "disks": [disk]}
    failed["timeline"] = [{"phase": bad, "started": 0.0, "ended": 1.0}]
    page = estate_page(estate_of({"concerns": [concern]}, {"waves": [wave], "unplaced": []}, [failed], bad))
    assert "<img" not in page and page.count("&lt;img src=x onerror=alert(1)&gt;") >= 10


def test_copies_that_follow_each_other_share_a_lane() -> None:
    machines = [
        Machine(name, "planned", start=start, copy=copy)
        for name, start, copy in (("a", 0.0, 10.0), ("b", 0.0, 4.0), ("c", 4.0, 3.0), ("d", 7.0, 9.0))
    ]
    assert [[machine.name for machine in lane] for lane in lanes_of(machines)] == [["a"], ["b", "c", "d"]]
    for lane in (lane for wave in large().waves for lane in lanes_of(wave.machines)):
        assert all(one.start + one.copy <= two.start + 0.1 for one, two in itertools.pairwise(lane))


@pytest.mark.parametrize(("width", "text"), [(100, "web-0001"), (40, "web-0…"), (20, "")])
def test_a_name_is_written_where_there_is_room(width: float, text: str) -> None:
    assert shortened("web-0001", width) == text


def test_units_of_times_and_sizes() -> None:
    assert [short(seconds) for seconds in (0, 5, 300, 3600, 5400, 172800)] == [
        "0",
        "5 s",
        "5 min",
        "1 h",
        "1.5 h",
        "2 d",
    ]
    assert [size(count) for count in (0, 1536, 42 << 30, 3 << 40)] == ["0 B", "1.5 KiB", "42 GiB", "3 TiB"]


def test_a_table_has_one_line_per_machine_and_no_formulas() -> None:
    rows = list(csv.DictReader(io.StringIO(estate_csv(large()))))
    assert len(rows) == 700 and {row["state"] for row in rows} == {"done", "failed", "planned", "blocked"}
    assert [cell(text) for text in ("=1+1", "+1", "-1", "@x", "web-1")] == ["'=1+1", "'+1", "'-1", "'@x", "web-1"]


def test_programs_get_the_same_facts() -> None:
    data = json.loads(estate_json(small()))
    assert {one["name"]: one["downtime"] for one in data["machines"]}["intranet"] == 754.0
    assert data["machines"][-1]["counts"] == [1, 0, 0]


def test_a_page_that_tells_the_same_is_known() -> None:
    page = estate_page(small())
    assert says_the_same(replace(small(), generated="later"), page)
    assert not says_the_same(replace(small(), title="other"), page)


def test_downtime_is_measured_from_stop_to_start_where_nobody_says_it() -> None:
    found = estate_of({"vms": [{"name": "a"}]}, {}, [{"name": "a", "phase": "done", "timeline": STEPS}], "x")
    assert found.machines[0].downtime == 60.0
