"""A real kube-apiserver with etcd on loopback, for tests that need the API and no nodes.

The binary comes from the lab's cache (recipe `kubernetes`) or from $IRONACRE_KUBE.
"""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubeconfig import load_connection
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubernetes_api import KubernetesApi
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from lab.build.cache import cache_root
from tests.peers.peers import eventually, free_port, needs, process

TOKEN = "peer-token"
# Kinds of other projects, open to every field: what matters here is what we do with them.
KINDS = (
    ("cdi.kubevirt.io", "v1beta1", "DataVolume", "datavolumes", "Namespaced"),
    ("cdi.kubevirt.io", "v1beta1", "CDI", "cdis", "Cluster"),
    ("cdi.kubevirt.io", "v1beta1", "CDIConfig", "cdiconfigs", "Cluster"),
    ("upload.cdi.kubevirt.io", "v1beta1", "UploadTokenRequest", "uploadtokenrequests", "Namespaced"),
    ("kubevirt.io", "v1", "VirtualMachine", "virtualmachines", "Namespaced"),
    ("kubevirt.io", "v1", "VirtualMachineInstance", "virtualmachineinstances", "Namespaced"),
    ("kubevirt.io", "v1", "VirtualMachineInstanceMigration", "virtualmachineinstancemigrations", "Namespaced"),
    ("k8s.cni.cncf.io", "v1", "NetworkAttachmentDefinition", "network-attachment-definitions", "Namespaced"),
)


def binary() -> Path:
    """The program with etcd and kube-apiserver in one; skips the test when there is none."""
    found = [Path(os.environ["IRONACRE_KUBE"])] if "IRONACRE_KUBE" in os.environ else []
    found += sorted(cache_root().glob("kubernetes-*/**/kube"))
    if not found or not found[-1].is_file():
        pytest.skip("missing: the Kubernetes of the lab (python -m lab build kubernetes, or $IRONACRE_KUBE)")
    return found[0]


@contextmanager
def api_server(folder: Path) -> Iterator[Path]:
    """Start both; yields a kubeconfig."""
    needs("openssl")
    kube, (client, peer, secure) = binary(), (free_port(socket.SOCK_STREAM) for _number in range(3))
    (folder / "tokens.csv").write_text(f'{TOKEN},admin,admin,"system:masters"\n')
    subprocess.run(["openssl", "genrsa", "-out", str(folder / "sa.key"), "2048"], check=True, capture_output=True)
    etcd = f"http://127.0.0.1:{client}"
    url = f"http://127.0.0.1:{peer}"
    with ExitStack() as stack, (folder / "log").open("w") as log:
        quiet = {"stdout": log, "stderr": log}
        arguments = ["--data-dir", str(folder / "etcd"), "--listen-client-urls", etcd, "--advertise-client-urls", etcd]
        arguments += [
            "--listen-peer-urls",
            url,
            "--initial-advertise-peer-urls",
            url,
            "--initial-cluster",
            f"default={url}",
        ]
        stack.enter_context(process(str(kube), "etcd", *arguments, "--unsafe-no-fsync", **quiet))
        stack.enter_context(process(str(kube), "kube-apiserver", *_server_arguments(folder, etcd, secure), **quiet))
        kubeconfig = folder / "kubeconfig"
        # The key is written behind the certificate: one that is there may not be whole yet.
        eventually((folder / "certs" / "apiserver.key").exists, "the API server made its certificate", 180)
        kubeconfig.write_text(_kubeconfig(folder, secure))
        api = KubernetesApi(load_connection(str(kubeconfig)))
        eventually(lambda: _ready(api), "the API server is ready", 180)
        _install_kinds(api)
        yield kubeconfig


def _server_arguments(folder: Path, etcd: str, port: int) -> list[str]:
    key = str(folder / "sa.key")
    return [
        f"--etcd-servers={etcd}",
        f"--secure-port={port}",
        "--bind-address=127.0.0.1",
        f"--cert-dir={folder / 'certs'}",
        f"--token-auth-file={folder / 'tokens.csv'}",
        "--authorization-mode=RBAC",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={key}",
        f"--service-account-signing-key-file={key}",
        "--service-cluster-ip-range=10.43.0.0/16",
        "--disable-admission-plugins=ServiceAccount",
    ]


def _kubeconfig(folder: Path, port: int) -> str:
    return f"""apiVersion: v1
kind: Config
current-context: peer
clusters: [{{name: peer, cluster: {{server: "https://127.0.0.1:{port}", certificate-authority: certs/apiserver.crt}}}}]
users: [{{name: admin, user: {{token: {TOKEN}}}}}]
contexts: [{{name: peer, context: {{cluster: peer, user: admin}}}}]
"""


def _ready(api: KubernetesApi) -> bool:
    """All that it does at its start is done: the namespaces are made, addresses can be given to services."""
    try:
        return api.text("/readyz") == "ok" and api.get("Namespace", "default") is not None
    except PlatformError:
        return False


def _install_kinds(api: KubernetesApi) -> None:
    for group, version, kind, plural, scope in KINDS:
        schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True, **_status(kind)}}
        body: dict[str, Any] = {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{plural}.{group}"},
            "spec": {
                "group": group,
                "scope": scope,
                "names": {"kind": kind, "plural": plural, "singular": kind.lower(), "listKind": f"{kind}List"},
                "versions": [{"name": version, "served": True, "storage": True, "schema": schema}],
            },
        }
        api.create(body)
        place = f"/apis/{group}/{version}/{plural}"
        # A condition of the definition says it a moment before the requests of others are answered.
        eventually(lambda place=place: api.find(place) is not None, f"{kind} is served", 120)


def _status(kind: str) -> dict[str, Any]:
    """A token request is answered with its token: here by a default of the schema."""
    if kind != "UploadTokenRequest":
        return {}
    token = {"type": "string", "default": "peer-upload"}
    return {"properties": {"status": {"type": "object", "default": {}, "properties": {"token": token}}}}
