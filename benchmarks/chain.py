"""What a run of the chain costs: durations of its stages, SSH round trips and CPU of the controller for each node.

    make lab-up; .ansible/venv/bin/python -m lab exec -- .ansible/venv/bin/python benchmarks/chain.py

After a finished chain this measures the run that changes nothing. The figures are printed as a table, written as JSON
with --json. What is run, and where, can be given: --playbook, and ansible-playbook's own variables.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
# Notes each call's arguments on one line, then becomes the real program: one call is one round trip of a task.
NOTING_SSH = """#!/bin/sh
echo "$@" | tr '\\n' ' ' >> "$IRONACRE_SSH_CALLS"
echo >> "$IRONACRE_SSH_CALLS"
exec {ssh} "$@"
"""


@dataclass
class Cost:
    """cpu: seconds of the controller in all its processes. calls: SSH calls by address. stages: seconds by name."""

    seconds: float
    cpu: float
    calls: dict[str, int] = field(default_factory=dict)
    stages: dict[str, float] = field(default_factory=dict)
    changed: int = 0
    code: int = 0


def called(line: str) -> str | None:
    """The address in the arguments of a call; None when it was only about the kept connection."""
    words = line.split()
    if "-O" in words:
        return None
    # ssh takes its own options first; the host is the first word that is neither one nor the value of one.
    with_value = {"-o", "-i", "-l", "-p", "-F", "-b", "-c", "-S", "-W", "-L", "-R", "-D", "-J", "-E"}
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word in with_value:
            skip = True
        elif not word.startswith("-"):
            return word.rpartition("@")[2]
    return None


def measure(playbook: str, scratch: Path) -> Cost:
    """Run the playbook once."""
    calls, stages, ssh = scratch / "calls", scratch / "stages.json", scratch / "ssh"
    ssh.write_text(NOTING_SSH.format(ssh=shutil.which("ssh")))
    ssh.chmod(0o700)
    calls.touch()
    noted = {"IRONACRE_SSH_CALLS": str(calls), "IRONACRE_STAGES": str(stages), "ANSIBLE_SSH_EXECUTABLE": str(ssh)}
    command = [str(Path(sys.executable).parent / "ansible-playbook"), playbook]
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    code = subprocess.run(command, cwd=CHECKOUT, env={**os.environ, **noted}, stdout=sys.stderr, check=False).returncode
    after, seconds = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - begun
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    found = json.loads(stages.read_text())["stages"].values() if stages.is_file() else []
    kept = [stage for paces in found for stage in paces.values()]
    hosts = Counter(filter(None, map(called, calls.read_text().splitlines())))
    durations = {stage["name"]: stage["seconds"] for stage in kept}
    return Cost(seconds, cpu, dict(sorted(hosts.items())), durations, sum(stage["changed"] for stage in kept), code)


def table(cost: Cost) -> str:
    """The figures in Markdown. Hosts are told apart by their address."""
    nodes = max(len(cost.calls), 1)
    calls = sum(cost.calls.values())
    rows = [
        ("the whole run", f"{cost.seconds:.1f} s"),
        ("tasks that changed something", str(cost.changed)),
        *((f"stage {name}", f"{seconds:.1f} s") for name, seconds in cost.stages.items()),
        (
            "SSH round trips for each host",
            f"{calls / nodes:.1f} ({', '.join(f'{h}: {n}' for h, n in cost.calls.items())})",
        ),
        ("CPU of the controller for each host", f"{cost.cpu / nodes:.2f} s"),
    ]
    return "\n".join(("| what | measured |", "|---|---|", *(f"| {what} | {figure} |" for what, figure in rows)))


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--playbook", default="site.yml")
    arguments.add_argument("--json", type=Path, help="write the figures there, too")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="ironacre-bench-") as scratch:
        cost = measure(options.playbook, Path(scratch))
    print(table(cost))
    if options.json:
        options.json.write_text(json.dumps(asdict(cost), indent=1) + "\n")
    return cost.code


if __name__ == "__main__":
    sys.exit(main())
