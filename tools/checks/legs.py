"""The second leg: another Python with another ansible-core."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tools.checks import suites
from tools.checks.model import CHECKOUT, Outcome, Place, failed, skipped

LEG = "2.21"


def python() -> str | None:
    """A Python 3.12 or newer, 3.13 first; None when there is none. A shim without a Python behind it is none."""
    found = [shutil.which(name) for name in ("python3.13", "python3.12")]
    found += sorted(map(str, Path.home().glob(".pyenv/versions/3.1[23]*/bin/python3")), reverse=True)
    for path in filter(None, found):
        if subprocess.run([path, "-c", "import venv, ensurepip"], capture_output=True, check=False).returncode == 0:
            return path
    return None


def second(place: Place) -> Outcome:
    """Unit tests, syntax and sanity with the newer pair."""
    interpreter = python()
    if interpreter is None:
        return skipped(f"second leg: Python 3.13 or 3.12 for ansible-core {LEG}")
    root = CHECKOUT / ".ansible"
    other = Place(root / f"venv-{LEG}" / "bin", root / f"collections-{LEG}", place.logs / f"leg-{LEG}")
    command = (
        interpreter,
        "tools/setup.py",
        "--leg",
        LEG,
        "--venv",
        other.programs.parent,
        "--collections",
        other.collections,
    )
    if place.run("setup-second-leg", *command):
        return failed(f"the second leg's environment:\n{place.tail('setup-second-leg')}")
    outcome = Outcome()
    for step in (suites.unit, suites.syntax, suites.sanity):
        outcome.add(step(other))
    return outcome
