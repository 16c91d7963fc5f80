"""How long a check is tried, and how long it must hold."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic import probes
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.links import Links
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.parse import parse


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A clock that only sleeping moves."""
    now = SimpleNamespace(at=0.0)

    def sleep(seconds: float) -> None:
        now.at += seconds

    monkeypatch.setattr(probes, "time", SimpleNamespace(monotonic=lambda: now.at, sleep=sleep))
    return now


def faults(monkeypatch: pytest.MonkeyPatch, kind: str, told: Iterator[str]) -> None:
    monkeypatch.setitem(probes.CHECKS, kind, lambda *_arguments: next(told))


@pytest.mark.usefixtures("clock")
def test_an_aggregation_that_holds_for_a_moment_only_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    faults(monkeypatch, "lacp", iter(["", "", *["eno2: in aggregator 2"] * 99]))
    wanted = parse({"probes": [{"lacp": "bond0"}]}).probes
    (told,) = probes.run(wanted, Links(), 3)
    assert (told.ok, told.evidence) == (False, "eno2: in aggregator 2")


def test_an_aggregation_that_comes_late_and_stays_is_one(
    monkeypatch: pytest.MonkeyPatch, clock: SimpleNamespace
) -> None:
    faults(monkeypatch, "lacp", iter([*["the partner is silent"] * 5, *[""] * 99]))
    wanted = parse({"probes": [{"lacp": "bond0"}]}).probes
    (told,) = probes.run(wanted, Links(), 3)
    assert told.ok
    last_fault = 4 * 0.3
    assert clock.at >= last_fault + probes.STEADY["lacp"]


def test_other_checks_need_not_wait(monkeypatch: pytest.MonkeyPatch, clock: SimpleNamespace) -> None:
    faults(monkeypatch, "tcp", iter([""]))
    (told,) = probes.run(parse({"probes": [{"tcp": "10.0.0.1:22"}]}).probes, Links())
    assert told.ok
    assert clock.at == 0
