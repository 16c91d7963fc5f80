"""A role of the collection, run on this machine by the real ansible-playbook."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.unit.rules.tree import CHECKOUT


def run_role(
    folder: Path, name: str, variables: Mapping[str, Any], *options: str, tasks_from: str = "main"
) -> dict[str, int]:
    """-> the counts of the recap (ok, changed, failures, ...); the run has to succeed. folder: for the playbook."""
    own = {"ansible_python_interpreter": "{{ ansible_playbook_python }}", "ansible_connection": "local"}
    play = {
        "hosts": "localhost",
        "gather_facts": False,
        "vars": {**own, **variables},
        "tasks": [{"ansible.builtin.include_role": {"name": f"ironacre.hci.{name}", "tasks_from": tasks_from}}],
    }
    playbook = folder / "playbook.yml"
    playbook.write_text(json.dumps([play]))
    program = str(Path(sys.executable).parent / "ansible-playbook")
    env = {**os.environ, "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json", "IRONACRE_STAGES": os.devnull}
    command = [program, "-i", "localhost,", str(playbook), *options]
    done = subprocess.run(command, cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    counts: dict[str, int] = json.loads(done.stdout[done.stdout.index("{") :])["stats"]["localhost"]
    return counts
