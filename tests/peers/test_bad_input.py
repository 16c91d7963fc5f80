"""What an operator got wrong: each is told with its place, what was found and the way out, and nothing is half-done."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.modules import artifact, bmc_boot, vm_import
from tests.assets.machines import make_ova, stream_optimized
from tests.peers.cdi_standin import Platform, platform
from tests.peers.kube_api import api_server
from tests.peers.peers import IpmiPeer, eventually, free_port, process
from tests.peers.small_vm import RAW, VM
from tests.unit.rules.tree import CHECKOUT
from tests.unit.running import Run

EXAMPLE = CHECKOUT / "inventories" / "example"
CONTENT = bytes(range(256)) * 4096


def playbook(name: str | Path, inventory: str | Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The real ansible-playbook, as an operator starts it."""
    command = [str(Path(sys.executable).parent / "ansible-playbook"), "-i", str(inventory), str(name), *options]
    env = {**os.environ, "NO_COLOR": "1", "COLUMNS": "400", "IRONACRE_STAGES": os.devnull}
    return subprocess.run(command, cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    """A copy of the example, to write mistakes into."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "inventory"))


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (
            "group_vars/all/cluster.yml",
            "  version:",
            "  verson:",
            "hci_cluster.verson: unknown key 'verson'; did you mean 'version'?",
        ),
        (
            "host_vars/node2.yml",
            "b4:96:91:00:00:12",
            "b4:96:91:00:00:11",
            "MAC address b4:96:91:00:00:11 is also that of node1.hci_node.boot.mac; give each its own MAC address",
        ),
    ],
    ids=["typo", "mac"],
)
def test_bad_input_in_the_inventory_ends_the_chain_before_its_first_act(
    inventory: Path, file: str, old: str, new: str, told: str
) -> None:
    replace(inventory / file, old, new)
    done = playbook("site.yml", inventory)
    assert done.returncode != 0
    assert told in done.stdout.replace("\\n", "\n"), done.stdout
    assert done.stdout.count("PLAY [") == 1, "only the check has run"
    replace(inventory / file, new, old)
    assert playbook("playbooks/check_inventory.yml", inventory).returncode == 0


def test_bad_input_a_wrong_bmc_password_touches_no_power(ipmi: IpmiPeer, run: Run) -> None:
    wish = {"boot": {"target": "pxe"}, "power": "cycle"}
    failed = run(bmc_boot, {"bmc": ipmi.options(password="wrong-one"), **wish}, fails=True)
    assert f"BMC 127.0.0.1:{ipmi.port} (ipmi): auth: " in failed["msg"]
    assert "check username, password" in failed["msg"]
    assert "wrong-one" not in failed["msg"]
    assert (ipmi.writes(), ipmi.state()["power"]) == ([], "off")
    assert run(bmc_boot, {"bmc": ipmi.options(), **wish})["after"]["power"] == "on"


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """The lab's file server over a folder -> (folder, its URL)."""
    folder = tmp_path / "mirror"
    folder.mkdir()
    (folder / "node.raw").write_bytes(CONTENT)
    port = free_port()
    with (tmp_path / "mirror.log").open("wb") as log:
        command = (sys.executable, "-m", "lab.fileserver", "127.0.0.1", str(port), str(folder))
        with process(*command, stdout=log, stderr=log, cwd=CHECKOUT):
            eventually(lambda: _listens(port), "the mirror listens")
            yield folder, f"http://127.0.0.1:{port}/mirror"


def _listens(port: int) -> bool:
    listening = Path("/proc/net/tcp").read_text().splitlines()
    return any(f"0100007F:{port:04X} 00000000:0000 0A" in line for line in listening)


def wanted(tmp_path: Path, url: str) -> dict[str, Any]:
    one = {"url": f"{url}/node.raw", "sha256": hashlib.sha256(CONTENT).hexdigest(), "dest": str(tmp_path / "node.raw")}
    return {"artifacts": [one], "state_dir": str(tmp_path / "state"), "timeout": 60}


def test_bad_input_a_corrupted_image_is_not_put_in_place(tmp_path: Path, mirror: tuple[Path, str], run: Run) -> None:
    folder, url = mirror
    (folder / "node.raw").write_bytes(CONTENT[:-1] + b"!")
    failed = run(artifact, wanted(tmp_path, url), fails=True)
    assert f"{url}/node.raw: the file has another digest than the lock says" in failed["msg"]
    assert f"Nothing was put at {tmp_path}/node.raw" in failed["msg"]
    assert "lock_artifacts.yml" in failed["msg"]
    assert not (tmp_path / "node.raw").exists()
    (folder / "node.raw").write_bytes(CONTENT)
    assert run(artifact, wanted(tmp_path, url))["changed"]
    assert (tmp_path / "node.raw").read_bytes() == CONTENT


def test_bad_input_an_artifact_that_the_mirror_lacks_is_named(
    tmp_path: Path, mirror: tuple[Path, str], run: Run
) -> None:
    folder, url = mirror
    (folder / "node.raw").rename(folder / "elsewhere")
    failed = run(artifact, wanted(tmp_path, url), fails=True)
    assert f"{url}/node.raw: cannot be fetched for {tmp_path}/node.raw: " in failed["msg"]
    assert "404" in failed["msg"]
    assert "correct the lock" in failed["msg"]
    (folder / "elsewhere").rename(folder / "node.raw")
    assert run(artifact, wanted(tmp_path, url))["changed"]


def test_bad_input_an_artifact_that_the_lock_lacks_is_named_with_the_nearest(tmp_path: Path) -> None:
    entry = {"name": "node_image", "version": "1", "file": "node.raw", "url": "https://x/node.raw", "used_by": "boot"}
    lock = {"artifacts": [{**entry, "sha256": "0" * 64, "size_bytes": 1}]}
    task = {"ansible.builtin.debug": {"msg": "{{ lock | ironacre.hci.artifact_entry('node_imag') }}"}}
    done = playbook(written(tmp_path, {"vars": {"lock": lock}, "tasks": [task]}), "localhost,")
    assert done.returncode != 0
    assert "artifacts.node_imag: " in done.stdout + done.stderr
    assert "did you mean node_image?" in done.stdout + done.stderr


def written(folder: Path, play: Mapping[str, Any]) -> Path:
    path = folder / "play.yml"
    path.write_text(json.dumps([{"hosts": "all", "gather_facts": False, **play}]))
    return path


def test_bad_input_a_node_that_is_not_reached_is_told_with_its_address(tmp_path: Path) -> None:
    port = free_port()
    given = {"node_provision_node": {"provision": "existing"}, "ansible_host": "127.0.0.1", "ansible_port": port}
    after = {"ansible.builtin.debug": {"msg": "the next stage"}}
    play = {"vars": given, "roles": ["ironacre.hci.node_provision"], "post_tasks": [after]}
    done = playbook(written(tmp_path, play), "n1,", "-e", "ansible_ssh_common_args='-F none -o IdentityFile=none'")
    assert done.returncode != 0
    assert f"n1: is declared as existing, and is not reached at 127.0.0.1, port {port}: " in done.stdout
    assert "Connection refused" in done.stdout
    assert "Nothing was changed on it. Start it, or correct ansible_host" in done.stdout
    assert "the next stage" not in done.stdout


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Platform]]:
    folder = tmp_path_factory.mktemp("cluster")
    with api_server(folder) as kubeconfig, platform(kubeconfig, folder) as running:
        yield kubeconfig, running


