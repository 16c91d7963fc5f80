"""Peers that speak the real protocols, each in its own process, and what they need."""

from __future__ import annotations

import importlib.util
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.peers.ends import with_parent

HERE = Path(__file__).parent
UEFI_PXE = [0xA0, 0x04, 0, 0, 0]
UEFI_DISK_ONCE_USED = [0xA0, 0x00, 0, 0, 0]


def needs(*names: str) -> None:
    """Skip the calling test, saying what is missing: a program, or a Python library as `python:<name>`."""
    missing = [name for name in names if not _present(name)]
    if missing:
        pytest.skip(f"missing: {', '.join(missing)}")


def _present(name: str) -> bool:
    kind, _, library = name.rpartition(":")
    return bool(importlib.util.find_spec(library) if kind else shutil.which(name))


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def eventually(check: Callable[[], Any], what: str, seconds: float = 30.0) -> Any:
    """Poll until `check` is true; it fails by itself after a generous deadline, it does not time anything."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = check()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"did not happen: {what}")


@contextmanager
def process(*argv: str, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    child = subprocess.Popen(argv, preexec_fn=with_parent, **options)
    try:
        yield child
    finally:
        child.kill()
        child.wait()


@dataclass
class IpmiPeer:
    port: int
    folder: Path

    def set(self, **state: Any) -> None:
        found = self.state()
        found["faults"].update(state.pop("faults", {}))
        (self.folder / "state.json").write_text(json.dumps({**found, **state}))

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "state.json").read_text())
        return found

    def log(self) -> list[str]:
        path = self.folder / "log"
        return path.read_text().splitlines() if path.exists() else []

    def writes(self) -> list[str]:
        """What changed something: boot flags and power commands."""
        return [line for line in self.log() if line.startswith(("set 5", "power"))]

    def options(self, **other: Any) -> dict[str, Any]:
        plain = {"driver": "ipmi", "address": "127.0.0.1", "port": self.port, "username": "admin", "password": "secret"}
        return {**plain, **other}


@contextmanager
def loop_device(image: Path) -> Iterator[str]:
    """The path of a block device whose content is the file."""
    needs("losetup")
    command = ["losetup", "--find", "--show", str(image)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("missing: loop devices")
    try:
        yield done.stdout.strip()
    finally:
        subprocess.run(["losetup", "--detach", done.stdout.strip()], check=True)
