from __future__ import annotations

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.slots import (
    Budget,
    Choice,
    Hold,
    choose,
    findings_of,
)

LINK, HOST = Budget("link", "link", 2), Budget("host", "esx1.example.com", 1)


def test_one_slot_of_each_budget_is_chosen() -> None:
    assert choose([LINK, HOST], {}, 0) == Choice((LINK.slot(0), HOST.slot(0)))
    assert choose([LINK], {LINK.slot(0): Hold("a", 100)}, 110) == Choice((LINK.slot(1),))


def test_all_or_nothing_and_who_holds_them_is_told() -> None:
    holds = {HOST.slot(0): Hold("jobs-7/42", 100)}
    found = choose([LINK, HOST], holds, 130)
    assert found.take == () and found.again == 30
    assert found.busy == "host esx1.example.com: 1 of 1 slots are held by jobs-7/42"


@pytest.mark.parametrize(
    "hold", [Hold("a", 100), Hold("a", 155, lifetime=5), Hold("a", 159, dead=True), Hold("", 159)], ids=str
)
def test_what_is_stale_is_taken_over(hold: Hold) -> None:
    assert choose([HOST], {HOST.slot(0): hold}, 160).take == (HOST.slot(0),)


def test_names_that_look_alike_are_kept_apart_and_fit() -> None:
    one, two = Budget("host", "ESX 1", 1), Budget("host", "esx-1", 1)
    assert one.slot(0) != two.slot(0)
    assert len(Budget("datastore", "x" * 200, 1).slot(1000)) <= 63


def test_a_budget_of_nothing_is_refused() -> None:
    assert [str(finding) for finding in findings_of([Budget("host", "a", 0), LINK])] == [
        "slots.host a: 0 slots; allow at least one copy"
    ]
