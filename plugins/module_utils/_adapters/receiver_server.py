# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The receiver of an import: a program that runs in a pod beside the volumes and writes what it is told.

It stands alone with receiver_volume.py (standard library, Python 3.9): both travel as text in a ConfigMap and run as
`python3 -m receiver.receiver_server FOLDER`. The folder holds `token`, `tls.crt`, `tls.key` and `config.json`:
{"volumes": {name: {"path": ..., "capacity": bytes}}, "port": 8443, "idle": seconds}. Every request needs the token.
Volumes are known by name only; no part of a request becomes a path.

    GET  /v1/volumes/NAME                          {"capacity": ..., "size": ...}
    PUT  /v1/volumes/NAME/blocks?offset=N          body: bytes, or a zstd frame of raw and RLE blocks; its sha256
    POST /v1/volumes/NAME/zero?offset=N&length=M   the range reads as zero, without writing where that is possible
    POST /v1/volumes/NAME/flush                    the data are on the medium
    GET  /v1/volumes/NAME/digests?first=N&count=M  32 bytes per block of 1 MiB: its sha256, or zeros for zeros

This module util is private to the collection.
"""

from __future__ import annotations

import errno
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import ssl
import sys
import threading
import time
import typing
from urllib.parse import parse_qsl, urlsplit

from .receiver_volume import BLOCK, LIMIT, Refusal, Volume, inflate

CONNECTIONS, TIMEOUT, HANDSHAKE = 64, 120, 15


class Handler(http.server.BaseHTTPRequestHandler):
    server: Receiver
    drained = False
    protocol_version, timeout, server_version, sys_version = "HTTP/1.1", TIMEOUT, "receiver", ""

    def setup(self) -> None:
        # The handshake happens here, in the connection's own thread: a slow peer stops nobody else.
        self.request.settimeout(HANDSHAKE)
        self.request = self.server.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        try:
            super().finish()
        finally:
            self.request.close()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: a request line per block is no use to anybody."""

    def do_GET(self) -> None:
        self._answer({"": self._describe, "digests": self._digests})

    def do_PUT(self) -> None:
        self._answer({"blocks": self._blocks})

    def do_POST(self) -> None:
        self._answer({"zero": self._zero, "flush": self._flush})

    def _answer(self, verbs: typing.Mapping[str, typing.Callable[[Volume, typing.Mapping[str, str]], None]]) -> None:
        self.server.touched, self.drained = time.monotonic(), False
        try:
            volume, verb, query = self._parse()
            if verb not in verbs:
                raise Refusal(404, "there is no such call")
            verbs[verb](volume, query)
        except Refusal as refusal:
            self._drain()
            self._say(refusal.status, {"message": refusal.text}, close=True)
        except (TypeError, ValueError):
            self._drain()
            self._say(400, {"message": "a number is missing or broken"}, close=True)
        except OSError as error:
            if isinstance(error, (ConnectionError, ssl.SSLError, TimeoutError)):
                raise
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            self._say(507 if full else 500, {"message": error.strerror or "input/output error"}, close=True)

    def _drain(self) -> None:
        """Read what belongs to a refused request, else the peer is cut off before it hears why."""
        length = self.headers.get("Content-Length") or ""
        if not self.drained and length.isdigit() and int(length) <= 2 * LIMIT:
            self.rfile.read(int(length))

    def _parse(self) -> tuple[Volume, str, dict[str, str]]:
        given = self.headers.get("Authorization") or ""
        if not hmac.compare_digest(given.encode("utf-8", "replace"), f"Bearer {self.server.token}".encode()):
            raise Refusal(401, "the token is not that of this import")
        parts = urlsplit(self.path)
        words = parts.path.split("/")
        if words[:3] != ["", "v1", "volumes"] or len(words) not in (4, 5) or words[3] not in self.server.volumes:
            raise Refusal(404, "there is no such volume")
        return self.server.volumes[words[3]], words[4] if len(words) == 5 else "", dict(parse_qsl(parts.query))

    def _describe(self, volume: Volume, query: typing.Mapping[str, str]) -> None:
        self._say(200, {"capacity": volume.capacity, "size": volume.size})

    def _blocks(self, volume: Volume, query: typing.Mapping[str, str]) -> None:
        offset, length = int(query["offset"]) if "offset" in query else -1, self.headers.get("Content-Length")
        if length is None:
            raise Refusal(411, "the length is missing")
        if not 0 <= int(length) <= LIMIT:
            raise Refusal(413, f"a body may have {LIMIT} bytes")
        body, self.drained = self.rfile.read(int(length)), True
        if len(body) < int(length):
            raise ConnectionError("the body ended early")
        data = inflate(body) if self.headers.get("Content-Encoding") == "zstd" else body
        volume.write(offset, data)
        self._say(200, {"sha256": hashlib.sha256(data).hexdigest()})

    def _zero(self, volume: Volume, query: typing.Mapping[str, str]) -> None:
        volume.zero(int(query.get("offset", "")), int(query.get("length", "")))
        self._say(200, {})

    def _flush(self, volume: Volume, query: typing.Mapping[str, str]) -> None:
        volume.flush()
        self._say(200, {})

    def _digests(self, volume: Volume, query: typing.Mapping[str, str]) -> None:
        first = int(query.get("first", ""))
        count = min(int(query.get("count", "")), -(-volume.capacity // BLOCK) - first)
        volume.check(first, 0, -(-volume.capacity // BLOCK))
        self.send_response(200)
        self.send_header("Content-Length", str(32 * max(count, 0)))
        self.end_headers()
        try:
            for digest in volume.digests(first, count):
                self.server.touched = time.monotonic()
                self.wfile.write(digest)
        except OSError:
            # The head is out already: an answer that ends early says that it failed.
            self.close_connection = True

    def _say(self, status: int, body: typing.Mapping[str, object], close: bool = False) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        if close:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)


class Receiver(http.server.ThreadingHTTPServer):
    daemon_threads, request_queue_size = True, CONNECTIONS

    def __init__(self, folder: pathlib.Path) -> None:
        config = json.loads((folder / "config.json").read_text())
        self.token = (folder / "token").read_text().strip()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(folder / "tls.crt", folder / "tls.key")
        self.volumes = {name: Volume(entry["path"], entry["capacity"]) for name, entry in config["volumes"].items()}
        self.idle, self.touched = float(config.get("idle") or 0), time.monotonic()
        self.places = threading.BoundedSemaphore(CONNECTIONS)
        super().__init__((config.get("host", ""), int(config["port"])), Handler)

    def process_request(self, request: typing.Any, client_address: typing.Any) -> None:
        self.places.acquire()
        super().process_request(request, client_address)

    def process_request_thread(self, request: typing.Any, client_address: typing.Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.places.release()

    def handle_error(self, request: typing.Any, client_address: typing.Any) -> None:
        """A peer that went away, or is none of ours, is no news."""

    def service_actions(self) -> None:
        """An import that never came back leaves no pod that holds its volumes."""
        if self.idle and time.monotonic() - self.touched > self.idle:
            os._exit(0)


if __name__ == "__main__":
    with Receiver(pathlib.Path(sys.argv[1])) as receiver:
        sys.stdout.write(f"listening on {receiver.server_address[1]}\n")
        sys.stdout.flush()
        receiver.serve_forever()
