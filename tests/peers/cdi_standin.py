"""A stand-in of CDI and KubeVirt beside a real API server: volumes become ready, uploads land in files, machines run.

The upload endpoint speaks TLS under the upload proxy's name, wants the token, decodes what CDI decodes,
and keeps nothing of an upload that broke. Faults are attributes.
"""

from __future__ import annotations

import gzip
import http.server
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import zstandard

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kube_transport import ApiError
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubeconfig import load_connection
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubernetes_api import KubernetesApi

NAME = "cdi-uploadproxy.cdi.svc"


class Platform:
    """refuse: statuses to answer uploads with, first. cut_after: bytes after which a connection is cut, once."""

    def __init__(self, kubeconfig: Path, folder: Path) -> None:
        self.kubeconfig, self.folder = kubeconfig, folder
        self.api = KubernetesApi(load_connection(str(kubeconfig)))
        self.refuse: list[int] = []
        self.cut_after = 0
        self.uploads: list[str] = []
        self.received = 0
        self.end = threading.Event()

    def volume(self, name: str) -> Path:
        """The file of a volume."""
        return self.folder / f"{name}.img"

    def settle(self) -> None:
        """What controllers do, again and again."""
        api = KubernetesApi(load_connection(str(self.kubeconfig)))
        while not self.end.wait(0.05):
            for volume in api.list("DataVolume"):
                if not volume.get("status"):
                    self.phase(api, volume["metadata"], "UploadReady")
            for machine in api.list("VirtualMachine"):
                if machine["spec"]["runStrategy"] == "Always":
                    self.run(api, machine["metadata"])
                else:
                    api.delete("VirtualMachineInstance", machine["metadata"]["name"], machine["metadata"]["namespace"])

    def phase(self, api: KubernetesApi, metadata: dict[str, Any], phase: str) -> None:
        """Write it down, also when somebody else writes to the volume at the same time."""
        try:
            api.merge("DataVolume", metadata["name"], {"status": {"phase": phase}}, metadata["namespace"])
        except ApiError as error:
            if error.status != 404:
                raise

    def forget_requests(self) -> None:
        """CDI answers a request for a token and keeps nothing; here one stays when its upload never began."""
        for request in self.api.list("UploadTokenRequest"):
            self.api.delete("UploadTokenRequest", request["metadata"]["name"], request["metadata"]["namespace"])

    def run(self, api: KubernetesApi, metadata: dict[str, Any]) -> None:
        if api.get("VirtualMachineInstance", metadata["name"], metadata["namespace"]) is None:
            api.create(
                {
                    "apiVersion": "kubevirt.io/v1",
                    "kind": "VirtualMachineInstance",
                    "metadata": {"name": metadata["name"], "namespace": metadata["namespace"]},
                    "status": {"phase": "Running", "nodeName": "n1"},
                }
            )


class Handler(http.server.BaseHTTPRequestHandler):
    platform: Platform
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None: ...

    def do_POST(self) -> None:
        self.close_connection = True
        platform = type(self).platform
        api = KubernetesApi(load_connection(str(platform.kubeconfig)))
        # The token of the stand-in tells nothing: its request, which exists once, names the volume.
        requests = api.list("UploadTokenRequest")
        for request in requests:
            api.delete("UploadTokenRequest", request["metadata"]["name"], request["metadata"]["namespace"])
        if platform.refuse:
            self.send_error(platform.refuse.pop(0))
            return
        if self.headers["Authorization"] != "Bearer peer-upload" or len(requests) != 1:
            self.send_error(401)
            return
        metadata = requests[0]["metadata"]
        data = self._body(platform)
        if data is None:
            return
        try:
            platform.volume(metadata["name"]).write_bytes(_decoded(data))
        except (OSError, EOFError, zstandard.ZstdError):
            self.send_error(500, "broken stream")
            return
        platform.uploads.append(metadata["name"])
        platform.phase(api, metadata, "Succeeded")
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _body(self, platform: Platform) -> bytes | None:
        parts = []
        while True:
            line = self.rfile.readline().strip()
            if not line:
                return None
            part = self.rfile.read(int(line, 16))
            self.rfile.readline()
            platform.received += len(part)
            if platform.cut_after and platform.received > platform.cut_after:
                platform.cut_after = 0
                return None
            if not part:
                return b"".join(parts)
            parts.append(part)


def _decoded(data: bytes) -> bytes:
    if data[:4] == b"\x28\xb5\x2f\xfd":
        decoder = zstandard.ZstdDecompressor().decompressobj()
        raw = decoder.decompress(data)
        if not decoder.eof:
            raise EOFError("the frame has no end")
        return raw
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def _certificate(folder: Path) -> None:
    arguments = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}"]
    arguments += [
        "-addext",
        f"subjectAltName=DNS:{NAME}",
        "-keyout",
        str(folder / "tls.key"),
        "-out",
        str(folder / "tls.crt"),
    ]
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


def _objects(platform: Platform, port: int) -> None:
    api = platform.api
    api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "cdi"}})
    meta = {"namespace": "cdi"}
    labels = {"cdi.kubevirt.io": "cdi-uploadproxy"}
    ports = [{"port": 443, "targetPort": 8443}]
    service = {
        "metadata": {**meta, "name": "cdi-uploadproxy", "labels": labels},
        "spec": {"selector": labels, "ports": ports},
    }
    api.apply({"apiVersion": "v1", "kind": "Service", **service})
    data = {"ca-bundle.crt": (platform.folder / "tls.crt").read_text()}
    bundle = {"metadata": {**meta, "name": "cdi-uploadproxy-signer-bundle"}, "data": data}
    api.apply({"apiVersion": "v1", "kind": "ConfigMap", **bundle})
    version = {"apiVersion": "cdi.kubevirt.io/v1beta1"}
    api.apply(
        {
            **version,
            "kind": "CDIConfig",
            "metadata": {"name": "config"},
            "status": {"uploadProxyURL": f"127.0.0.1:{port}"},
        }
    )
    api.apply({**version, "kind": "CDI", "metadata": {"name": "cdi"}, "status": {"observedVersion": "v1.65.0"}})
    default = {"storageclass.kubernetes.io/is-default-class": "true"}
    storage = {"metadata": {"name": "peer", "annotations": default}, "provisioner": "peer"}
    api.apply({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", **storage})


@contextmanager
def platform(kubeconfig: Path, folder: Path) -> Iterator[Platform]:
    """Start the stand-in."""
    found = Platform(kubeconfig, folder)
    _certificate(folder)
    handler = type("UploadHandler", (Handler,), {"platform": found})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
        _objects(found, server.server_address[1])
        threads = [threading.Thread(target=server.serve_forever, args=(0.02,)), threading.Thread(target=found.settle)]
        for thread in threads:
            thread.start()
        try:
            yield found
        finally:
            found.end.set()
            server.shutdown()
            for thread in threads:
                thread.join()
