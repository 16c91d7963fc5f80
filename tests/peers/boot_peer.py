"""The boot service in a process of its own, as the boot server runs it, and a machine that talks to it."""

from __future__ import annotations

import hashlib
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.boot_store import BootStore
from ansible_collections.ironacre.hci.plugins.plugin_utils.service_archive import pack
from tests.peers.peers import eventually, free_port, process

REPOSITORY = Path(__file__).resolve().parents[2]
AGENT = REPOSITORY / "roles/boot_server/files/agent.sh"
MAC, SERIAL, UUID = "52:54:00:70:00:14", "SRV-1", "00000000-0000-4000-8000-525400700014"


@dataclass
class BootPeer:
    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def store(self) -> BootStore:
        return BootStore(self.folder / "state")

    def ask(self, path: str, data: bytes | None = None, **headers: str) -> tuple[int, bytes]:
        request = urllib.request.Request(self.url + path, data, headers)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def script(self, mac: str = MAC, serial: str = SERIAL, uuid: str = UUID, platform: str = "pcbios") -> str:
        mac = mac.replace(":", "-")
        status, body = self.ask(f"/v1/boot?mac={mac}&uuid={uuid}&serial={serial}&platform={platform}&arch=x86_64")
        assert status == 200
        return body.decode()

    def artifact(self, name: str, content: bytes) -> dict[str, Any]:
        digest = hashlib.sha256(content).hexdigest()
        path = self.folder / "artifacts" / digest / name
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        return {"name": name, "version": "1", "file": name, "sha256": digest, "size_bytes": len(content)}

    def node(self, what: str) -> str:
        ticket = self.store.ticket(MAC)
        assert ticket is not None
        return f"/v1/node/{ticket.token}/{what}"

    def log(self) -> str:
        return (self.folder / "log").read_text()


@contextmanager
def boot_service(folder: Path) -> Iterator[BootPeer]:
    peer = BootPeer(folder, free_port())
    for name in ("state", "artifacts", "tftp"):
        (folder / name).mkdir()
    settings = {
        "listen": "127.0.0.1",
        "port": peer.port,
        "base_url": peer.url,
        "state_dir": str(folder / "state"),
        "artifacts_dir": str(folder / "artifacts"),
        "tftp_dir": str(folder / "tftp"),
        "agent": str(AGENT),
    }
    (folder / "settings.json").write_text(json.dumps(settings))
    (folder / "service.pyz").write_bytes(pack(REPOSITORY / "roles/boot_server/files/boot_service"))
    with (folder / "log").open("wb") as log:
        command = (sys.executable, str(folder / "service.pyz"), str(folder / "settings.json"))
        with process(*command, stdout=log, stderr=log):
            eventually(lambda: "listening" in peer.log(), "the boot service listens")
            yield peer


def inspection(serial: str = SERIAL, *signatures: str) -> bytes:
    lines = [f"system\t-\tserial\t{serial}", f"system\t-\tuuid\t{UUID}", "disk\tvda\tsize\t20000000000"]
    lines += ["disk\tvda\tserial\tDISK-A", *[f"disk\tvda\tsignature\t{signature}" for signature in signatures]]
    return "\n".join(lines).encode()
