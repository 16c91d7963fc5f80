"""The HTTP side of the boot service. Whatever has no open ticket is told to boot its disk."""

from __future__ import annotations

import json
import re
import sys
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Callable
from urllib.parse import parse_qsl, urlsplit

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.boot_store import BootStore
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.answer import answer_boot
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.ipxe import (
    disk_script,
    entry_script,
    install_script,
    machine_of,
)
from boot_service.content import artifact_path, send_file
from boot_service.machine import Machine

MAX_BODY = 1 << 20
LONGEST_WAIT = 60.0
TOKEN = re.compile(r"(?<=/node/)([0-9a-f]{12})-[0-9a-f]+")
BOOT_FILES = ("snponly.efi", "undionly.kpxe")


class BootHandler(BaseHTTPRequestHandler):
    """One request. `server.settings`: base_url, state_dir, artifacts_dir, tftp_dir, agent."""

    protocol_version = "HTTP/1.1"
    timeout = 120
    server: BootServer

    def do_GET(self) -> None:
        self._route(self._get)

    def do_HEAD(self) -> None:
        self._route(self._get)

    def do_POST(self) -> None:
        self._route(self._post)

    def _route(self, act: Callable[[list[str], dict[str, str]], None]) -> None:
        url = urlsplit(self.path)
        act([part for part in url.path.split("/") if part], dict(parse_qsl(url.query, keep_blank_values=True)))

    def _get(self, parts: list[str], query: dict[str, str]) -> None:
        settings = self.server.settings
        if parts == ["boot.ipxe"]:
            self._text(entry_script(settings["base_url"]))
        elif parts == ["v1", "health"]:
            self._text("ok\n")
        elif parts == ["v1", "boot"]:
            self._boot(query)
        elif len(parts) == 1 and parts[0] in BOOT_FILES:
            send_file(self, Path(settings["tftp_dir"], parts[0]))
        elif len(parts) == 3 and parts[0] == "artifacts":
            self._artifact(parts[1], parts[2])
        elif len(parts) == 4 and parts[:2] == ["v1", "node"]:
            self._node(parts[2], parts[3], query)
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def _post(self, parts: list[str], query: dict[str, str]) -> None:
        body = self._body()
        machine = self._machine(parts[2]) if parts[:2] == ["v1", "node"] and len(parts) > 3 else None
        if body is None or machine is None:
            return self.send_error(HTTPStatus.FORBIDDEN)
        if parts[3] == "inspection":
            return self._text(machine.inspect(body.decode(errors="replace")))
        if parts[3] == "log":
            self.server.store.add_log(machine.ticket.mac, body)
            return self._text("ok\n")
        if parts[3] == "event" and len(parts) == 5 and machine.accept(parts[4], body.decode(errors="replace")):
            return self._text("ok\n")
        return self.send_error(HTTPStatus.NOT_FOUND)

    def _boot(self, query: dict[str, str]) -> None:
        """Answer a machine's firmware. Its MAC address finds the ticket, its serial number or UUID must fit."""
        store, now = self.server.store, time.time()
        mac, seen = query.get("mac", ""), machine_of(query)
        ticket = store.ticket(mac)
        progress = store.progress(mac)
        answer = answer_boot(ticket, progress, seen, now)
        self.server.log(answer=answer.reason, mac=mac, install=answer.install, **seen)
        if answer.swapped:
            store.add_event(mac, "held", answer.reason, now)
        if not answer.install or ticket is None:
            return self._text(disk_script(query.get("platform", ""), answer.reason))
        store.add_event(mac, "script", f"{query.get('platform', '')} {query.get('arch', '')}", now)
        base = f"{self.server.settings['base_url']}/v1/node/{ticket.token}"
        return self._text(install_script(base, ticket.mac, ticket.kernel_args))

    def _node(self, token: str, what: str, query: dict[str, str]) -> None:
        ticket = self.server.store.by_token(token)
        if what == "events" and ticket is not None:
            return self._events(ticket.mac, query)
        machine = self._machine(token)
        if machine is None:
            return self.send_error(HTTPStatus.FORBIDDEN)
        if what == "kernel" and self.command == "GET":
            machine.tell("kernel", "")
        if what in ("kernel", "ramdisk", "image"):
            artifact = getattr(machine.ticket, what)
            return self._artifact(artifact["sha256"], artifact["file"])
        makers = {"agent.cpio": machine.agent_archive, "overlay.tar": machine.overlay}
        return self._bytes(makers[what]()) if what in makers else self.send_error(HTTPStatus.NOT_FOUND)

    def _events(self, mac: str, query: dict[str, str]) -> None:
        """Events after number `after`; waits up to `wait` seconds for the first of them."""
        after, deadline = int(query.get("after", 0)), time.monotonic() + min(float(query.get("wait", 0)), LONGEST_WAIT)
        events = self.server.store.journal(mac)[after:]
        while not events and time.monotonic() < deadline:
            time.sleep(0.25)
            events = self.server.store.journal(mac)[after:]
        self._bytes(json.dumps(events).encode())

    def _machine(self, token: str) -> Machine | None:
        ticket = self.server.store.by_token(token)
        machine = Machine(self.server.store, ticket, Path(self.server.settings["agent"])) if ticket else None
        return machine if machine and machine.is_armed else None

    def _artifact(self, digest: str, name: str) -> None:
        path = artifact_path(Path(self.server.settings["artifacts_dir"]), digest, name)
        if path is None:
            return self.send_error(HTTPStatus.NOT_FOUND)
        return send_file(self, path)

    def _body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "")
        return self.rfile.read(int(length)) if length.isdigit() and int(length) <= MAX_BODY else None

    def _text(self, text: str) -> None:
        self._bytes(text.encode())

    def _bytes(self, content: bytes) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """One line per request, without the secret half of a token."""
        path = TOKEN.sub(r"\1-...", urlsplit(self.path).path)
        status = args[1] if len(args) > 1 else args[0]
        self.server.log(client=self.client_address[0], request=f"{self.command} {path}", status=str(status))


class BootServer(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings
        self.store = BootStore(settings["state_dir"])
        super().__init__((settings["listen"], settings["port"]), BootHandler)

    @staticmethod
    def log(**facts: Any) -> None:
        print(json.dumps(facts), flush=True)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A machine that goes away in the middle of a file is no fault of the service."""
        self.log(client=str(client_address[0]), error=repr(sys.exc_info()[1]))


def serve(configuration: str) -> None:
    """Serve until the process is stopped."""
    settings = json.loads(Path(configuration).read_text())
    with BootServer(settings) as server:
        server.log(listening=server.server_address[1])
        server.serve_forever()
