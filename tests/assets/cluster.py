"""A Kubernetes API in 100 lines: keeps objects, versions and counts; knows no schema and no controllers."""

from __future__ import annotations

import http.server
import json
import pathlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

Object = dict[str, Any]


class FakeCluster(http.server.ThreadingHTTPServer):
    """objects: path -> object. mutations: what was changed, as `METHOD path`. react: called after a change.

    refuse: path -> HTTP status of every answer to a change there. lock: for who changes several things as one.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, Object] = {}
        self.texts: dict[str, str] = {}
        self.mutations: list[str] = []
        self.refuse: dict[str, int] = {}
        self.react: Callable[[str, str, Object], None] = lambda method, path, body: None
        self.version = 0
        self.lock = threading.RLock()

    def kubeconfig(self, folder: pathlib.Path) -> str:
        """Path of a kubeconfig for it."""
        server = f"http://127.0.0.1:{self.server_address[1]}"
        path = folder / "kubeconfig"
        path.write_text(
            f"current-context: c\ncontexts: [{{name: c, context: {{cluster: c, user: u}}}}]\n"
            f"clusters: [{{name: c, cluster: {{server: '{server}'}}}}]\nusers: [{{name: u, user: {{token: t}}}}]\n"
        )
        return str(path)

    def put(self, path: str, body: Object) -> Object:
        """Keep an object."""
        with self.lock:
            self.version += 1
            name = path.rpartition("/")[2]
            metadata = {
                "uid": f"uid-{name}",
                "name": name,
                **body.get("metadata", {}),
                "resourceVersion": str(self.version),
            }
            self.objects[path] = {**body, "metadata": metadata}
            return self.objects[path]


class _Handler(http.server.BaseHTTPRequestHandler):
    server: FakeCluster
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None: ...

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path.endswith("/log"):
            self._send(200, self.server.texts.get(parts.path, "").encode())
        elif (found := self.server.objects.get(parts.path)) is not None:
            self._answer(200, found)
        else:
            self._list(parts.path, parse_qs(parts.query).get("labelSelector", [""])[0])

    def _list(self, path: str, selector: str) -> None:
        tail = path.rpartition("/")[2]
        with self.server.lock:
            found = tuple(self.server.objects.items())
        items = [item for key, item in found if _lists(path, tail, key) and _fits(item, selector)]
        known = tail.endswith("s") and "/" not in tail
        self._answer(200 if known else 404, {"items": items} if known else {"message": "not found"})

    def do_POST(self) -> None:
        body = self._body()
        name = body["metadata"].get("name") or f"{body['metadata']['generateName']}{self.server.version}"
        path = f"{self.path}/{name}"
        with self.server.lock:
            if path in self.server.objects:
                self._answer(409, {"message": "exists"})
            else:
                self._change("POST", path, body)

    def do_PUT(self) -> None:
        body, path = self._body(), urlsplit(self.path).path
        with self.server.lock:
            known = self.server.objects.get(path, {}).get("metadata", {}).get("resourceVersion")
            if known != body.get("metadata", {}).get("resourceVersion", known):
                self._answer(409, {"message": "conflict"})
            else:
                self._change("PUT", path, body)

    def do_PATCH(self) -> None:
        body, path = self._body(), urlsplit(self.path).path
        with self.server.lock:
            self._change("PATCH", path, {**self.server.objects.get(path, {}), **body})

    def do_DELETE(self) -> None:
        self._body()
        path = urlsplit(self.path).path
        found = self.server.objects.pop(path, None)
        if found is not None:
            self.server.mutations.append(f"DELETE {path}")
        self._answer(200 if found else 404, {"message": "gone"})

    def _change(self, method: str, path: str, body: Object) -> None:
        # As KubeVirt's, which have no type of answer.
        untyped = "/subresources." in path and "*/*" not in self.headers["Accept"]
        if untyped or path in self.server.refuse:
            self._answer(406 if untyped else self.server.refuse[path], {"message": "refused"})
            return
        self.server.mutations.append(f"{method} {path}")
        self.server.put(path, body)
        self.server.react(method, path, body)
        self._answer(200, self.server.objects.get(path, body))

    def _body(self) -> Object:
        data: Object = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        return data

    def _answer(self, status: int, body: Object) -> None:
        self._send(status, json.dumps(body).encode())

    def _send(self, status: int, data: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _lists(path: str, tail: str, key: str) -> bool:
    """True when the list `path` holds the object `key`; a list without a namespace holds those of all."""
    parent = key.rpartition("/")[0]
    return parent == path or (
        parent.endswith(f"/{tail}") and parent.startswith(path.removesuffix(tail) + "namespaces/")
    )


def _fits(item: Object, selector: str) -> bool:
    labels = item["metadata"].get("labels") or {}
    return all(
        labels.get(key) == value
        for key, _equals, value in (part.partition("=") for part in selector.split(",") if part)
    )


@contextmanager
def fake_cluster() -> Iterator[FakeCluster]:
    """Start one on loopback."""
    with FakeCluster() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
