"""Steps, their outcomes, and the place they run in."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass
class Outcome:
    """What a step found. notes: one sentence for each failure and each skip."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    notes: list[str] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.notes += other.notes


def passed(count: int = 1) -> Outcome:
    return Outcome(passed=count)


def failed(why: str, count: int = 1) -> Outcome:
    return Outcome(failed=count, notes=[f"FAILED: {why}"])


def skipped(missing: str, count: int = 1) -> Outcome:
    """missing: what has to be there for the step to run."""
    return Outcome(skipped=count, notes=[f"skipped: {missing}"])


@dataclass(frozen=True)
class Place:
    """Where the steps run: an environment's programs, its collections, and a folder for their output."""

    programs: Path
    collections: Path
    logs: Path

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """Variables of every program that is run."""
        # The folder of the environment first, so that tools find each other there.
        own = {
            "PATH": f"{self.programs}:{os.environ['PATH']}:/usr/local/go/bin",
            "PYTHONPATH": str(self.collections),
            "ANSIBLE_COLLECTIONS_PATH": str(self.collections),
            "ANSIBLE_HOME": str(CHECKOUT / ".ansible" / "home"),
            "NO_COLOR": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        return {**os.environ, **own, **(more or {})}

    def run(self, name: str, *command: str | Path, cwd: Path = CHECKOUT, env: Mapping[str, str] | None = None) -> int:
        """Run a program with its output in the log `name`. -> exit code; 127 when there is no such program."""
        self.logs.mkdir(parents=True, exist_ok=True)
        with (self.logs / f"{name}.log").open("w") as log:
            try:
                done = subprocess.run(
                    [str(word) for word in command],
                    cwd=cwd,
                    env=self.environment(env),
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    stdin=subprocess.DEVNULL,
                    check=False,
                )
            except FileNotFoundError as error:
                log.write(f"{error}\n")
                return 127
        return done.returncode

    def log(self, name: str) -> str:
        return (self.logs / f"{name}.log").read_text(errors="replace")

    def tail(self, name: str, lines: int = 40) -> str:
        return "\n".join(self.log(name).splitlines()[-lines:])

    def check(
        self, name: str, *command: str | Path, cwd: Path = CHECKOUT, env: Mapping[str, str] | None = None
    ) -> Outcome:
        """Run a program that says by its exit code whether all is well."""
        code = self.run(name, *command, cwd=cwd, env=env)
        return passed() if code == 0 else failed(f"{name} ended with {code}:\n{self.tail(name)}")


@dataclass(frozen=True)
class Step:
    """One line of the run. beside: it runs in the second lane. alone: nothing runs beside it."""

    name: str
    run: Callable[[Place], Outcome]
    beside: bool = False
    alone: bool = False


def first_leg() -> Place:
    """The environment this driver runs in."""
    programs = Path(sys.executable).parent
    return Place(programs, CHECKOUT / ".ansible" / "collections", CHECKOUT / ".ansible" / "log")
