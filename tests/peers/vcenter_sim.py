"""The lab's vCenter stand-in (`lab/vcenter`), started on 127.0.0.1 with an estate that a test writes.

It is govmomi's simulator with machines that have contents; docs/lab-vcenter.md lists what it imitates.
"""

from __future__ import annotations

import hashlib
import json
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.build import cache
from lab.build.catalog import all_recipes
from tests.peers.peers import eventually, free_port, needs, process

USER = "administrator@vsphere.local"
PASSWORD = "not a secret, but checked"


@dataclass
class VcenterSim:
    """A running simulator. ca: the authority its certificate is of. control: base URL of what only tests ask."""

    folder: Path
    port: int
    control_port: int
    host: str = "127.0.0.1"
    username: str = USER
    password: str = PASSWORD

    @property
    def ca(self) -> Path:
        return self.folder / "ca.pem"

    @property
    def thumbprint(self) -> str:
        """SHA-256 of the certificate, hexadecimal."""
        return self.fingerprint("sha256")

    def fingerprint(self, algorithm: str) -> str:
        der = ssl.PEM_cert_to_DER_cert((self.folder / "server.pem").read_text())
        return hashlib.new(algorithm, der).hexdigest()

    def tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.ca))

    def login(self, **other: Any) -> Any:
        """Log in with pyVmomi; return its service instance."""
        from pyVim.connect import SmartConnect

        plain = {"host": self.host, "port": self.port, "user": self.username, "pwd": self.password}
        return SmartConnect(**{**plain, "sslContext": self.tls(), **other})

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the control endpoint; a body that is bytes is sent as it is, else as JSON."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        url = f"http://127.0.0.1:{self.control_port}{path}"
        with urllib.request.urlopen(urllib.request.Request(url, data, method=method)) as answer:
            text = answer.read()
            is_json = answer.headers.get("Content-Type") == "application/json"
        return json.loads(text) if is_json else text

    def journal(self) -> dict[str, Any]:
        """calls: count by SOAP method. changes: calls that alter something, in their order. http: by verb and place."""
        found: dict[str, Any] = self.ask("GET", "/journal")
        return found

    def changes(self, *methods: str) -> list[tuple[str, str]]:
        """Method and machine of the calls that altered something, of all methods or of these."""
        found = [(change["method"], change.get("name", "")) for change in self.journal()["changes"]]
        return [change for change in found if not methods or change[0] in methods]

    def clear(self) -> None:
        """Empty the journal and take back all faults."""
        self.ask("DELETE", "/journal")
        self.ask("DELETE", "/faults")

    def fault(self, on: str, kind: str, **details: Any) -> None:
        """Let something go wrong: on and kind as in lab/vcenter/watch/faults.go."""
        self.ask("POST", "/faults", {"on": on, "kind": kind, **details})

    def expire_sessions(self) -> None:
        self.ask("POST", "/sessions/expire")

    def expire_leases(self) -> int:
        return int(self.ask("POST", "/leases/expire"))

    def machines(self) -> dict[str, dict[str, Any]]:
        """By name: power, snapshots, exported, layers and change_ids by disk, connected by network card."""
        found: dict[str, dict[str, Any]] = self.ask("GET", "/machines")
        return found

    def scribble(self, machine: str, disk: int = 0, **how: int) -> list[tuple[int, int]]:
        """Let a running machine write: seed, pieces, bytes, from_, length. Return offset and length of each piece."""
        said = {name.rstrip("_"): value for name, value in how.items()}
        areas = self.ask("POST", f"/machines/{machine}/disks/{disk}/scribble", said)
        return [(area["Start"], area["Length"]) for area in areas]

    def write(self, machine: str, data: bytes, offset: int, disk: int = 0) -> None:
        """Let a running machine write this."""
        self.ask("PUT", f"/machines/{machine}/disks/{disk}?offset={offset}", data)

    def reset_changes(self, machine: str, disk: int = 0) -> None:
        """Start change tracking anew: a new UUID, old change ids unknown."""
        self.ask("POST", f"/machines/{machine}/disks/{disk}/reset_changes")

    def content(self, machine: str, disk: int = 0) -> bytes:
        """What the disk holds now."""
        return bytes(self.ask("GET", f"/machines/{machine}/disks/{disk}"))

    def sha256(self, machine: str, disk: int = 0) -> str:
        """Digest of what the disk holds now."""
        return str(self.ask("GET", f"/machines/{machine}/disks/{disk}/sha256"))


def program() -> Path:
    """The simulator, built if it is not in the cache."""
    needs("go", "openssl", "python:pyVmomi")
    return cache.build(all_recipes(), ["vcenter"])["vcenter"] / "vcenter"


def generated(machines: int, seed: int = 1) -> dict[str, Any]:
    """An estate of so many machines, the same for the same seed."""
    command = [str(program()), "-generate", str(machines), "-seed", str(seed)]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


@contextmanager
def serving(folder: Path, estate: dict[str, Any], *, esxi: bool = False) -> Iterator[VcenterSim]:
    """Start the simulator with an estate (lab/vcenter/estate/estate.go has the fields)."""
    binary = program()
    folder.mkdir(parents=True, exist_ok=True)
    certificates(folder)
    (folder / "estate.json").write_text(json.dumps(estate))
    (folder / "password").write_text(PASSWORD)
    sim = VcenterSim(folder, free_port(), free_port())
    options = {
        "listen": f"{sim.host}:{sim.port}",
        "control": f"127.0.0.1:{sim.control_port}",
        "certificate": folder / "server.pem",
        "key": folder / "server.key",
        "estate": folder / "estate.json",
        "folder": folder / "data",
        "username": USER,
        "password-file": folder / "password",
    }
    command = [str(binary), *(f"-{name}={value}" for name, value in options.items()), *(["-esxi"] if esxi else [])]
    log = folder / "log"
    with log.open("wb") as out, process(*command, stdout=out, stderr=out) as child:
        eventually(lambda: ready(sim, child, log), "the vCenter simulator answers", seconds=120)
        yield sim


def ready(sim: VcenterSim, child: subprocess.Popen[bytes], log: Path) -> bool:
    if child.poll() is not None:
        raise AssertionError(f"the simulator ended: {log.read_text()}")
    try:
        sim.clear()
        context = sim.tls()
        with urllib.request.urlopen(f"https://{sim.host}:{sim.port}/sdk/vimServiceVersions.xml", context=context):
            return True
    except OSError:
        return False


def certificates(folder: Path) -> None:
    """An authority, and a certificate of it for this machine."""
    new = ("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    authority = ("-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=CA of a simulated vCenter", "-x509", "-days", "2")
    wanted = ("-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=127.0.0.1")
    names = ("-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost")
    sign = (
        "x509",
        "-req",
        "-in",
        "server.csr",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-days",
        "2",
        "-out",
        "server.pem",
    )
    for step in ((*new, *authority), (*new, *wanted, *names), (*sign, "-copy_extensions", "copyall")):
        subprocess.run(["openssl", *step], cwd=folder, check=True, capture_output=True)


def wait(task: Any, seconds: float = 60.0) -> Any:
    """Wait for a pyVmomi task; return its result, raise its fault."""
    deadline = time.monotonic() + seconds
    while (state := task.info.state) not in ("success", "error"):
        assert time.monotonic() < deadline, f"{task.info.descriptionId} is {state}"
        time.sleep(0.01)
    if state == "error":
        raise task.info.error
    return task.info.result
