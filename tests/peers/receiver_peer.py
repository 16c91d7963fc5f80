"""The receiver's own program as a process, with TLS and a token, in front of files or devices."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from ansible_collections.ironacre.hci.plugins.module_utils._adapters import receiver_server, receiver_volume
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.identity import make_identity
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.receiver_client import Endpoint
from tests.peers.ends import with_parent
from tests.peers.peers import eventually, free_port

NAME = "receiver-web.vms.svc"


@dataclass
class ReceiverPeer:
    """A receiver that can be killed and started again at the same place."""

    folder: pathlib.Path
    endpoint: Endpoint
    child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [os.environ.get("IRONACRE_PYTHON", sys.executable), "-m", "receiver.receiver_server"]
        with (self.folder / "log").open("ab") as log:
            self.child = subprocess.Popen(
                [*command, str(self.folder)], cwd=self.folder, stdout=log, stderr=log, preexec_fn=with_parent
            )
        eventually(self._listens, f"the receiver listens: {(self.folder / 'log').read_text()}")

    def _listens(self) -> bool:
        # One that nobody needs may have listened and ended before it is looked at.
        if "listening" in (self.folder / "log").read_text():
            return True
        assert self.child is not None and self.child.poll() is None, (self.folder / "log").read_text()
        return False

    def kill(self) -> None:
        if self.child is not None:
            self.child.kill()
            self.child.wait()
        (self.folder / "log").write_text("")


@contextmanager
def receiver(folder: pathlib.Path, volumes: Mapping[str, tuple[str, int]], idle: int = 0) -> Iterator[ReceiverPeer]:
    """volumes: name -> (path, capacity)."""
    program = folder / "receiver"
    program.mkdir()
    for module in (receiver_server, receiver_volume):
        shutil.copy(str(module.__file__), program)
    identity, port = make_identity(NAME), free_port()
    config = {
        "volumes": {name: {"path": path, "capacity": capacity} for name, (path, capacity) in volumes.items()},
        "host": "127.0.0.1",
        "port": port,
        "idle": idle,
    }
    texts = {"config.json": json.dumps(config), "token": identity.token}
    texts |= {"tls.crt": identity.certificate, "tls.key": identity.key}
    for name, text in texts.items():
        (folder / name).write_text(text)
    peer = ReceiverPeer(folder, Endpoint("127.0.0.1", port, NAME, identity.certificate, identity.token))
    peer.start()
    try:
        yield peer
    finally:
        peer.kill()
