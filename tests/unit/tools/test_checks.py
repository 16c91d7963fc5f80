"""The test command counts right and never says all is well when something is not."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from tools.checks import __main__ as command
from tools.checks import suites
from tools.checks.model import Outcome, Place, Step, failed, passed, skipped

JUNIT = """<testsuites><testsuite tests="5" failures="1" errors="1" skipped="2">
<testcase><skipped message="dnsmasq is missing"/></testcase><testcase><skipped message="dnsmasq is missing"/></testcase>
</testsuite></testsuites>"""
SANITY = """ERROR: plugins/x.py:1:1: E265
FATAL: The 2 sanity test(s) listed below (out of 24) failed. See error output above for details.
pep8
validate-modules
"""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(Path(sys.executable).parent, tmp_path / "collections", tmp_path / "logs")


def test_a_junit_report_is_counted_and_each_reason_for_a_skip_told_once(tmp_path: Path) -> None:
    (tmp_path / "report.xml").write_text(JUNIT)
    outcome = suites.counted(tmp_path / "report.xml")
    assert (outcome.passed, outcome.failed, outcome.skipped) == (1, 2, 2)
    assert outcome.notes == ["skipped: dnsmasq is missing"]


def test_failed_sanity_tests_are_named() -> None:
    assert suites.failed_sanity(SANITY) == ["pep8", "validate-modules"]
    assert suites.failed_sanity("all is well") == []


@pytest.mark.parametrize(("program", "good"), [("true", True), ("false", False), ("no-such-program", False)])
def test_a_program_is_judged_by_its_exit_code(place: Place, program: str, good: bool) -> None:
    assert (place.check("it", program).failed == 0) is good


def test_pytest_that_dies_has_failed(place: Place, tmp_path: Path) -> None:
    (tmp_path / "test_broken.py").write_text("import nowhere_to_be_found")
    place.logs.mkdir()
    outcome = suites.pytest(place, "broken", str(tmp_path / "test_broken.py"))
    assert outcome.failed > 0


def test_a_step_that_dies_has_failed(place: Place) -> None:
    def die(place: Place) -> Outcome:
        raise RuntimeError("boom")

    assert command.run(Step("x", die), place).failed == 1


@pytest.mark.parametrize(
    ("outcomes", "line", "code"),
    [
        ([passed(3), skipped("nothing there")], "3 passed, 0 failed, 1 skipped", 0),
        ([passed(), failed("broken", 2)], "1 passed, 2 failed, 0 skipped", 1),
    ],
)
def test_the_last_line_counts_and_a_failure_is_an_exit_code(
    monkeypatch: pytest.MonkeyPatch,
    place: Place,
    capsys: pytest.CaptureFixture[str],
    outcomes: list[Outcome],
    line: str,
    code: int,
) -> None:
    steps = tuple(Step(f"s{n}", lambda place, outcome=outcome: outcome) for n, outcome in enumerate(outcomes))
    monkeypatch.setattr(command, "STEPS", steps)
    monkeypatch.setattr(command, "first_leg", lambda: place)
    monkeypatch.setattr(sys, "argv", ["checks"])
    assert command.main() == code
    assert capsys.readouterr().out.splitlines()[-1] == line
    assert (place.logs / "summary").read_text() == f"{line}\n"


def test_two_lanes_run_beside_each_other_and_both_count(place: Place) -> None:
    met = threading.Barrier(2, timeout=20)

    def meet(place: Place) -> Outcome:
        met.wait()
        return passed()

    outcome = command.run_lanes([Step("rack", meet, beside=True), Step("bench", meet)], place)
    assert (outcome.passed, outcome.failed) == (2, 0)


def test_what_is_left_out_counts_as_skipped(
    monkeypatch: pytest.MonkeyPatch, place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "STEPS", (Step("a", lambda place: passed()), Step("b", lambda place: failed("ran"))))
    monkeypatch.setattr(command, "first_leg", lambda: place)
    monkeypatch.setattr(sys, "argv", ["checks", "--without", "b"])
    assert command.main() == 0
    assert capsys.readouterr().out.splitlines()[-1] == "1 passed, 0 failed, 1 skipped"


def test_what_runs_alone_begins_when_both_lanes_have_ended(place: Place) -> None:
    ended: list[str] = []

    def end(name: str) -> Step:
        return Step(name, lambda _place: ended.append(name) or passed(), beside=name == "rack", alone=name == "kernels")

    outcome = command.run_lanes([end("kernels"), end("rack"), end("bench")], place)
    assert (outcome.passed, sorted(ended[:2]), ended[2:]) == (3, ["bench", "rack"], ["kernels"])
