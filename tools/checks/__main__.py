"""The test command: `python -m tools.checks [STEP...]`. The last line says how many passed, failed and were skipped."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from tools.checks import legs, lint, scenarios, suites
from tools.checks.model import Outcome, Place, Step, failed, first_leg, skipped

STEPS = (
    Step("ruff", lint.ruff),
    Step("mypy", lint.mypy),
    Step("yamllint", lint.yamllint),
    Step("unit", suites.unit),
    Step("changelog", lint.changelog),
    Step("ansible-lint", lint.ansible_lint),
    Step("syntax", suites.syntax),
    Step("docs", lint.docs),
    Step("package", suites.package),
    Step("go", lint.go),
    Step("sanity", suites.sanity),
    Step("peers", suites.peers),
    Step("molecule", scenarios.molecule, beside=True),
    Step("second-leg", legs.second, beside=True),
    Step("uml", suites.uml, alone=True),
)


def run(step: Step, place: Place) -> Outcome:
    """Run one step, say how it went. A step that dies has failed."""
    started = time.monotonic()
    try:
        outcome = step.run(place)
    except Exception as error:
        outcome = failed(f"{step.name} died: {error!r}")
    verdict = "FAILED" if outcome.failed else "ok" if outcome.passed else "skipped"
    line = f"{step.name:13} {verdict:8} {outcome.passed:5} passed {time.monotonic() - started:7.1f} s"
    print("\n    ".join([line, *"\n".join(outcome.notes).splitlines()]), flush=True)
    return outcome


def in_order(steps: Iterable[Step], place: Place) -> Outcome:
    total = Outcome()
    for step in steps:
        total.add(run(step, place))
    return total


def run_lanes(steps: list[Step], place: Place) -> Outcome:
    """Two lanes, about as long: racks and peers mostly wait for something. Then what needs the machine for itself."""
    with ThreadPoolExecutor(1) as pool:
        beside = pool.submit(in_order, [step for step in steps if step.beside], place)
        total = in_order([step for step in steps if not step.beside and not step.alone], place)
        total.add(beside.result())
    total.add(in_order([step for step in steps if step.alone], place))
    return total


def left_out(step: Step) -> Outcome:
    """What the caller did not want is counted, so that nobody takes its silence for a pass."""
    print(f"{step.name:13} skipped      0 passed: left out by --without", flush=True)
    return skipped(f"{step.name}: left out by --without")


def main() -> int:
    arguments = argparse.ArgumentParser(prog="checks", description=__doc__)
    arguments.add_argument("steps", nargs="*", metavar="STEP", help=f"only these: {', '.join(s.name for s in STEPS)}")
    arguments.add_argument("--without", nargs="*", default=[], metavar="STEP", help="all but these")
    options = arguments.parse_args()
    names = {step.name for step in STEPS}
    if unknown := {*options.steps, *options.without} - names:
        arguments.error(f"unknown step {', '.join(sorted(unknown))}")
    place = first_leg()
    chosen = [step for step in STEPS if step.name in (options.steps or names) and step.name not in options.without]
    total = run_lanes(chosen, place)
    for step in STEPS:
        if step.name in options.without:
            total.add(left_out(step))
    summary = f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped"
    place.logs.mkdir(parents=True, exist_ok=True)
    (place.logs / "summary").write_text(f"{summary}\n")
    print(summary)
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
