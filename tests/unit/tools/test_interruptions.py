"""What the rehearsal of interruptions reads out of a run."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tools import interruptions
from tools.interruptions import Point, changed, family, kill_all, run

QUIET = "n1   : ok=12   changed=0    unreachable=0    failed=0"
BUSY = "n2   : ok=12   changed=1    unreachable=0    failed=0"
SLOW = "import time\nfor n in range(3): print(f'TASK [role : copy | Send] {n}', flush=True)\ntime.sleep(600)\n"


def test_only_lines_of_the_recap_that_tell_of_a_change() -> None:
    assert changed(["changed: [n1]", QUIET, BUSY]) == [BUSY]
    assert changed([QUIET]) == []


def test_a_run_without_recap_did_not_prove_anything() -> None:
    assert changed(["TASK [x]"]) == ["no recap at all"]


def test_a_run_is_killed_at_its_point(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setattr(interruptions, "SITE", (sys.executable, "-c", SLOW))
    monkeypatch.setattr(interruptions, "LOGS", tmp_path)
    code, lines = run("x", Point("import", "copy | Send", occurrence=2))
    assert code < 0
    assert len(lines) >= 2
    assert (tmp_path / "interrupted-x.log").read_text().startswith("TASK [role : copy | Send] 0")


def test_all_that_came_from_a_process_belongs_to_it() -> None:
    script = (
        "import subprocess; subprocess.Popen(['sleep', '99'], start_new_session=True); print(1, flush=True); input()"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        members = family(process.pid)
        kill_all(process.pid)
    assert len(members) == 2
    assert process.returncode == -signal.SIGKILL
