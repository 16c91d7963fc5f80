"""A second checkout's lab, so that tests never touch the one somebody works with."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

DATA = Path("/var/lib/ironacre-lab")
CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True)
class LabCopy:
    """The lab of a copy of this checkout; it comes up bare, as artifacts would take a quarter of an hour."""

    folder: Path

    @classmethod
    def make(cls, purpose: str) -> LabCopy:
        """The folder is always the same, so that what a killed run has left is found and taken down first."""
        mark = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:8]
        folder = Path(tempfile.gettempdir()) / f"ironacre-lab-{mark}-{purpose}"
        if (folder / "lab").exists():
            cls(folder).end()
        folder.mkdir(exist_ok=True)
        shutil.copytree(CHECKOUT / "lab", folder / "lab", ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "ansible.cfg").write_text("[defaults]\n")
        return cls(folder)

    def end(self) -> None:
        """Down, and the copy is gone."""
        self.ask("down")
        shutil.rmtree(self.folder)

    @property
    def id(self) -> str:
        return self.ask("-c", "from lab.place import here; print(here().id)", module=False).strip()

    def ask(self, *arguments: str, module: bool = True, check: bool = True) -> str:
        """Run ``python -m lab ARGUMENTS`` in the copy and return what it printed."""
        command = [sys.executable, *(["-m", "lab"] if module else []), *arguments]
        environment = {**os.environ, "RACK": "default", "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=600, check=False
        )
        if check:
            assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + ("" if check else done.stderr)

    def status(self) -> dict[str, str]:
        """Return the state of each part."""
        return {line.split()[0]: line.split()[1] for line in self.ask("status").splitlines()}

    def controller(self, *command: str) -> str:
        """Run a command as the controller."""
        return self.ask("exec", "--", *command)

    def remains(self) -> dict[str, list[str]]:
        """Return what on this machine carries the lab's id: empty lists when it has left nothing."""
        mark = self.id
        processes = [
            path.parent.name
            for path in Path("/proc").glob("[0-9]*/cmdline")
            if mark in read(path) or f"{self.folder}/" in read(path)
        ]
        return {
            "namespaces": [path.name for path in Path("/run/netns").glob(f"{mark}*")],
            # Other labs' groups come and go meanwhile: walking does not mind.
            "control groups": [
                f"{folder}/{name}"
                for folder, groups, _ in os.walk("/sys/fs/cgroup")
                for name in groups
                if name.startswith(mark)
            ],
            "mounts": [line for line in read(Path("/proc/self/mountinfo")).splitlines() if mark in line],
            "processes": processes,
            "folders": [str(path) for path in (DATA / mark, self.folder / ".lab") if path.exists()],
        }


def read(path: Path) -> str:
    """Return a file of /proc, "" when its process has just gone."""
    try:
        return path.read_bytes().decode(errors="replace")
    except OSError:
        return ""


def why_not() -> str:
    """Return what is missing on this machine for a lab, "" when nothing is."""
    if os.geteuid() != 0:
        return "the lab needs root"
    done = subprocess.run(
        [sys.executable, "-c", "from lab import setup; print(' '.join(setup.missing()))"],
        cwd=CHECKOUT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return f"packages are missing: {done.stdout.strip()}" if done.stdout.strip() else ""
