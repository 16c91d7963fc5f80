"""The check as an operator runs it: ansible-playbook against inventories on disk."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lab import inventory
from lab.place import Place
from lab.rack import model
from tests.unit.rules.tree import CHECKOUT


def run(inventory: Path) -> subprocess.CompletedProcess[str]:
    command = [
        Path(sys.executable).parent / "ansible-playbook",
        "-i",
        inventory,
        "playbooks/check_inventory.yml",
        "-vvv",
    ]
    return subprocess.run(
        command,
        cwd=CHECKOUT,
        env={**os.environ, "NO_COLOR": "1", "IRONACRE_STAGES": os.devnull},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_example_has_no_contradiction() -> None:
    done = run(CHECKOUT / "inventories" / "example")
    assert done.returncode == 0, done.stdout


def test_all_mistakes_of_all_files_come_at_once_and_no_secret_is_printed(tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    shutil.copytree(CHECKOUT / "inventories" / "example", bad)
    replace(bad / "host_vars" / "node2.yml", 'boot: {mac: "b4:96:91:00:00:12"}', 'boot: {mac: "b4:96:91:00:00:11"}')
    replace(bad / "host_vars" / "node3.yml", "vault_bmc_password", "vault_bmc_pasword")
    replace(bad / "group_vars" / "all" / "cluster.yml", "  version:", "  verson:")
    replace(bad / "group_vars" / "all" / "secrets.yml", "vault_bmc_password: replace-me", "vault_bmc_password: hunter2")
    done = run(bad)
    assert done.returncode != 0
    for told in (
        "node2.hci_node.boot.mac: MAC address b4:96:91:00:00:11 is also that of node1.hci_node.boot.mac",
        "node3.hci_node: 'vault_bmc_pasword' is undefined",
        "hci_cluster.verson: unknown key 'verson'; did you mean 'version'?",
        "hci_cluster.version: is missing",
    ):
        assert told in done.stdout
    assert "hunter2" not in done.stdout + done.stderr


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize("rack", sorted(path.stem for path in (CHECKOUT / "lab" / "racks").glob("*.yml")))
def test_the_racks_of_the_lab_have_no_contradiction(tmp_path: Path, rack: str) -> None:
    place = Place(tmp_path, data_root=tmp_path / "data")
    place.state.mkdir()
    inventory.write(place, model.load(rack))
    done = run(place.inventory)
    assert done.returncode == 0, done.stdout
