"""Says how far a long build is, in place of the thousand lines it prints; keeps those that matter when it fails."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

FETCHED = re.compile(r"^go: (downloading|finding) ")
COMPILED = re.compile(r"^[\w.\-~]+(/[\w.\-~+]+)*$")
EVERY = 200
KEPT = 60


class Progress:
    """Counts what the Go tool says it does; `say` prints a line."""

    def __init__(self, name: str) -> None:
        self.name, self.fetched, self.compiled = name, 0, 0
        self.rest: deque[str] = deque(maxlen=KEPT)

    def take(self, line: str) -> None:
        """Count a line, or keep it as news."""
        if FETCHED.match(line):
            self.fetched += 1
        elif COMPILED.match(line):
            self.compiled += 1
        else:
            self.rest.append(line)
            return
        if (self.fetched + self.compiled) % EVERY == 0:
            print(f"  {self}", file=sys.stderr, flush=True)

    def __str__(self) -> str:
        return f"{self.name}: {self.fetched} modules fetched, {self.compiled} packages compiled"


def run(name: str, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
    """Run a `go build -v`; raise subprocess.CalledProcessError after printing what the compiler refused."""
    progress = Progress(name)
    with subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE, text=True) as process:
        for line in process.stderr or ():
            progress.take(line.rstrip("\n"))
    if process.returncode:
        print("\n".join(progress.rest), file=sys.stderr, flush=True)
        raise subprocess.CalledProcessError(process.returncode, command)
