"""Builds Go programs out of the public module registry, pinned by a go.mod and a go.sum of ours."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from lab.build import progress
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

    module_dir: folder with go.mod and go.sum; only read.
    package: import path, or "." for the folder itself.
    ldflags: extra linker flags; symbol tables are always left out.
    Progress goes to standard error. Raises subprocess.CalledProcessError when the compiler refuses, and says why.
    """
    command = ["nice", "-n", "5", _go(), "build", "-v", "-trimpath", "-buildvcs=false", "-o", str(output)]
    command += [f"-ldflags={' '.join(('-s', '-w', *ldflags))}"]
    if tags:
        command += ["-tags", ",".join(tags)]
    environment = {**os.environ, "CGO_ENABLED": "1" if cgo else "0", "GOFLAGS": "", "GOTOOLCHAIN": "local"}
    environment["GOTMPDIR"] = str(build.work)  # linking leaves hundreds of megabytes behind when it is killed
    progress.run(output.name, [*command, package], module_dir, {**environment, **(env or {})})
    return output


def module_folder(module_dir: Path, module: str) -> Path:
    """Return the folder of a module's sources in the module cache, fetched if it is not there."""
    subprocess.run([_go(), "mod", "download", module], cwd=module_dir, check=True, capture_output=True)
    command = [_go(), "list", "-m", "-f", "{{.Dir}}", module]
    found = subprocess.run(command, cwd=module_dir, check=True, capture_output=True, text=True)
    return Path(found.stdout.strip())


def _go() -> str:
    """Return the go program: from the path, else where the official archive is unpacked."""
    return shutil.which("go") or "/usr/local/go/bin/go"
