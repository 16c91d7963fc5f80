"""Peers that speak the real protocols, each in its own process, and what they need."""

from __future__ import annotations

import importlib.util
import json
import random
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


# One for each port that is lent; closed when this process ends.
LENT: list[socket.socket] = []


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    """A port of 127.0.0.1 that nobody else gets until this process ends, however late it is bound, or bound again.

    The kernel gives a socket without a port one of its own range: this one lies below. Another process of tests asks
    for the same name of an abstract socket, which like a port belongs to one network namespace.
    """
    first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    end = first if first > 16384 else 32768
    for port in random.SystemRandom().sample(range(end - 8192, end), 8192):
        mark = socket.socket(socket.AF_UNIX)
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                mark.bind(f"\0ironacre-tests-port-{port}")
                probe.bind(("127.0.0.1", port))
            except OSError:
                mark.close()
                continue
        LENT.append(mark)
        return port
    raise AssertionError("no port is free")


def eventually(check: Callable[[], Any], what: str, seconds: float = 120.0) -> Any:
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
        part = self.folder / "state.set"
        part.write_text(json.dumps({**found, **state}))
        part.replace(self.folder / "state.json")

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
