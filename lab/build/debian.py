"""Debian package sets, made into a folder by mmdebstrap."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

from lab.build.recipe import Build, Recipe

# Documents and translations are a third of a small system, and nobody reads them in a rehearsal.
LEFT_OUT = ("/usr/share/man/*", "/usr/share/doc/*", "/usr/share/info/*", "/usr/share/locale/*", "/usr/share/lintian/*")


def mmdebstrap(
    suite: str, packages: Iterable[str], target: Path, hooks: Sequence[str] = (), variant: str = "minbase"
) -> None:
    """Install a minimal system of this suite with these packages; the target's form follows its name.

    target: a folder, or a file whose name ends in .tar.
    hooks: shell commands run with the system's root as ``$1`` before it is packed.
    variant: ``minbase`` installs; ``extract`` only unpacks, for those who pick single files.
    """
    command = ["mmdebstrap", "--quiet", f"--variant={variant}", "--mode=root", f"--include={','.join(packages)}"]
    command += ['--aptopt=Acquire::Languages "none"', '--aptopt=APT::Install-Recommends "false"']
    command += [f"--dpkgopt=path-exclude={pattern}" for pattern in LEFT_OUT]
    command += [f"--customize-hook={hook}" for hook in hooks]
    subprocess.run(["nice", "-n", "5", *command, suite, str(target)], check=True)


def system_recipe(name: str, suite: str, packages: Sequence[str], says: str) -> Recipe:
    """Return the recipe of a plain system: the folder ``tree`` with the packages in it."""

    def make(build: Build) -> None:
        tree = build.work / "tree"
        mmdebstrap(suite, packages, tree)
        forget_identity(tree)
        tree.rename(build.out / "tree")

    return Recipe(name, version_of(suite, packages), make, inputs=(Path(__file__),), says=says)


def version_of(suite: str, packages: Iterable[str]) -> str:
    """Return a version that changes with the suite and the set of packages, whatever their order."""
    return f"{suite}-{hashlib.sha256(' '.join(sorted(packages)).encode()).hexdigest()[:8]}"


def forget_identity(tree: Path) -> None:
    """Remove what must be different on every machine, and the package lists nobody can use without a mirror."""
    for key in (tree / "etc/ssh").glob("ssh_host_*"):
        key.unlink()
    (tree / "etc/machine-id").write_text("")
    (tree / "etc/resolv.conf").unlink(missing_ok=True)
    (tree / "etc/resolv.conf").write_text("")
    for folder in ("var/lib/apt/lists", "var/cache/apt"):
        shutil.rmtree(tree / folder, ignore_errors=True)
        (tree / folder).mkdir(parents=True)
