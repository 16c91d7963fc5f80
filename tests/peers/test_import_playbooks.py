"""The playbooks of an estate as an operator runs them: assess, plan, report, and a wave in check mode."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.assets.cluster import FakeCluster
from tests.assets.small_import import archive, machine, ready_cluster
from tests.unit.rules.tree import CHECKOUT

VM = machine("Web {{ 7 * 7 }}")


@pytest.fixture
def cluster() -> Iterator[FakeCluster]:
    with ready_cluster() as server:
        yield server


@pytest.fixture
def variables(cluster: FakeCluster, tmp_path: Path) -> dict[str, Any]:
    ova = archive(tmp_path / "web.ova", VM)
    estate = {
        "source": {"type": "ova", "path": str(ova)},
        "target": {"namespace": "vms"},
        "mapping": {"networks": [{"source": "VM Network", "target": "pod"}]},
        "folder": str(tmp_path / "estate"),
        "machines": [],
        "slots": {"link": 4},
    }
    cluster_facts = {"hci_cluster": {"name": "rack1"}, "hci_kubeconfig": cluster.kubeconfig(tmp_path)}
    return {"hci_estate": estate, **cluster_facts}


def play(name: str, variables: dict[str, Any], tmp_path: Path, *options: str) -> str:
    (tmp_path / "vars.json").write_text(json.dumps(variables))
    (tmp_path / "hosts").write_text("localhost ansible_connection=local\n")
    program = str(Path(sys.executable).parent / "ansible-playbook")
    command = [program, "-i", str(tmp_path / "hosts"), "-e", f"@{tmp_path / 'vars.json'}", *options]
    env = {
        **os.environ,
        "IRONACRE_STAGES": os.devnull,
        "NO_COLOR": "1",
        "ANSIBLE_CONFIG": str(CHECKOUT / "ansible.cfg"),
    }
    command.append(str(CHECKOUT / "playbooks" / f"{name}.yml"))
    done = subprocess.run(command, cwd=CHECKOUT, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    return done.stdout


def test_an_estate_is_assessed_planned_reported_and_a_wave_is_ready_to_move(
    cluster: FakeCluster, variables: dict[str, Any], tmp_path: Path
) -> None:
    folder = Path(variables["hci_estate"]["folder"])
    play("import_assess", variables, tmp_path)
    assessment = json.loads((folder / "assessment.json").read_text())
    assert (assessment["ready"], assessment["vms"][0]["name"]) == ([VM.name], VM.name), "a name is never a template"
    play("import_plan", variables, tmp_path)
    plan = yaml.safe_load((folder / "plan.yml").read_text())
    assert [row["name"] for row in plan["waves"][0]["vms"]] == [VM.name] and plan["ratio"] == 1.0
    play("import_report", variables, tmp_path)
    assert "Web {{ 7 * 7 }}" in (folder / "report.html").read_text()
    assert "changed=0" in play("import_plan", variables, tmp_path), "the same estate gives the same plan"
    moved = play("import_wave", variables, tmp_path, "--check", "-e", "wave=0")
    assert "web-7-7.import" in moved and "changed=1" in moved
    assert cluster.mutations == []
