# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RKE2 on this node: its files, its unit, its process, its local answers. Reads only.

This module util is private to the collection.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2.restart import Disk, Process
from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2.versions import find_version

Run = Callable[[list[str]], tuple[int, str, str]]
PREFIXES = ("/usr/local", "/opt/rke2", "/usr")
STAMPS = Path("/run/ironacre")
# Bytes. Whoever answers was not verified; no authority, metric or state of health is larger.
LARGEST_ANSWER = 4 << 20
_UNIT_FIELDS = ("LoadState", "ActiveState", "SubState", "Result", "UnitFileState", "MainPID")


class Rke2Node:
    """One node's RKE2. run: runs a command, returns (rc, stdout, stderr). root: where the file system begins."""

    def __init__(self, run: Run, data_dir: str = "/var/lib/rancher/rke2", root: str = "/") -> None:
        self._run = run
        self._root = Path(root)
        self.data_dir = self._at(data_dir)
        self.config_dir = self._at("/etc/rancher/rke2")

    def _at(self, path: str) -> Path:
        return self._root / path.lstrip("/")

    def prefix(self) -> str:
        """Where RKE2 is installed, or an empty text."""
        return next((prefix for prefix in PREFIXES if self._at(f"{prefix}/bin/rke2").is_file()), "")

    def installed(self) -> str:
        """The version of the installed binary, or an empty text."""
        prefix = self.prefix()
        return self._version_of(str(self._at(f"{prefix}/bin/rke2"))) if prefix else ""

    def release(self, folder: str) -> str:
        """Digest of the release that was installed last, as noted in that folder; empty if nobody noted it."""
        return _read(self._at(folder) / "installed.sha256").strip()

    def _version_of(self, binary: str) -> str:
        code, output, _error = self._run([binary, "--version"])
        return find_version(output) if code == 0 else ""

    def unit(self, kind: str) -> dict[str, str]:
        """Fields of rke2-server.service or rke2-agent.service as systemd shows them."""
        _code, output, _error = self._run(
            ["systemctl", "show", f"rke2-{kind}.service", f"--property={','.join(_UNIT_FIELDS)}"]
        )
        return dict(line.partition("=")[::2] for line in output.splitlines() if "=" in line)

    def process(self, kind: str, pid: int) -> Process | None:
        """The main process, or None when there is none."""
        proc = self._at(f"/proc/{pid}")
        try:
            target = str((proc / "exe").readlink())
            ticks = int((proc / "stat").read_text().rpartition(")")[2].split()[19])
        except (OSError, ValueError, IndexError):
            return None
        started = self._boot_time() + ticks / os.sysconf("SC_CLK_TCK")
        version = self._version_of(str(proc / "exe"))
        return Process(version, target.endswith(" (deleted)"), started, self._started_with(kind))

    def _boot_time(self) -> float:
        for line in self._at("/proc/stat").read_text().splitlines():
            if line.startswith("btime "):
                return float(line.split()[1])
        return 0.0

    def _started_with(self, kind: str) -> str:
        try:
            return str(json.loads(self._stamp(kind).read_text())["digest"])
        except (OSError, ValueError, KeyError):
            return ""

    def _stamp(self, kind: str) -> Path:
        return self._at(str(STAMPS)) / f"rke2-{kind}.json"

    def note_start(self, kind: str) -> None:
        """Remember with which files the unit is being started (until the machine restarts)."""
        stamp = self._stamp(kind)
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(json.dumps({"digest": self.disk(kind).digest}))

    def disk(self, kind: str) -> Disk:
        """What a start of this kind would read."""
        files = self._start_files(kind)
        digest = hashlib.sha256()
        for path in files:
            digest.update(str(path).encode() + b"\0" + path.read_bytes() + b"\0")
        folders = [path for path in (self.config_dir / "config.yaml.d",) if path.is_dir()]
        newest = max((path.stat().st_mtime for path in (*files, *folders)), default=0.0)
        return Disk(self.installed(), digest.hexdigest(), newest, (self.data_dir / "force-restart").exists())

    def _start_files(self, kind: str) -> list[Path]:
        single = [
            self.config_dir / "config.yaml",
            self.config_dir / "registries.yaml",
            self._at(f"/etc/default/rke2-{kind}"),
        ]
        dropped = sorted((self.config_dir / "config.yaml.d").glob("*.yaml"))
        return [path for path in (*single, *dropped) if path.is_file()]

    def config_text(self) -> str:
        """config.yaml as it is: it holds the token."""
        return _read(self.config_dir / "config.yaml")

    def member(self) -> str:
        """The name under which this server belongs to etcd, or an empty text."""
        return _read(self.data_dir / "server/db/etcd/name").strip()

    def registered(self) -> bool:
        """Whether the node has joined a cluster once."""
        return bool(self.member()) or (self.data_dir / "agent/client-kubelet.crt").exists()

    def authority(self) -> str:
        """SHA-256 of the cluster's certificate authority, as it stands in a full token; empty on agents."""
        path = self.data_dir / "server/tls/server-ca.crt"
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""

    def kubeconfig(self) -> str:
        """The admin's kubeconfig of a server, or an empty text."""
        return _read(self.config_dir / "rke2.yaml")

    def journal(self, kind: str, lines: int = 60) -> list[str]:
        """The newest lines of the unit, oldest first."""
        command = ["journalctl", f"--unit=rke2-{kind}", f"--lines={lines}", "--no-pager", "--output=cat"]
        return self._run(command)[1].splitlines()


def supervisor_authority(address: str, port: int, timeout: float = 2.0) -> str:
    """SHA-256 of the authority a supervisor hands out to anybody, or an empty text if none answers."""
    status, body = fetch(address, port, "/cacerts", timeout)
    return hashlib.sha256(body).hexdigest() if status == 200 else ""


def fetch(address: str, port: int, path: str, timeout: float = 3.0, tls: bool = True) -> tuple[int, bytes]:
    """(status, body) of a GET; (0, error text) without an answer. The peer is not verified: nothing secret is sent."""
    kind: dict[str, Any] = {"context": ssl._create_unverified_context()} if tls else {}
    maker = http.client.HTTPSConnection if tls else http.client.HTTPConnection
    connection = maker(address, port, timeout=timeout, **kind)
    try:
        connection.request("GET", path)
        reply = connection.getresponse()
        return reply.status, reply.read(LARGEST_ANSWER)
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error).encode()
    finally:
        connection.close()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""
