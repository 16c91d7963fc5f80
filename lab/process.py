"""Background processes of the lab, known by a file with the process id and the time it was started."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path


def start_time(pid: int) -> str:
    """Return the kernel's start time of a living process, "" when it is gone or a zombie.

    Some first processes reap late, so a folder in /proc alone proves nothing. A process id is used again one day; with
    its start time it never is.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]


def remember(path: Path, pid: int) -> None:
    """Write the file by which `alive` finds the process again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{pid} {start_time(pid)}\n")


def alive(path: Path) -> int:
    """Return the id of the process that `path` remembers, 0 when it does not live any more."""
    try:
        pid, started = path.read_text().split()
    except (OSError, ValueError):
        return 0
    return int(pid) if start_time(int(pid)) == started else 0


def start(path: Path, command: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> int:
    """Start a process of its own session that outlives this one, and remember it in `path`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            env={**os.environ, **(env or {})},
        )
    remember(path, child.pid)
    return child.pid


def wait_gone(pid: int, seconds: float) -> bool:
    """Wait until a process has ended; return whether it has."""
    deadline = time.monotonic() + seconds
    while start_time(pid):
        if time.monotonic() > deadline:
            return False
        reap(pid)
        time.sleep(0.02)
    reap(pid)
    return True


def reap(pid: int) -> None:
    """Take the exit state of a process if it is a child of this one."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def stop(path: Path, seconds: float = 5) -> None:
    """End the process that `path` remembers: TERM, and KILL when it takes too long."""
    pid = alive(path)
    for number in (signal.SIGTERM, signal.SIGKILL):
        if pid and not kill(pid, number, seconds):
            continue
        break
    path.unlink(missing_ok=True)


def kill(pid: int, number: signal.Signals, seconds: float) -> bool:
    """Send a signal and wait; return whether the process is gone."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return True
    return wait_gone(pid, seconds)
