"""A BMC is asked again with growing pauses, but never with a password it refused."""

from __future__ import annotations

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.converge import Journal
from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.errors import BmcError
from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.patience import retry


class Clock:
    time = 0.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@pytest.mark.parametrize(("kinds", "seconds"), [([], 0), (["busy"], 1), (["busy", "unreachable"], 3)])
def test_it_goes_on_when_the_fault_passes(kinds: list[str], seconds: float) -> None:
    journal = Journal(Clock())

    def call() -> str:
        if kinds:
            raise BmcError(kinds.pop(0), "a", "ipmi", "d")
        return "answer"

    assert (retry(call, 3, 1.0, journal), journal.clock.now()) == ("answer", seconds)


@pytest.mark.parametrize(("kind", "calls"), [("auth", 1), ("busy", 3)])
def test_it_ends(kind: str, calls: int) -> None:
    made = []

    def call() -> None:
        made.append(1)
        raise BmcError(kind, "a", "ipmi", "d")

    with pytest.raises(BmcError):
        retry(call, 3, 1.0, Journal(Clock()))
    assert len(made) == calls
