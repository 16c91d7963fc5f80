# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CDI's upload endpoint: where it is, a token for one volume, and one chunked POST.

This module util is private to the collection.
"""

from __future__ import annotations

import http.client
import json
import re
import socket
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from .._core.errors import PlatformError
from .._core.vm.engine import Retriable
from .kubernetes_api import KubernetesApi
from .node_port import ready_node, stated_address

LABEL = "cdi.kubevirt.io=cdi-uploadproxy"
EXPOSED = "ironacre-upload"
PATH = "/v1beta1/upload"
# The first version whose upload server decodes zstd.
ZSTD_SINCE = (1, 57)
BUSY = (502, 503)


@dataclass(frozen=True)
class Endpoint:
    """name: what the certificate must say. authority: PEM."""

    host: str
    port: int
    name: str
    authority: str


class Busy(Retriable):
    """The upload server is not ready yet, or still ends an earlier upload."""


class CdiUpload:
    """Uploads to volumes that wait for one."""

    def __init__(self, api: KubernetesApi, url: str = "", timeout: float = 300) -> None:
        self.api, self.url, self.timeout = api, url, timeout

    def wire(self) -> str:
        """zstd when this CDI decodes it, else gzip."""
        for cdi in self.api.list("CDI"):
            version = re.match(r"v?(\d+)\.(\d+)", str(cdi.get("status", {}).get("observedVersion", "")))
            if version and (int(version[1]), int(version[2])) >= ZSTD_SINCE:
                return "zstd"
        return "gzip"

    def expose(self) -> bool:
        """Make a node port in front of the upload proxy when nothing leads to it yet. True when one was made."""
        if self._known_address():
            return False
        proxy = self._proxy()
        self.api.apply(
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": {"name": EXPOSED, "namespace": proxy["metadata"]["namespace"]},
                "spec": {
                    "type": "NodePort",
                    "selector": proxy["spec"]["selector"],
                    "ports": [{"name": "https", "port": 443, "targetPort": proxy["spec"]["ports"][0]["targetPort"]}],
                },
            }
        )
        return True

    def endpoint(self) -> Endpoint:
        """Where to send to. Raises PlatformError with a way out when nothing leads to the proxy."""
        address = self._known_address()
        if not address:
            raise PlatformError(
                "upload: no way to CDI's upload proxy; set upload.url, or upload.expose: true for a node port"
            )
        namespace = self._proxy()["metadata"]["namespace"]
        bundle = self.api.get("ConfigMap", "cdi-uploadproxy-signer-bundle", namespace) or {}
        authority = bundle.get("data", {}).get("ca-bundle.crt", "")
        if not authority:
            raise PlatformError(
                f"upload: {namespace}/cdi-uploadproxy-signer-bundle holds no authority; is CDI deployed?"
            )
        return Endpoint(address[0], address[1], f"cdi-uploadproxy.{namespace}.svc", authority)

    def _known_address(self) -> tuple[str, int] | None:
        config = self.api.get("CDIConfig", "config") or {}
        for url in (self.url, config.get("status", {}).get("uploadProxyURL") or ""):
            if url:
                return stated_address(url)
        return self._node_port()

    def _node_port(self) -> tuple[str, int] | None:
        proxies = self.api.list("Service", labels=LABEL)
        if not proxies:
            return None
        selector = proxies[0]["spec"]["selector"]
        for service in self.api.list("Service", proxies[0]["metadata"]["namespace"]):
            ports = service["spec"].get("ports") or [{}]
            if service["spec"].get("selector") == selector and ports[0].get("nodePort"):
                return ready_node(self.api, "upload"), ports[0]["nodePort"]
        return None

    def _proxy(self) -> dict[str, Any]:
        proxies = self.api.list("Service", labels=LABEL)
        if not proxies:
            raise PlatformError("upload: the cluster has no CDI upload proxy; install CDI (playbook deploy_stack)")
        return proxies[0]

    def token(self, volume: str, namespace: str) -> str:
        """A token for one upload; it must be used within five minutes."""
        answer = self.api.create(
            {
                "apiVersion": "upload.cdi.kubevirt.io/v1beta1",
                "kind": "UploadTokenRequest",
                "metadata": {"name": volume, "namespace": namespace},
                "spec": {"pvcName": volume},
            }
        )
        return str(answer["status"]["token"])

    def send(self, endpoint: Endpoint, token: str, pieces: Iterable[bytes], sent: Callable[[int], None]) -> None:
        """POST the pieces. `sent` hears the number of bytes of each. Busy when a later try may succeed."""
        connection = _Tls(endpoint, self.timeout)
        try:
            connection.connect()
            connection.putrequest("POST", PATH)
            connection.putheader("Authorization", f"Bearer {token}")
            connection.putheader("Content-Type", "application/octet-stream")
            connection.putheader("Transfer-Encoding", "chunked")
            connection.endheaders()
            broken = _send_chunks(connection, pieces, sent)
            _conclude(connection, broken)
        except ssl.SSLCertVerificationError as error:
            raise PlatformError(
                f"upload: the certificate of {endpoint.host} is not CDI's ({error.verify_message})"
            ) from error
        except (OSError, http.client.HTTPException) as error:
            raise Busy(f"upload: {endpoint.host}:{endpoint.port} broke off ({error}); run again") from error
        finally:
            connection.close()


class _Tls(http.client.HTTPSConnection):
    """Connects to an address and demands a certificate for another name."""

    def __init__(self, endpoint: Endpoint, timeout: float) -> None:
        super().__init__(endpoint.host, endpoint.port, timeout=timeout)
        self.endpoint = endpoint

    def connect(self) -> None:
        plain = socket.create_connection((self.endpoint.host, self.endpoint.port), self.timeout)
        context = ssl.create_default_context(cadata=self.endpoint.authority)
        self.sock = context.wrap_socket(plain, server_hostname=self.endpoint.name)


def _send_chunks(
    connection: http.client.HTTPConnection, pieces: Iterable[bytes], sent: Callable[[int], None]
) -> OSError | None:
    """Write the chunks; a refusal that arrives meanwhile breaks the pipe and is read afterwards."""
    for piece in pieces:
        try:
            connection.send(b"%x\r\n%b\r\n" % (len(piece), piece))
        except (BrokenPipeError, ConnectionResetError, ssl.SSLEOFError) as error:
            return error
        sent(len(piece))
    connection.send(b"0\r\n\r\n")
    return None


def _conclude(connection: http.client.HTTPConnection, broken: OSError | None) -> None:
    try:
        response = connection.getresponse()
        text = response.read(2000).decode("utf-8", "replace").strip()
    except (OSError, http.client.HTTPException):
        if broken:
            raise broken from None
        raise
    if response.status in BUSY:
        raise Busy(f"upload: the server answers {response.status} {text}; run again", status=response.status)
    if response.status != 200 or broken:
        raise PlatformError(
            f"upload: the server answers {response.status} {_short(text)}; look at the upload pod",
            status=response.status,
        )


def _short(text: str) -> str:
    try:
        return str(json.loads(text).get("message", text))
    except (ValueError, AttributeError):
        return text
