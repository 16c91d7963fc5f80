"""Interrupts the chain in every stage and cuts a machine's power while its disk is written; then it must finish.

    make lab-up; python -m tools.interruptions

Needs a rack on which the chain has not run yet. Each run of site.yml is killed at one point, as by a lost laptop, and
the next run goes on. In the end one run finishes, and one more changes nothing.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
LOGS = CHECKOUT / ".ansible" / "log"
SITE = (
    sys.executable,
    *("-m", "lab", "exec", "--", str(Path(sys.executable).parent / "ansible-playbook")),
    "site.yml",
)
NO_CHANGE = "changed=0"


@dataclass(frozen=True)
class Point:
    """Where a run is killed: so many seconds into the n-th occurrence of a task."""

    stage: str
    task: str
    occurrence: int = 1
    seconds: float = 0.0


POINTS = (
    Point("check", "Find every contradiction"),
    Point("provision", "attempt | Wait until the image is installed", seconds=20),
    Point("configure", "change | Bring the network to the declared state", seconds=1),
    Point("cluster", "install | Run the installer of the release", seconds=3),
    Point("cluster", "Activate the server", occurrence=2, seconds=10),
    Point("stack", "configure | Wait until KubeVirt is deployed", seconds=20),
    Point("import", "import | Bring the virtual machine into the cluster", seconds=12),
    Point("report", "write | Write the report"),
)


def family(pid: int) -> list[int]:
    """A process and all that came from it; Ansible's workers have sessions of their own and would go on."""
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found = [pid]
    for member in found:
        found += parents.get(member, [])
    return found


def kill_all(pid: int) -> None:
    """End a process with all that came from it, the eldest first, so that nobody notices."""
    for member in family(pid):
        with suppress(ProcessLookupError):
            os.kill(member, signal.SIGKILL)


def run(name: str, point: Point | None) -> tuple[int, list[str]]:
    """Run site.yml, killed at the point; the exit code and what was printed."""
    lines: list[str] = []
    seen = 0
    with subprocess.Popen(
        SITE, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    ) as process:
        for line in process.stdout or ():
            lines.append(line)
            if point and line.startswith("TASK [") and point.task in line:
                seen += 1
                if seen == point.occurrence:
                    threading.Timer(point.seconds, kill_all, (process.pid,)).start()
    LOGS.mkdir(parents=True, exist_ok=True)
    (LOGS / f"interrupted-{name}.log").write_text("".join(lines))
    return process.returncode, lines


def cut_power_while_writing(machine: str) -> None:
    """The power goes at the moment the agent says that it writes."""
    faults = CHECKOUT / ".lab" / "faults"
    faults.mkdir(parents=True, exist_ok=True)
    (faults / f"{machine}.yml").write_text("power_cut_at: ': writing /dev/'\n")


def changed(lines: list[str]) -> list[str]:
    """The lines of the recap that tell of a change."""
    recap = [line for line in lines if " changed=" in line and " ok=" in line]
    return [line.strip() for line in recap if f" {NO_CHANGE} " not in line] if recap else ["no recap at all"]


def main() -> int:
    cut_power_while_writing("m1")
    print("power of m1: is cut once, when its disk is written", flush=True)
    for number, point in enumerate(POINTS, 1):
        code, _ = run(f"{number}-{point.stage}", point)
        print(
            f"{point.stage:10} killed in '{point.task}'" if code < 0 else f"{point.stage}: ended with {code}",
            flush=True,
        )
        if code >= 0:
            return 1
    code, lines = run("last", None)
    print("then site.yml finished" if code == 0 else f"then site.yml ended with {code}", flush=True)
    if code:
        return 1
    code, lines = run("again", None)
    told = changed(lines)
    print("and again: nothing changed" if not told else "again, and it changed:\n" + "\n".join(told))
    return 1 if code or told or (CHECKOUT / ".lab" / "faults" / "m1.yml").exists() else 0


if __name__ == "__main__":
    sys.exit(main())
