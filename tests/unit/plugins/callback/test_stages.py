"""The callback in a real run of ansible-playbook."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

UNREACHED = """
- hosts: localhost
  gather_facts: false
  tags: [provision]
  vars: {ansible_connection: ssh, ansible_port: 1}
  tasks:
    - ansible.builtin.ping:
      ignore_unreachable: true
"""
PLAYS = """
- hosts: localhost
  gather_facts: false
  tags: [check]
  tasks:
    - ansible.builtin.debug: {msg: one}
- hosts: localhost
  gather_facts: false
  tags: [cluster]
  tasks:
    - ansible.builtin.debug: {msg: two}
      changed_when: true
    - ansible.builtin.debug: {msg: three}
    - ansible.builtin.fail: {msg: four}
"""


def play(folder: Path, *more: str, plays: str = PLAYS) -> str:
    (folder / "plays.yml").write_text(plays)
    command = [
        str(Path(sys.executable).parent / "ansible-playbook"),
        "-i",
        "localhost,",
        "-c",
        "local",
        "plays.yml",
        *more,
    ]
    env = {
        **os.environ,
        "ANSIBLE_CALLBACKS_ENABLED": "ironacre.hci.stages",
        "IRONACRE_STAGES": str(folder / "kept" / "stages.json"),
        "NO_COLOR": "1",
    }
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False).stdout


def test_stages_are_told_at_the_end_and_kept(tmp_path: Path) -> None:
    rows = [line.split() for line in play(tmp_path).splitlines()]
    assert ["Check", "the", "inventory"] in [row[:3] for row in rows]
    assert ["1", "1"] in [row[-2:] for row in rows if row[:3] == ["Deploy", "the", "cluster"]]
    kept = json.loads((tmp_path / "kept" / "stages.json").read_text())
    check, cluster = kept["stages"]["check"]["repeated"], kept["stages"]["cluster"]["working"]
    assert (check["tasks"], check["changed"]) == (1, 0)
    assert (cluster["tasks"], cluster["changed"], cluster["failed"]) == (3, 1, 1)
    # On its way, the run had written a stage that had not changed anything yet.
    assert list(kept["stages"]["cluster"]) == ["working"]


def test_a_machine_that_may_be_silent_is_no_failure(tmp_path: Path) -> None:
    rows = [line.split() for line in play(tmp_path, plays=UNREACHED).splitlines()]
    assert ["0", "0"] in [row[-2:] for row in rows if row[:2] == ["Provision", "the"]]


def test_a_run_without_a_stage_says_nothing(tmp_path: Path) -> None:
    assert "together" not in play(tmp_path, "--tags", "none")
    assert not (tmp_path / "kept").exists()
