"""A distribution's whole tree as a guest: Ansible reaches it through chroot in place of ssh."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from lab.build import cache
from lab.recipes import distribution, guest

CHECKOUT = Path(__file__).parents[2]
# Ansible's ssh plugin calls it with ssh's arguments: the last one is the command of the guest.
DOOR = """#!/bin/sh
for last; do :; done
exec chroot {root} /bin/sh -c "$last"
"""


@dataclass(frozen=True)
class GuestTree:
    """root: of the guest's file system. release: of its only kernel."""

    root: Path
    release: str
    folder: Path

    @property
    def image(self) -> str:
        return f"/boot/initrd.img-{self.release}"

    def run(self, *argv: str) -> str:
        return subprocess.run(
            ["chroot", str(self.root), *argv], check=True, capture_output=True, text=True, timeout=300
        ).stdout

    def play(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run playbooks/prepare_guests.yml against the tree."""
        door = self.folder / "ssh"
        door.write_text(DOOR.format(root=self.root))
        door.chmod(0o755)
        host = {
            "ansible_connection": "ssh",
            "ansible_ssh_executable": str(door),
            "ansible_pipelining": True,
            "ansible_remote_tmp": "/var/tmp/ansible",
            "ansible_python_interpreter": "/usr/bin/python3",
            "ansible_become": False,
        }
        inventory = self.folder / "inventory.yml"
        inventory.write_text(yaml.safe_dump({"all": {"children": {"hci_guests": {"hosts": {"old": host}}}}}))
        program = str(Path(sys.executable).with_name("ansible-playbook"))
        command = [program, "-i", str(inventory), *arguments, "playbooks/prepare_guests.yml"]
        environment = {**os.environ, "ANSIBLE_NOCOLOR": "1", "ANSIBLE_STDOUT_CALLBACK": "default"}
        return subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, timeout=900)


@contextlib.contextmanager
def guest_tree(folder: Path) -> Iterator[GuestTree]:
    """The tree over a layer that is thrown away, with the kernel and modules of the lab's guests; no image yet."""
    recipes = {recipe.name: recipe for recipe in (*distribution.RECIPES, *guest.RECIPES)}
    built = cache.build(recipes, ["guest_distribution", "guest_system"])
    system, root = built["guest_system"] / "tree", folder / "root"
    for name in ("root", "above", "work"):
        (folder / name).mkdir()
    layers = f"lowerdir={built['guest_distribution'] / 'tree'},upperdir={folder / 'above'},workdir={folder / 'work'}"
    with contextlib.ExitStack() as stack:
        mounted(stack, root, "-t", "overlay", "overlay", "-o", layers)
        mounted(stack, root / "usr/lib/modules", "--bind", str(system / "lib/modules"))
        release = next((system / "lib/modules").iterdir()).name
        subprocess.run(["depmod", "-b", str(system), release], check=True)
        for name in ("vmlinuz", "config"):
            shutil.copy2(system / f"boot/{name}-{release}", root / "boot")
        yield GuestTree(root, release, folder)


def mounted(stack: contextlib.ExitStack, target: Path, *arguments: str) -> None:
    target.mkdir(exist_ok=True)
    subprocess.run(["mount", *arguments, str(target)], check=True)
    stack.callback(subprocess.run, ["umount", str(target)], check=True)
