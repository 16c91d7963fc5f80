"""The controller of the nodes in the pocket: its namespace with a bridge, the keys, and the real ansible-playbook."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.peers.nic.pocket import CHECKOUT, Pocket, sh


def remove_leftovers() -> None:
    """Namespaces of a run that was killed: their processes went with it, their names stay."""
    for path in Path("/run/netns").glob("nict*"):
        owner = path.name.removeprefix("nict").split("p")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            sh("ip", "netns", "del", path.name, check=False)


@dataclass
class Bench:
    """The controller's namespace with a bridge, the keys, and the nodes."""

    folder: Path
    tree: Path
    name: str = field(default_factory=lambda: f"nict{os.getpid()}")
    nodes: dict[str, Pocket] = field(default_factory=dict)
    made: dict[int, Pocket] = field(default_factory=dict)

    def up(self) -> None:
        remove_leftovers()
        sh("ip", "netns", "add", self.name)
        for line in (
            "link set lo up",
            "link add br0 type bridge",
            "addr add 10.77.0.1/24 dev br0",
            "addr add 10.78.0.1/24 dev br0",
            "-6 addr add fd77::1/64 dev br0 nodad",
            "link set br0 up",
        ):
            sh("ip", "-n", self.name, *line.split())
        for key in ("login", "host"):
            sh("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", str(self.folder / key))

    def down(self) -> None:
        """Cut all nodes and take the namespace away."""
        for node in self.made.values():
            node.cut()
        sh("ip", "netns", "del", self.name, check=False)

    def node(self, number: int) -> Pocket:
        """A running node, made on first use."""
        node = self.made.get(number) or Pocket(number, f"{self.name}p{number}", self.name, self.folder, self.tree)
        return self.add(node)

    def add(self, node: Pocket) -> Pocket:
        """A node of another make, running."""
        self.made[node.number] = node
        node.boot()
        return node

    def inventoried(self, *numbers: int) -> list[Pocket]:
        """These nodes, and no others in the inventory."""
        self.nodes = {f"p{number}": self.node(number) for number in numbers}
        return list(self.nodes.values())

    def inventory(self, **addresses: str) -> Path:
        """Hosts by name; the known key under each name and address."""
        known = self.folder / "known_hosts"
        key = (self.folder / "host.pub").read_text()
        names = {value for node in self.nodes.values() for value in (node.four, node.six)} | set(addresses.values())
        known.write_text("".join(f"{name} {key}" for name in sorted(names)))
        hosts = {name: {"ansible_host": addresses.get(name, node.four)} for name, node in self.nodes.items()}
        common = {
            "ansible_user": "root",
            "ansible_python_interpreter": "/usr/bin/python3",
            "ansible_ssh_private_key_file": str(self.folder / "login"),
            "ansible_ssh_common_args": f"-o UserKnownHostsFile={known} -o StrictHostKeyChecking=yes",
        }
        path = self.folder / "inventory.json"
        path.write_text(json.dumps({"all": {"hosts": hosts, "vars": common}}))
        return path

    def command(self, play: list[dict[str, Any]], inventory: Path, *more: str) -> list[str]:
        path = self.folder / "play.yml"
        path.write_text(json.dumps(play))
        program = shutil.which("ansible-playbook") or str(Path(sys.executable).parent / "ansible-playbook")
        return ["ip", "netns", "exec", self.name, program, "-i", str(inventory), str(path), *more]

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(CHECKOUT / ".ansible/collections"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_HOME": str(self.folder / "ansible"),
            "ANSIBLE_PIPELINING": "1",
            # Each node of each bench has the same address: a connection that is kept would lead to one that is gone.
            "ANSIBLE_SSH_ARGS": "-o ControlMaster=no",
            "ANSIBLE_CALLBACK_RESULT_FORMAT": "json",
            "ANSIBLE_LOCALHOST_WARNING": "0",
        }

    def play(self, play: list[dict[str, Any]], *more: str, **addresses: str) -> tuple[int, str]:
        """-> (exit code, output) of the real ansible-playbook."""
        command = self.command(play, self.inventory(**addresses), *more)
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=self.environment, cwd=CHECKOUT)
        return done.returncode, done.stdout + done.stderr

    def spawn(self, play: list[dict[str, Any]], **addresses: str) -> subprocess.Popen[bytes]:
        """Start it in a process group of its own, to be killed; what it says is in spawned.log."""
        command = self.command(play, self.inventory(**addresses))
        with (self.folder / "spawned.log").open("ab") as log:
            return subprocess.Popen(
                command, stdout=log, stderr=log, env=self.environment, cwd=CHECKOUT, start_new_session=True
            )
