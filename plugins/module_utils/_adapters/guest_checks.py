# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signs of life of a guest, seen from the controller: its console, its ports, its web page, its agent.

This module util is private to the collection.
"""

from __future__ import annotations

import http.client
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from .._core.errors import PlatformError
from .kubernetes_api import KubernetesApi

CONSOLE_CONTAINER = "guest-console-log"
CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
Wait = Callable[[Callable[[], bool], float, Callable[[], str]], None]


@dataclass(frozen=True)
class Check:
    """type: console (text), tcp (address, port), http (url, text) or agent. timeout in seconds."""

    type: str
    text: str = ""
    url: str = ""
    address: str = ""
    port: int = 0
    timeout: float = 300

    def __str__(self) -> str:
        detail = {"console": self.text, "http": self.url, "tcp": f"{self.address}:{self.port}", "agent": ""}[self.type]
        return f"{self.type} {detail}".strip()


class GuestChecks:
    """Runs checks until they pass or their deadline is over."""

    def __init__(self, api: KubernetesApi, namespace: str, wait: Wait) -> None:
        self.api, self.namespace, self.wait = api, namespace, wait
        self._heard = ""

    def run(self, name: str, check: Check) -> str:
        """What was heard. Raises PlatformError at the deadline."""
        attempt = {"console": self._console, "tcp": self._tcp, "http": self._http, "agent": self._agent}[check.type]
        self._heard = "nothing yet"

        def stall() -> str:
            return f"{self.namespace}/{name}: check {check} does not pass (heard: {plain(self._heard)})"

        self.wait(lambda: attempt(name, check), check.timeout, stall)
        return plain(self._heard)

    def console(self, name: str, tail: int = 200) -> str:
        """The last lines of the guest's serial console."""
        for pod in self.api.list("Pod", self.namespace, f"vm.kubevirt.io/name={name}"):
            if pod.get("status", {}).get("phase") == "Running":
                return self.api.logs(pod["metadata"]["name"], self.namespace, CONSOLE_CONTAINER, tail)
        return ""

    def _console(self, name: str, check: Check) -> bool:
        text = self.console(name)
        lines = [line for line in text.splitlines() if check.text in line]
        last = text.strip().splitlines()
        self._heard = lines[-1] if lines else (last[-1] if last else "an empty console")
        return bool(lines)

    def _tcp(self, name: str, check: Check) -> bool:
        try:
            with socket.create_connection((check.address, check.port), 3):
                self._heard = "an open port"
                return True
        except OSError as error:
            self._heard = str(error)
            return False

    def _http(self, name: str, check: Check) -> bool:
        try:
            status, body = http_get(check.url, 3)
        except (OSError, http.client.HTTPException) as error:
            self._heard = str(error) or type(error).__name__
            return False
        self._heard = f"{status} {body[:80].strip()}"
        return status < 400 and check.text in body

    def _agent(self, name: str, check: Check) -> bool:
        live = self.api.get("VirtualMachineInstance", name, self.namespace) or {}
        conditions = {item["type"]: item["status"] for item in live.get("status", {}).get("conditions") or []}
        self._heard = f"AgentConnected={conditions.get('AgentConnected', 'absent')}"
        return conditions.get("AgentConnected") == "True"


def plain(text: str) -> str:
    """What a guest says, without what would steer the terminal of whoever reads it (ECMA-48 sequences)."""
    return "".join(char for char in CONTROL.sub("", text) if char.isprintable()).strip()


def http_get(url: str, timeout: float) -> tuple[int, str]:
    """Status and the first 4 KiB of the body."""
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname:
        raise PlatformError(f"verify.checks: {url!r} is no http address; correct it")
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)
    try:
        connection.request("GET", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        response = connection.getresponse()
        return response.status, response.read(4096).decode("utf-8", "replace")
    finally:
        connection.close()
