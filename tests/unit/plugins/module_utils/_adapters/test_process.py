"""Programs end when they shall, and say what they said."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.process import Companion, attempt

SPEAKER = "import sys; print(sys.stdin.read().upper(), end=''); print('oops', file=sys.stderr); sys.exit(3)"
# Tells its process id in a file, then waits to be killed. A shell, which has begun at once.
SLEEPER = ["sh", "-c", 'echo $$ >"$0"; exec sleep 600']


def python(*arguments: str) -> list[str]:
    return [sys.executable, "-c", *arguments]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_code_and_both_outputs_come_back() -> None:
    assert attempt(python(SPEAKER), stdin="grün\n") == (3, "GRÜN\n", "oops\n")


def test_a_program_that_is_not_there_is_127() -> None:
    assert attempt(["ironacre-no-such-program"]) == (127, "", "ironacre-no-such-program: not found")
    with pytest.raises(FileNotFoundError):
        Companion(["ironacre-no-such-program"])


def test_the_path_of_the_environment_decides_what_is_run(tmp_path: Path) -> None:
    program = tmp_path / "greet"
    program.write_text("#!/bin/sh\necho here\n")
    program.chmod(0o755)
    assert attempt(["greet"], environment={"PATH": str(tmp_path)})[:2] == (0, "here\n")


def test_a_program_without_an_end_is_ended_at_the_limit(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    code, _output, error = attempt([*SLEEPER, str(told)], limit=3)
    assert (code, error) == (124, "sh: no answer within 3 s")
    assert not is_alive(int(told.read_text()))


def test_threads_may_each_start_programs() -> None:
    codes: list[int] = []
    threads = [
        threading.Thread(target=lambda n=n: codes.append(attempt(python(f"raise SystemExit({n})"))[0]))
        for n in (1, 2, 3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [1, 2, 3]


def test_a_companion_runs_until_its_end() -> None:
    child = Companion(python("import sys, time; print('ready', file=sys.stderr, flush=True); time.sleep(600)"))
    assert child.runs()
    child.end()
    assert child.end() == ""


def test_a_companion_that_ended_by_itself_is_noticed_and_heard() -> None:
    child = Companion(python("import sys; sys.exit('no image')"))
    while child.runs():
        threading.Event().wait(0.01)
    assert child.end() == "no image"