@pytest.mark.parametrize("kept", [0.02, 0.7], ids=["descriptor", "disk"])
def test_bad_input_a_truncated_ova_makes_no_machine(
    tmp_path: Path, mirror: tuple[Path, str], cluster: tuple[Path, Platform], run: Run, kept: float
) -> None:
    (folder, url), (kubeconfig, running) = mirror, cluster
    whole = make_ova(tmp_path / "web01.ova", VM, {"disk0.vmdk": stream_optimized(RAW)}).read_bytes()
    (folder / "web01.ova").write_bytes(whole[: int(len(whole) * kept)])
    name = f"cut{int(kept * 100)}"
    options = {
        "kubeconfig": str(kubeconfig),
        "name": name,
        "source": {"url": f"{url}/web01.ova"},
        "target": {"namespace": "vms"},
        "verify": {"digest": "stream"},
    }
    failed = run(vm_import, options, fails=True)
    assert f"{url}/web01.ova" in failed["msg"]
    assert "fetch" in failed["msg"] or "export" in failed["msg"]
    assert failed.get("phase") != "done"
    assert running.api.get("VirtualMachine", name, "vms") is None
    (folder / "web01.ova").write_bytes(whole)
    assert run(vm_import, options)["phase"] == "done"
    assert running.volume(f"{name}-disk0").read_bytes() == RAW
