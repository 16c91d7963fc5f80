"""Builds Go programs out of the public module registry, pinned by a go.mod and a go.sum of ours."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from lab.build.recipe import Build

# The sources of our own Go programs and module pins.
GO_ROOT = Path(__file__).resolve().parents[1] / "go"


def go_build(
    build: Build,
    module_dir: Path,
    package: str,
    output: Path,
    *,
    ldflags: Sequence[str] = (),
    cgo: bool = False,
    tags: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
) -> Path:
    """Build one program; return its path.

    module_dir: folder with go.mod and go.sum; copied first, so that the build never writes into the tree.
    package: import path, or "." for the folder itself.
    ldflags: extra linker flags; symbol tables are always left out.
    Raises subprocess.CalledProcessError when the compiler refuses; what it says is on standard error.
    """
    source = _copied(build, module_dir)
    command = ["nice", "-n", "5", _go(), "build", "-trimpath", "-buildvcs=false", "-o", str(output)]
    command += [f"-ldflags={' '.join(('-s', '-w', *ldflags))}"]
    if tags:
        command += ["-tags", ",".join(tags)]
    environment = {**os.environ, "CGO_ENABLED": "1" if cgo else "0", "GOFLAGS": "", "GOTOOLCHAIN": "local"}
    subprocess.run([*command, package], cwd=source, env={**environment, **(env or {})}, check=True)
    return output


def module_folder(build: Build, module_dir: Path, module: str) -> Path:
    """Return the folder of a module's sources in the module cache, fetched if it is not there."""
    command = [_go(), "list", "-m", "-f", "{{.Dir}}", module]
    source = _copied(build, module_dir)
    subprocess.run([_go(), "mod", "download", module], cwd=source, check=True, stdout=subprocess.DEVNULL)
    found = subprocess.run(command, cwd=source, check=True, capture_output=True, text=True)
    return Path(found.stdout.strip())


def _copied(build: Build, module_dir: Path) -> Path:
    """Copy the module, and those beside it that a relative replace may name, into the build's work folder."""
    target = build.work / "go" / module_dir.name
    if not target.exists():
        shutil.copytree(module_dir, target, ignore=shutil.ignore_patterns("__pycache__"))
    return target


def _go() -> str:
    """Return the go program: from the path, else where the official archive is unpacked."""
    return shutil.which("go") or "/usr/local/go/bin/go"
