"""The stand-in of a Windows as a host of Ansible: the genuine role and playbook, our modules under ansible.windows."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lab.windows import collection, machine

CHECKOUT = Path(__file__).parents[2]
GENUINE = CHECKOUT / ".ansible/collections" / collection.NAME
FACT = "disk/c/programdata/ansible/facts.d/ironacre_prepared.json"


@dataclass(frozen=True)
class WindowsGuest:
    """folder: of the test. virtio_win: what the operator names."""

    folder: Path
    virtio_win: Path

    @property
    def root(self) -> Path:
        return self.folder / "windows"

    @property
    def state(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((self.root / "state.json").read_text())
        return loaded

    @property
    def fact(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads((self.root / FACT).read_text())
        return loaded

    def service(self, driver: str, below: str = "") -> dict[str, list[Any]]:
        key = rf"{machine.CURRENT}\Services\{driver}{below}".lower()
        found: dict[str, list[Any]] = self.state["registry"].get(key, {})
        return found

    def change(self, **changes: Any) -> None:
        (self.root / "state.json").write_text(json.dumps({**self.state, **changes}))

    def everything(self) -> dict[str, bytes]:
        """All that the guest holds, to be compared; commands are not part of it."""
        files = (path for path in self.root.rglob("*") if path.is_file() and path.name != "commands.log")
        return {str(path.relative_to(self.root)): path.read_bytes() for path in files}

    def commands(self) -> list[list[str]]:
        """What ran on the guest and could change something."""
        log = self.root / "commands.log"
        ran = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
        return [argv for argv in ran if "/enum-drivers" not in argv and "-status" not in argv]

    def play(self, *arguments: str, **variables: Any) -> subprocess.CompletedProcess[str]:
        """Run playbooks/prepare_guests.yml, and then what a test has written into after.yml."""
        host = {
            "ansible_connection": "local",
            "ansible_python_interpreter": sys.executable,
            "vm_guest_prepare_family": "windows",
            "vm_guest_prepare_virtio_win": str(self.virtio_win),
            **variables,
        }
        inventory = self.folder / "inventory.yml"
        inventory.write_text(yaml.safe_dump({"all": {"children": {"hci_guests_windows": {"hosts": {"win1": host}}}}}))
        program = str(Path(sys.executable).with_name("ansible-playbook"))
        command = [program, "-i", str(inventory), *arguments, "playbooks/prepare_guests.yml"]
        command += map(str, self.folder.glob("after.yml"))
        return subprocess.run(
            command, cwd=CHECKOUT, env=self._environment(), capture_output=True, text=True, timeout=900
        )

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_PIPELINING": "1",
            "ANSIBLE_STDOUT_CALLBACK": "default",
            "ANSIBLE_COLLECTIONS_PATH": f"{self.folder / 'standin'}:{CHECKOUT / '.ansible/collections'}",
            "IRONACRE_WINDOWS": str(self.root),
        }


def windows_guest(folder: Path, *systems: str, agent: bool = True, **changes: Any) -> WindowsGuest:
    """A guest that knows VMware's hardware only, and virtio-win for the systems."""
    guest = WindowsGuest(folder, machine.virtio_win(folder / "virtio-win", *systems, agent=agent))
    machine.make(guest.root, machine.server_2022(**changes))
    collection.lay_out(folder / "standin", GENUINE)
    return guest


def recap(output: str) -> str:
    found = re.search(r"changed=\d+.*failed=\d+", output)
    return found.group() if found else output
