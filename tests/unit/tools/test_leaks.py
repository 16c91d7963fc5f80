"""The search for secrets finds what it is to find: a scenario that looks without seeing would pass for ever."""

from __future__ import annotations

import importlib.util
import json
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.unit.rules.tree import CHECKOUT

# Of this run alone: another leg's run on the same machine shows its own.
SECRET = secrets.token_hex(10)


@pytest.fixture
def leaks() -> Any:
    spec = importlib.util.spec_from_file_location("leaks", CHECKOUT / "molecule" / "leaks.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def search(leaks: Any, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-c", leaks.SEARCH, leaks.question([SECRET], [str(folder)])]
    told: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return told


def test_a_secret_in_a_file_for_others_is_found_in_any_dress_and_a_private_one_is_not(leaks: Any) -> None:
    # Below /var/tmp: the tests' own folder is closed to others.
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        dresses = {"a.yml": f"password: '{SECRET}'\n", "b.json": f'{{"x":["K10ab::server:{SECRET}"]}}', "c": SECRET}
        for file, text in {**dresses, "fine": "nothing", "private": SECRET}.items():
            (folder / file).write_text(text)
            (folder / file).chmod(0o600 if file == "private" else 0o644)
        closed = folder / "closed"
        closed.mkdir(mode=0o700)
        (closed / "inside").write_text(SECRET)
        told = search(leaks, folder)
        assert sorted(told["files"]) == [str(folder / file) for file in sorted(dresses)]
        assert told["read"] == 4


def test_a_secret_in_the_arguments_of_a_process_is_found(leaks: Any, tmp_path: Path) -> None:
    assert search(leaks, tmp_path)["processes"] == []
    with subprocess.Popen([sys.executable, "-c", "input()", f"--password={SECRET}"], stdin=subprocess.PIPE) as child:
        assert search(leaks, tmp_path)["processes"] == [sys.executable]
        child.communicate(b"\n")
