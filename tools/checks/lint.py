"""Lint: Python, types, YAML, Ansible, Go, changelog, documentation."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tools.checks.model import CHECKOUT, Outcome, Place, failed, skipped

OURS = CHECKOUT / ".ansible" / "collections" / "ansible_collections" / "ironacre" / "hci" / "plugins"
PYTHON = ("plugins", "lab", "tools", "tests", "benchmarks")
# As lab/build/go.py builds: with other flags Go would compile all of Kubernetes a second time.
GO_AS_THE_LAB = {"CGO_ENABLED": "0", "GOFLAGS": "-trimpath -buildvcs=false", "GOTOOLCHAIN": "local"}


def ruff(place: Place) -> Outcome:
    return place.check(
        "ruff",
        "ruff",
        "check",
        "--output-format=concise",
        "--cache-dir",
        CHECKOUT / ".ansible" / "ruff",
        *present(*PYTHON),
    )


def mypy(place: Place) -> Outcome:
    """Strict types in the core and the adapters; the link makes their import names right."""
    folders = [OURS / "module_utils" / name for name in ("_core", "_adapters", "_ansible")]
    return place.check("mypy", "mypy", "--config-file", CHECKOUT / "pyproject.toml", *folders, env={"PYTHONPATH": ""})


def yamllint(place: Place) -> Outcome:
    return place.check("yamllint", "yamllint", "--strict", ".")


def ansible_lint(place: Place) -> Outcome:
    return place.check("ansible-lint", "ansible-lint", "--offline", "--strict")


def go_modules() -> list[str]:
    """Folders of Go modules with code of our own.

    Those below lab/go pin and start what upstream wrote: the lab's build is their check, and vet would look at all
    of Kubernetes for twenty lines.
    """
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*go.mod"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    folders = [(CHECKOUT / name).parent for name in listed.stdout.split()]
    pins = CHECKOUT / "lab" / "go"
    own = [folder for folder in folders if pins not in folder.parents or folder.name == "libnbd"]
    return sorted(str(folder) for folder in own)


def go(place: Place) -> Outcome:
    """go vet over each module, and the tests of those that have any; the module cache is Go's own."""
    if not shutil.which("go", path=place.environment()["PATH"]):
        return skipped("go vet and go test need Go 1.25 or newer on PATH or in /usr/local/go/bin")
    outcome = Outcome()
    for folder in go_modules():
        name = os.path.relpath(folder, CHECKOUT).replace("/", "-")
        commands = {"vet": ("go", "vet", "./...")}
        if any(Path(folder).rglob("*_test.go")):
            commands["test"] = ("go", "test", "./...")
        for verb, command in commands.items():
            outcome.add(place.check(f"go-{verb}-{name}", *command, cwd=Path(folder), env=GO_AS_THE_LAB))
    return outcome


def changelog(place: Place) -> Outcome:
    return place.check("changelog", "antsibull-changelog", "lint")


def docs(place: Place) -> Outcome:
    """The plugins' documentation is sound, and the site is rendered from it."""
    outcome = place.check(
        "docs-lint", "antsibull-docs", "lint-collection-docs", "--plugin-docs", "--skip-rstcheck", "."
    )
    site = CHECKOUT / ".ansible" / "docs"
    shutil.rmtree(site, ignore_errors=True)
    site.mkdir(parents=True)
    site.chmod(0o755)
    command = (
        "antsibull-docs",
        "collection",
        "--use-current",
        "--squash-hierarchy",
        "--dest-dir",
        site,
        "ironacre.hci",
    )
    outcome.add(place.check("docs-build", *command))
    if outcome.failed == 0 and not list(site.glob("*_module.rst")):
        outcome.add(failed(f"the documentation of no module was rendered into {site}"))
    return outcome


def present(*folders: str) -> list[str]:
    return [folder for folder in folders if (CHECKOUT / folder).is_dir()]
