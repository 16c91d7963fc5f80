"""One kept connection: what is asked again when it breaks, and what is not."""

from __future__ import annotations

import select
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters import kube_transport
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kube_connection import Connection
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kube_transport import ApiError, KubeTransport
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubeconfig import load_connection
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError

OK = b'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"a": "b"}'
STARTS = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
HANG_UP = b""


class Scripted(socketserver.ThreadingTCPServer):
    """Answers request after request as its script says; HANG_UP reads the request and closes."""

    daemon_threads = True

    def __init__(self, *script: bytes, last: bytes = OK) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script, self.last = list(script), last
        self.heard: list[str] = []
        self.closed = threading.Event()

    @property
    def transport(self) -> KubeTransport:
        return KubeTransport(Connection(f"http://127.0.0.1:{self.server_address[1]}"), timeout=10, tries=4)


class _Handler(socketserver.StreamRequestHandler):
    server: Scripted

    def handle(self) -> None:
        while line := self.rfile.readline():
            self.server.heard.append(line.decode().rpartition(" ")[0])
            length = 0
            while (header := self.rfile.readline().strip().lower()) != b"":
                length = int(header.partition(b":")[2]) if header.startswith(b"content-length") else length
            self.rfile.read(length)
            answer = self.server.script.pop(0) if self.server.script else self.server.last
            self.wfile.write(answer)
            if answer == HANG_UP or b"closing" in answer:
                return

    def finish(self) -> None:
        super().finish()
        self.connection.close()
        self.server.closed.set()


@contextmanager
def scripted(*script: bytes, **options: Any) -> Iterator[Scripted]:
    with Scripted(*script, **options) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def test_a_change_goes_over_a_new_connection_when_the_kept_one_was_closed() -> None:
    closing = b"HTTP/1.1 200 OK\r\nX-Then: closing\r\nContent-Length: 2\r\n\r\n{}"
    with scripted(closing) as server:
        transport = server.transport
        transport.json("GET", "/first")
        assert server.closed.wait(10)
        # What the server has closed is closed here when the kernel has carried it over.
        assert transport._kept and select.select([transport._kept.sock], [], [], 10)[0]
        assert transport.json("PUT", "/second", {}) == {"a": "b"}
        assert server.heard == ["GET /first", "PUT /second"]


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_change_that_may_have_been_made_is_not_made_again(method: str) -> None:
    with scripted(OK, HANG_UP) as server:
        transport = server.transport
        transport.json("GET", "/first")
        with pytest.raises(ApiError, match=f"not answer to {method} /second .*; check kubeconfig and route") as why:
            transport.json(method, "/second", {})
        assert why.value.status == 0
        assert server.heard == ["GET /first", f"{method} /second"]
        assert transport.json("GET", "/third") == {"a": "b"}


def test_a_question_is_asked_again_once() -> None:
    with scripted(OK, HANG_UP, HANG_UP) as server:
        transport = server.transport
        transport.json("GET", "/first")
        with pytest.raises(ApiError):
            transport.json("GET", "/second")
        assert server.heard == ["GET /first", "GET /second", "GET /second"]


def test_a_server_that_starts_is_asked_until_the_tries_are_used_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kube_transport.time, "sleep", lambda seconds: None)
    with scripted(STARTS, STARTS) as server:
        assert server.transport.json("PUT", "/x", {}) == {"a": "b"}
        assert len(server.heard) == 3
    with scripted(last=STARTS) as server:
        with pytest.raises(ApiError, match="GET /x: status 503; run again") as why:
            server.transport.json("GET", "/x")
        assert (why.value.status, len(server.heard)) == (503, 4)


def test_a_refusal_tells_the_servers_words_and_a_way_out() -> None:
    body = b'{"message": "nodes is forbidden"}'
    refusal = b"HTTP/1.1 403 Forbidden\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    with scripted(refusal) as server, pytest.raises(ApiError, match="nodes is forbidden; ask for the right") as why:
        server.transport.json("GET", "/api/v1/nodes", query={"limit": "1"})
    assert why.value.status == 403


@pytest.mark.parametrize(
    ("user", "finding"),
    [
        ("client-certificate: none.crt, client-key: none.key", "client-certificate cannot be read"),
        ("client-certificate-data: eA, client-key-data: eA==", "client-certificate cannot be read .*padding"),
        ("client-certificate-data: eA==, client-key-data: eA==", "are no PEM texts"),
    ],
)
def test_credentials_that_are_none_are_named(tmp_path: Path, user: str, finding: str) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text(
        "current-context: c\ncontexts: [{name: c, context: {cluster: c, user: u}}]\n"
        "clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\n"
        f"users: [{{name: u, user: {{{user}}}}}]\n"
    )
    with pytest.raises(PlatformError, match=f"({finding}).*fetch the kubeconfig anew"):
        load_connection(str(path))
