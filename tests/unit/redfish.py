"""A Redfish service of one machine on loopback: what sushy needs, state, and faults."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ROOT, SYSTEMS, SYSTEM = "/redfish/v1/", "/redfish/v1/Systems", "/redfish/v1/Systems/1"
RESET = f"{SYSTEM}/Actions/ComputerSystem.Reset"
USER, PASSWORD = "admin", "s3cret-word"


class RedfishServer(ThreadingHTTPServer):
    """boot, power: the machine. busy: requests to refuse with 503. deaf: writes of the override that are lost."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.power = "Off"
        self.boot: dict[str, Any] = {
            "BootSourceOverrideEnabled": "Disabled",
            "BootSourceOverrideTarget": "None",
            "BootSourceOverrideMode": "UEFI",
            "BootSourceOverrideTarget@Redfish.AllowableValues": ["None", "Pxe", "Hdd", "UefiHttp"],
        }
        self.busy = self.deaf = 0
        self.writes: list[dict[str, Any]] = []

    @property
    def options(self) -> dict[str, Any]:
        login = {"address": "127.0.0.1", "port": self.server_address[1], "username": USER, "password": PASSWORD}
        return {"driver": "redfish", "scheme": "http", **login}

    def resource(self, path: str) -> dict[str, Any] | None:
        reset = {"target": RESET, "ResetType@Redfish.AllowableValues": ["On", "ForceOff"]}
        system = {"Id": "1", "UUID": "u", "PowerState": self.power, "Boot": self.boot, "SerialNumber": "SRV-1"}
        found = {
            ROOT: {"Id": "RootService", "Name": "r", "RedfishVersion": "1.0.0", "Systems": {"@odata.id": SYSTEMS}},
            SYSTEMS: {"Members": [{"@odata.id": SYSTEM}], "Name": "s"},
            SYSTEM: {**system, "Actions": {"#ComputerSystem.Reset": reset}},
        }
        return found.get(path) or found.get(path.rstrip("/"))


class Handler(BaseHTTPRequestHandler):
    server: RedfishServer

    def do_GET(self) -> None:
        if self._admitted():
            body = self.server.resource(self.path)
            self._answer(200 if body else 404, body or {})

    def do_PATCH(self) -> None:
        body = self._body()
        if self._admitted():
            self.server.writes.append(body)
            if self.server.deaf:
                self.server.deaf -= 1
            else:
                self.server.boot.update(body["Boot"])
            self._answer(200, {})

    def do_POST(self) -> None:
        body = self._body()
        if self.path != RESET:
            self._answer(404, {})
        elif self._admitted():
            self.server.writes.append(body)
            self.server.power = "On" if body["ResetType"] == "On" else "Off"
            self._answer(200, {})

    def _admitted(self) -> bool:
        login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.path != ROOT and self.headers.get("Authorization") != f"Basic {login}":
            self._answer(401, {"error": {"message": "who are you"}})
            return False
        if self.server.busy and self.path == SYSTEM:
            self.server.busy -= 1
            self._answer(503, {"error": {"message": "not now"}})
            return False
        return True

    def _body(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return body

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        return


@contextmanager
def redfish_server() -> Iterator[RedfishServer]:
    with RedfishServer() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server
        server.shutdown()
