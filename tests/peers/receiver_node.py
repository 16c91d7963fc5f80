"""A stand-in of a node that runs receivers: it does what the kubelet does with their pod, and nothing else.

It writes the ConfigMap and the Secret into files, starts the very program they hold, lets its volumes be files, says
that the pod runs, and ends the program with its pod. Claims that are deleted lose the finalizer that nobody else takes.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kube_transport import ApiError
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubeconfig import load_connection
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubernetes_api import MERGE, KubernetesApi
from tests.peers.ends import with_parent
from tests.peers.peers import free_port

LABELS = "app.kubernetes.io/component=receiver"


class ReceiverNode:
    """started: how many receivers ran. port: where they listen, one after the other."""

    def __init__(self, kubeconfig: Path, folder: Path) -> None:
        self.kubeconfig, self.folder, self.port = kubeconfig, folder, free_port()
        self.api = KubernetesApi(load_connection(str(kubeconfig)))
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.started = 0
        self.end = threading.Event()

    def volume(self, name: str) -> Path:
        return self.folder / f"{name}.img"

    def work(self) -> None:
        while not self.end.wait(0.05):
            try:
                self.look()
            except ApiError as error:
                # What we looked at changed meanwhile, or the API server is busy: the next look sees it.
                assert error.status not in (400, 401, 403, 422), error
        for child in self.running.values():
            child.kill()
            child.wait()

    def look(self) -> None:
        pods = {item["metadata"]["uid"]: item for item in self.api.list("Pod", labels=LABELS)}
        for uid in set(self.running) - set(pods):
            child = self.running.pop(uid)
            child.kill()
            child.wait()
        for uid in set(pods) - set(self.running):
            self.start(uid, pods[uid])
        for claim in self.api.list("PersistentVolumeClaim"):
            metadata = claim["metadata"]
            if metadata.get("deletionTimestamp"):
                self.volume(metadata["name"]).unlink(missing_ok=True)
                patch: dict[str, Any] = {"metadata": {"finalizers": None}}
                self.api.merge("PersistentVolumeClaim", metadata["name"], patch, metadata["namespace"])

    def start(self, uid: str, pod: dict[str, Any]) -> None:
        name, namespace = pod["metadata"]["name"], pod["metadata"]["namespace"]
        folder = self.folder / uid
        # It is there when the API server did not answer at the first attempt.
        (folder / "receiver").mkdir(parents=True, exist_ok=True)
        program = self.api.get("ConfigMap", name, namespace) or {"data": {}}
        for file, text in program["data"].items():
            (folder / "receiver" / file).write_text(text)
        secret = self.api.get("Secret", name, namespace) or {"data": {}}
        for file, text in secret["data"].items():
            (folder / file).write_bytes(base64.b64decode(text))
        config = json.loads((folder / "config.json").read_text())
        for volume, entry in config["volumes"].items():
            entry["path"] = str(self.volume(volume))
        (folder / "config.json").write_text(json.dumps({**config, "host": "127.0.0.1", "port": self.port}))
        module = pod["spec"]["containers"][0]["command"][2]
        with (folder / "log").open("wb") as log:
            self.running[uid] = subprocess.Popen(
                [sys.executable, "-m", module, str(folder)], cwd=folder, stdout=log, stderr=log, preexec_fn=with_parent
            )
        self.started += 1
        path = f"/api/v1/namespaces/{namespace}/pods/{name}/status"
        self.api._transport.json("PATCH", path, {"status": {"phase": "Running"}}, MERGE)


@contextmanager
def receiver_node(kubeconfig: Path, folder: Path) -> Iterator[ReceiverNode]:
    """Start it."""
    folder.mkdir()
    node = ReceiverNode(kubeconfig, folder)
    thread = threading.Thread(target=node.work)
    thread.start()
    try:
        yield node
    finally:
        node.end.set()
        thread.join()
