"""What Ansible sends to a host is whole: each module's archive is imported by a Python that has nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.rules.tree import CHECKOUT

# Without a main, a file documents an action plugin, and never travels.
FILES = sorted((CHECKOUT / "plugins" / "modules").glob("*.py"))
MODULES = [path.stem for path in FILES if "def main(" in path.read_text(encoding="utf-8")]
COLLECTION = "ansible_collections.ironacre.hci.plugins"
IMPORT = f"import sys; sys.path.insert(0, sys.argv[1]); import {COLLECTION}.modules."
UTILS = f"{COLLECTION}.module_utils"
# Programs of ours that a module starts elsewhere: it reads their text out of its own archive.
PROGRAMS = {
    "vm_import": f"""
from {UTILS}._adapters.receiver_pod import FILES, source_of
for name, module in FILES.items():
    with open(f"{{sys.argv[2]}}/receiver/{{name}}.py", "w") as target:
        target.write(source_of(module))
""",
    "node_nic": f"""
from {UTILS}._adapters.nic.package import install
install(f"{{sys.argv[2]}}/guard")
""",
}


def clean(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """A Python without site packages, variables and the current folder."""
    command = [sys.executable, "-I", "-S", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archives")
    collections = next(path for path in sys.path if (Path(path) / "ansible_collections" / "ironacre").is_dir())
    build = [sys.executable, CHECKOUT / "tests" / "unit" / "archives" / "build.py", collections, folder, *MODULES]
    subprocess.run([str(part) for part in build], check=True, timeout=600)
    return folder


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_all_it_needs_out_of_its_archive(archives: Path, module: str) -> None:
    done = clean("-c", f"{IMPORT}{module}", archives / f"{module}.zip")
    assert done.returncode == 0, done.stderr


def test_the_receiver_travels_with_vm_import_and_starts_alone(archives: Path, tmp_path: Path) -> None:
    (tmp_path / "receiver").mkdir()
    done = clean("-c", f"{IMPORT}vm_import{PROGRAMS['vm_import']}", archives / "vm_import.zip", tmp_path)
    assert done.returncode == 0, done.stderr
    started = clean("-c", "import sys; sys.path.insert(0, sys.argv[1]); import receiver.receiver_server", tmp_path)
    assert started.returncode == 0, started.stderr


def test_the_guard_travels_with_node_nic_and_starts_alone(archives: Path, tmp_path: Path) -> None:
    done = clean("-c", f"{IMPORT}node_nic{PROGRAMS['node_nic']}", archives / "node_nic.zip", tmp_path)
    assert done.returncode == 0, done.stderr
    started = clean(tmp_path / "guard", "no-such-command")
    assert "no such command" in started.stdout, started.stderr
