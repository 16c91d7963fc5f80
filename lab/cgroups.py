"""A control group of its own for each host, in every hierarchy of the machine, below the caller's own groups."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")


def unified_only() -> bool:
    """Tell whether the machine has only the new hierarchy (version 2)."""
    return (ROOT / "cgroup.controllers").exists()


def mount_name(controllers: str) -> str:
    """Return the folder of a hierarchy from the second field of /proc/self/cgroup."""
    return controllers.removeprefix("name=") or "unified"


def groups_for(name: str) -> list[Path]:
    """Return the paths of the group `name` in each hierarchy that is mounted."""
    groups = []
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        hierarchy = ROOT / mount_name(controllers)
        if hierarchy.is_dir():
            groups.append(hierarchy / path.lstrip("/") / name)
    return groups


def create(groups: Iterable[Path]) -> None:
    """Make the groups; a cpuset accepts nobody before it has CPUs and memory nodes."""
    for group in groups:
        group.mkdir(exist_ok=True)
        if ROOT / "cpuset" in group.parents:
            for name in ("cpuset.cpus", "cpuset.mems"):
                (group / name).write_text((group.parent / name).read_text())
            (group / "cgroup.clone_children").write_text("1")


def enter(groups: Iterable[Path]) -> None:
    """Move the calling process into the groups."""
    for group in groups:
        (group / "cgroup.procs").write_text(str(os.getpid()))


def members(groups: Iterable[Path]) -> set[int]:
    """Return the processes in the groups and below them."""
    found: set[int] = set()
    for folder, _, _ in (step for group in groups for step in os.walk(group)):
        # A group may vanish while it is read; walking does not mind one that went before.
        with suppress(OSError):
            found.update(int(pid) for pid in Path(folder, "cgroup.procs").read_text().split())
    return found


def remove(groups: Iterable[Path]) -> list[Path]:
    """Remove the groups, deepest first; return those that still hold a process."""
    left = []
    for group in groups:
        for folder, _, _ in os.walk(group, topdown=False):
            try:
                Path(folder).rmdir()
            except OSError:
                left.append(Path(folder))
    return left
