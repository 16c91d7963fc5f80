"""What a command costs."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import time

Row = dict[str, float]


def measured(*command: str) -> dict[str, float]:
    """Wall and CPU seconds and the peak resident MiB of a command with all its children."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    out = child.stdout.read() if child.stdout else ""
    _pid, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{command[0]} ended with {child.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    found = {"wall_s": time.monotonic() - start, "cpu_s": cpu, "rss_mib": usage.ru_maxrss / 1024}
    return {**found, "answer": float(out)} if out.strip() else found


def medians(rounds: list[dict[str, Row]]) -> dict[str, Row]:
    """By variant and figure."""
    return {
        key: {what: round(statistics.median(one[key][what] for one in rounds), 2) for what in row}
        for key, row in rounds[0].items()
    }
