#!/usr/bin/env python3
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Compile .ci/requirements.in into one pinned list for each pair of Python and ansible-core."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

CI = Path(__file__).resolve().parent.parent / ".ci"
LEGS = {"2.19": "3.11", "2.21": "3.12"}


def main() -> int:
    uv = Path(sys.executable).parent / "uv"
    # No address of an index may get into the lists: they are used behind mirrors, too.
    quiet = ("--quiet", "--no-header", "--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--upgrade")
    for core, python in LEGS.items():
        with tempfile.NamedTemporaryFile("w", suffix=".in") as wanted:
            wanted.write((CI / "requirements.in").read_text() + f"ansible-core~={core}.0\n")
            wanted.flush()
            command = [uv, "pip", "compile", *quiet, "--python-version", python, wanted.name]
            subprocess.run([*command, "-o", CI / f"requirements-{core}.txt"], check=True, stdout=subprocess.DEVNULL)
        print(f"lock: .ci/requirements-{core}.txt for Python {python} and newer")
    return 0


if __name__ == "__main__":
    sys.exit(main())
