"""What is mounted below a folder, so that nothing is deleted through a mount."""

from __future__ import annotations

from pathlib import Path

from lab.shell import LabError, run


def below(folder: Path) -> list[str]:
    """Return the mount points at or below a folder, deepest first."""
    points = [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    found = [point for point in points if Path(point) == folder or folder in Path(point).parents]
    return sorted(found, key=len, reverse=True)


def unmount_below(folder: Path) -> None:
    """Unmount everything at or below a folder."""
    for point in below(folder):
        run("umount", point)


def refuse_mounted(folder: Path) -> None:
    """Raise LabError when something is still mounted there: deleting would go through it."""
    if points := below(folder):
        raise LabError(f"{folder}: still mounted: {', '.join(points)}; unmount it and run again")
