"""A small node below a folder: its files, and programs that answer as systemd's do, from files beside them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

SYSTEMCTL = """#!/bin/sh
echo "$@" >> {state}/calls
case "$1" in
show) cat "{state}/$2" 2>/dev/null || printf 'LoadState=not-found\\nActiveState=inactive\\nMainPID=0\\n' ;;
esac
"""
JOURNALCTL = """#!/bin/sh
cat {state}/journal
"""


@dataclass(frozen=True)
class SmallNode:
    root: Path

    @property
    def state(self) -> Path:
        return self.root / "state"

    def program(self, path: str, text: str) -> Path:
        target = self.root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace("{state}", str(self.state)))
        target.chmod(0o755)
        return target

    def unit(self, name: str, **fields: str) -> None:
        (self.state / name).write_text("".join(f"{key}={value}\n" for key, value in fields.items()))

    def put(self, path: str, text: str) -> Path:
        target = self.root / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        return target

    def calls(self, verb: str) -> list[str]:
        """What systemctl was called with, besides `show`."""
        path = self.state / "calls"
        lines = path.read_text().splitlines() if path.exists() else []
        return [line for line in lines if verb in line]


def small_node(root: Path) -> SmallNode:
    node = SmallNode(root)
    node.state.mkdir(parents=True)
    (node.state / "journal").write_text("")
    node.program("bin/systemctl", SYSTEMCTL)
    node.program("bin/journalctl", JOURNALCTL)
    node.put("proc/stat", "cpu 1\nbtime 1000\n")
    return node


def on_path(node: SmallNode) -> str:
    return f"{node.root / 'bin'}{os.pathsep}{os.environ['PATH']}"
