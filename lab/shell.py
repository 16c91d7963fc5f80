"""Running the system's own tools."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence


class LabError(Exception):
    """Something the person at the keyboard has to know; the text says what and what to do."""


def run(*command: str, text: str | None = None) -> str:
    """Run a command and return its output; a failure raises LabError with what it said."""
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"{' '.join(command)}: {(done.stderr or done.stdout).strip() or f'exit code {done.returncode}'}")
    return done.stdout


def works(*command: str) -> bool:
    """Tell whether a command ends with success."""
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def inside(namespace: str, *command: str) -> Sequence[str]:
    """Return the command that runs in a network namespace.

    ``ip netns exec`` would also remount /sys and so hide the cgroups that hosts need.
    """
    return ("nsenter", f"--net=/run/netns/{namespace}", *command)


def accepts(namespace: str, address: str, port: int) -> bool:
    """Tell whether a port accepts connections out of a network namespace."""
    probe = f"import socket; socket.create_connection(('{address}', {port}), 1)"
    return works(*inside(namespace, sys.executable, "-c", probe))


def wait_for(what: str, ready: Callable[[], bool], seconds: float, way_out: str) -> None:
    """Ask until it is ready; after the deadline raise LabError that names what was waited for and where to look."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise LabError(f"{what}: not ready after {seconds:.0f} s; {way_out}")
        time.sleep(0.05)
