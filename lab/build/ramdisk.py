"""Ramdisks: a folder of picked files with the libraries and kernel modules they need, packed for the kernel."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from lab.build.disk import tool

LOADER = "/lib64/ld-linux-x86-64.so.2"


def add_program(tree: Path, target: Path, program: str) -> None:
    """Copy a program of the system in `tree` with its libraries, found by that system's own loader."""
    source = next(folder for folder in ("usr/bin", "bin", "usr/sbin", "sbin") if (tree / folder / program).exists())
    for path in (f"/{source}/{program}", *libraries(tree, f"/{source}/{program}")):
        copy(tree, target, path)


def libraries(tree: Path, program: str) -> list[str]:
    """Return the absolute paths of the libraries a program loads, its loader included."""
    listed = tool("chroot", str(tree), LOADER, "--list", program)
    words = [word for line in listed.splitlines() for word in line.split() if word.startswith("/")]
    return [*words, LOADER]


def copy(tree: Path, target: Path, path: str) -> None:
    """Copy one file under its own path; a link is copied as what it leads to inside the system."""
    source = tree / path.lstrip("/")
    while source.is_symlink():
        link = Path(source.readlink())
        source = tree / str(link).lstrip("/") if link.is_absolute() else source.parent / link
    destination = target / path.lstrip("/")
    destination.parent.mkdir(parents=True, exist_ok=True)
    if not destination.exists():
        shutil.copy2(source, destination)


def add_modules(tree: Path, target: Path, modules: Iterable[str]) -> None:
    """Copy kernel modules with all they depend on; a module that is built in needs no file."""
    release = next((tree / "lib/modules").iterdir()).name
    tool("depmod", "-b", str(tree), release)
    for module in modules:
        shown = tool("modprobe", "-S", release, "-d", str(tree), "--show-depends", module)
        for line in shown.splitlines():
            if line.startswith("insmod "):
                copy(tree, target, "/" + str(Path(line.split()[1]).relative_to(tree)))
    for name in ("modules.order", "modules.builtin", "modules.builtin.modinfo"):
        copy(tree, target, f"/lib/modules/{release}/{name}")
    tool("depmod", "-b", str(target), release)


def pack(folder: Path, archive: Path) -> None:
    """Write the folder as a compressed newc archive, everything owned by root."""
    names = "\n".join(str(path.relative_to(folder)) for path in sorted(folder.rglob("*"))).encode()
    command = ["cpio", "--quiet", "-o", "-H", "newc", "-R", "0:0"]
    cpio = subprocess.run(command, input=names, cwd=folder, capture_output=True, check=True)
    subprocess.run(["zstd", "-q", "-10", "-T0", "-f", "-o", str(archive)], input=cpio.stdout, check=True)
