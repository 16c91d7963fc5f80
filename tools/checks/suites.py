"""Suites: unit tests, peer tests, sanity, Molecule, and the built collection."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from tools.checks.model import CHECKOUT, Outcome, Place, failed, passed, skipped
from tools.lay_out import cache_root

# Not of the collection: ansible-test would judge it as if it were.
FOREIGN = (
    "lab/",
    "tools/",
    "benchmarks/",
    "docs/",
    "molecule/",
    ".ci/",
    ".config/",
    "tests/unit/",
    "tests/peers/",
    "tests/uml/",
)
BOOTSTRAP = "import ensurepip\nensurepip.bootstrap(default_pip=True)\n"


def pytest(place: Place, name: str, *folders: str, more: tuple[str, ...] = ()) -> Outcome:
    """Run pytest, and count its tests."""
    report = place.logs / f"{name}.xml"
    report.unlink(missing_ok=True)
    # The environment's own python, so that a second leg does not test with the first one's pytest.
    code = place.run(
        name, place.programs / "python", "-m", "pytest", "-q", "-rs", f"--junitxml={report}", *more, *folders
    )
    if code == 5:
        return skipped(f"{name}: no test in {', '.join(folders)}")
    if not report.is_file():
        return failed(f"{name} ended with {code}:\n{place.tail(name)}")
    outcome = counted(report)
    if outcome.failed or code != 0:
        outcome.failed = max(outcome.failed, 1)
        outcome.notes.insert(0, f"FAILED: {name}:\n{place.tail(name)}")
    return outcome


def counted(report: Path) -> Outcome:
    """Numbers of a JUnit report; each reason for a skip once."""
    suite = ElementTree.parse(report).getroot().find("testsuite")
    if suite is None:
        return failed(f"{report} holds no suite")
    total, skips = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
    bad = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    reasons = dict.fromkeys(skip.get("message", "") for skip in suite.iter("skipped"))
    return Outcome(total - bad - skips, bad, skips, [f"skipped: {reason}" for reason in reasons])


def unit(place: Place) -> Outcome:
    return pytest(place, "unit", "tests/unit")


def peers(place: Place) -> Outcome:
    if not (CHECKOUT / "tests" / "peers").is_dir():
        return skipped("peer tests: tests/peers is not there")
    return pytest(place, "peers", "tests/peers")


def uml(place: Place) -> Outcome:
    """Bonds and VLANs in kernels of their own. Fails, rather than skips, where User Mode Linux is missing."""
    return pytest(place, "uml", "tests/uml")


def copy_of_collection(scratch: Path) -> Path:
    """What git would commit, in the tree ansible-test wants, outside of any repository."""
    target = scratch / "ansible_collections" / "ironacre" / "hci"
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if not name.startswith(FOREIGN) and (CHECKOUT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, target / name)
    return target


def sanity(place: Place) -> Outcome:
    """ansible-test sanity without one ignored line."""
    version = subprocess.run(
        [place.programs / "python", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    # It fetches pip from a host that is not everywhere reachable, unless this file is there already.
    home = cache_root() / "ansible-test"
    for release in ("24_2", "25_2", "25_3", "26_0"):
        stub = home / ".ansible" / "test" / "cache" / f"get_pip_{release}.py"
        stub.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all: the other leg may just be reading it.
        part = stub.with_name(f".{stub.name}-{os.getpid()}-{threading.get_ident()}")
        part.write_text(BOOTSTRAP)
        part.replace(stub)
    with tempfile.TemporaryDirectory(prefix="ironacre-sanity-") as scratch:
        target = copy_of_collection(Path(scratch))
        command = (place.programs / "ansible-test", "sanity", "--color", "no", "--python", version)
        env = {"HOME": str(home), "ANSIBLE_HOME": str(home / ".ansible")}
        code = place.run("sanity", *command, cwd=target, env=env)
    log = place.log("sanity")
    if "All targets skipped" in log:
        return failed("ansible-test sanity skipped all targets: it tested nothing")
    count, bad = log.count('Running sanity test "'), failed_sanity(log)
    if code != 0 or count == 0:
        told = "\n".join(line for line in log.splitlines() if line.startswith(("ERROR", "FATAL"))) or place.tail(
            "sanity"
        )
        return Outcome(max(0, count - len(bad)), max(1, len(bad)), 0, [f"FAILED: sanity {', '.join(bad)}:\n{told}"])
    return passed(count)


def failed_sanity(log: str) -> list[str]:
    """Names of the failed sanity tests, which come after the FATAL line."""
    _, found, rest = log.partition("sanity test(s) listed below")
    return rest.split("\n")[1:] and [line.strip() for line in rest.split("\n")[1:] if line.strip()] if found else []


def package(place: Place) -> Outcome:
    """The collection is built, installed as a user would, and its playbook is found by its full name."""
    with tempfile.TemporaryDirectory(prefix="ironacre-package-") as name:
        scratch = Path(name)
        outcome = place.check("build", "ansible-galaxy", "collection", "build", "--force", "--output-path", scratch)
        archives = list(scratch.glob("*.tar.gz"))
        if not archives:
            return outcome
        into = scratch / "collections"
        command = ("ansible-galaxy", "collection", "install", "--no-deps", "--offline", archives[0], "-p", into)
        outcome.add(place.check("install", *command, env={"ANSIBLE_COLLECTIONS_PATH": str(into), "PYTHONPATH": ""}))
        path = {"ANSIBLE_COLLECTIONS_PATH": f"{into}:{place.collections}", "PYTHONPATH": ""}
        example = CHECKOUT / "inventories" / "example"
        command = ("ansible-playbook", "-i", example, "ironacre.hci.check_inventory")
        outcome.add(place.check("installed-playbook", *command, cwd=scratch, env=path))
        if outcome.failed:
            return outcome
        strays = [
            path
            for path in (into / "ansible_collections/ironacre/hci").iterdir()
            if path.name in {".git", ".ansible", "lab"}
        ]
        outcome.add(failed(f"the built collection holds {strays}") if strays else passed())
    return outcome


def syntax(place: Place) -> Outcome:
    """Every playbook parses."""
    outcome = Outcome()
    for path in sorted((CHECKOUT / "playbooks").glob("*.yml")):
        command = ("ansible-playbook", "--syntax-check", "-i", CHECKOUT / "inventories" / "example", path)
        outcome.add(place.check(f"syntax-{path.stem}", *command))
    return outcome
