from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.ironacre.hci.plugins.filter.import_wave import import_wave

ROWS = [{"name": "DB_01", "method": "warm"}, {"name": "web", "method": "cold"}]
PLAN = {"waves": [{"number": 1, "vms": ROWS}]}
ESTATE = {"source": {"hostname": "vcenter"}, "target": {"namespace": "vms"}, "machines": []}


@pytest.mark.parametrize(
    ("method", "only", "names"),
    [("", [], ["db-01", "web"]), ("warm", [], ["db-01"]), ("", ["DB_01"], ["db-01"]), ("", ["web"], ["web"])],
)
def test_machines_of_a_wave_are_chosen(method: str, only: list[str], names: list[str]) -> None:
    assert [one["name"] for one in import_wave(PLAN, ESTATE, 1, method, only)] == names


def test_a_wave_that_is_not_there_is_told() -> None:
    with pytest.raises(AnsibleFilterError, match=r"the plan has no wave 0 \(found: 1\)"):
        import_wave(PLAN, ESTATE, 0)


MOVED = {"vms": [{"name": "DB_01"}, {"name": "gone"}]}


def test_machines_that_are_in_no_plan_any_more_are_found_by_name() -> None:
    found = import_wave({"waves": []}, ESTATE, "", "", ["DB_01"], MOVED)
    told = [(one["name"], one["vm"], one["method"], one["target"]["namespace"]) for one in found]
    assert told == [("db-01", "DB_01", "auto", "vms")]
    assert import_wave({}, ESTATE, "", "", ["db-01"], MOVED) == found
    with pytest.raises(AnsibleFilterError, match="the assessment has no machine 'web'"):
        import_wave({}, ESTATE, "", "", ["web"], MOVED)


@pytest.mark.parametrize(("assessment", "told"), [({}, "no wave is named"), (MOVED, "no machine is named")])
def test_nobody_moves_by_a_slip(assessment: dict[str, Any], told: str) -> None:
    with pytest.raises(AnsibleFilterError, match=told):
        import_wave(PLAN, ESTATE, assessment=assessment)
