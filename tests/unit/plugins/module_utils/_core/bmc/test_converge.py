"""The sequence of one machine, against a BMC of a few lines that can forget and lag."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.converge import Journal, Limits, converge
from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.errors import BmcError
from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.model import Override, State, Wish


@dataclass
class Clock:
    time: float = 0.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@dataclass
class Machine:
    """readings: power states that are shown before the true one."""

    state: State
    readings: list[str] = field(default_factory=list)
    loses_override_at_off: bool = False
    sent: list[str] = field(default_factory=list)
    driver: str = "ipmi"
    address: str = "192.0.2.1:623"

    def read(self) -> State:
        return replace(self.state, power=self.readings.pop(0)) if self.readings else self.state

    def set_override(self, override: Override) -> None:
        self.sent.append(f"boot {override.target}")
        self.state = replace(self.state, override=override)

    def set_power(self, power: str) -> None:
        self.sent.append(power)
        if power == "off" and self.loses_override_at_off:
            self.loses_override_at_off = False
            self.state = replace(self.state, override=Override("none", "uefi"))
        self.state = replace(self.state, power=power)


def machine(**options: object) -> Machine:
    return Machine(State("on", Override("none", "uefi"), mode_needed=True), **options)  # type: ignore[arg-type]


def test_the_override_comes_before_the_power() -> None:
    subject = machine()
    converge(subject, Wish("cycle", "pxe"), Limits(), Journal(Clock()))
    assert subject.sent == ["boot pxe", "off", "on"]


def test_an_override_lost_at_power_off_is_written_again() -> None:
    subject = machine(loses_override_at_off=True)
    outcome = converge(subject, Wish("cycle", "pxe"), Limits(), Journal(Clock()))
    assert subject.sent == ["boot pxe", "off", "boot pxe", "on"]
    assert outcome.after.override.target == "pxe"


def test_one_reading_is_not_enough() -> None:
    subject = machine(readings=["on", "off", "on"])
    journal = Journal(Clock())
    converge(subject, Wish("off"), Limits(poll=2), journal)
    assert journal.clock.now() > 2, "a flicker must not count as the new state"


def test_a_power_state_that_never_comes_is_a_timeout() -> None:
    subject = machine(readings=["on"] * 50)
    with pytest.raises(BmcError) as error:
        converge(subject, Wish("off"), Limits(power_timeout=10), Journal(Clock()))
    assert error.value.kind == "timeout"


def test_check_mode_sends_nothing() -> None:
    subject = machine()
    outcome = converge(subject, Wish("cycle", "pxe"), Limits(), Journal(Clock()), check_mode=True)
    assert (subject.sent, outcome.plan.changes, outcome.after.override.target) == ([], True, "pxe")
