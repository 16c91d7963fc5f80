# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A receiver in the cluster: made for one run, reached through a node port, gone afterwards.

This module util is private to the collection.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from .._core.errors import PlatformError
from .._core.vm import receiver
from .._core.vm.receiver import ReceiverWish
from . import receiver_server, receiver_volume
from .identity import make_identity
from .kubernetes_api import KubernetesApi
from .node_port import ready_node, stated_address
from .receiver_client import Endpoint
from .receiver_sink import ReceiverSink

# Seconds until the way to it must work.
PATIENCE = 120
KINDS = ("Pod", "Service", "Secret", "ConfigMap")
# Imported although nothing here calls them: what is not imported does not travel with a module to where it runs.
FILES = {"receiver_server": receiver_server, "receiver_volume": receiver_volume}
Wait = Callable[[Callable[[], bool], float, Callable[[], str]], None]


class ReceiverPod:
    """Implements Volumes of _core/vm/mirror.py. url: where it is reached instead of at a node port, as host:port."""

    def __init__(
        self,
        api: KubernetesApi,
        namespace: str,
        name: str,
        image: str,
        wait: Wait,
        deadline: float = 300,
        url: str = "",
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        self.api, self.namespace, self.name, self.image = api, namespace, name, image
        self.wait, self.deadline, self.url, self.beat = wait, deadline, url, beat
        # Called before it is made: whoever copies many machines lets each wait for its turn here.
        self.turn: Callable[[], None] = lambda: None
        self.wish = ReceiverWish(name, namespace, image, {})
        self.endpoint: Endpoint | None = None
        self._sizes: dict[str, int] = {}
        self._uids: dict[str, str] = {}

    def open(self, volumes: Mapping[str, int]) -> None:
        """Start it anew: one that an interrupted run left behind may know other volumes."""
        self.turn()
        self.close()
        modes = {name: self._claim(name) for name in volumes}
        self._sizes = dict(volumes)
        sized = {name: (size, modes[name]) for name, size in volumes.items()}
        self.wish = ReceiverWish(self.name, self.namespace, self.image, sized)
        identity = make_identity(self.wish.host_name)
        self.api.apply(receiver.program(self.wish, {f"{name}.py": source_of(module) for name, module in FILES.items()}))
        self.api.apply(receiver.secret(self.wish, identity.certificate, identity.key, identity.token))
        service = self.api.apply(receiver.service(self.wish))
        self.api.apply(receiver.pod(self.wish))
        self.wait(self._runs, self.deadline, self._stall)
        host, port = self._address(service)
        # A node learns of a new port a moment later, a busy one half a minute.
        self.wait(
            lambda: self._reached(host, port),
            PATIENCE,
            lambda: f"receiver {host}:{port}: cannot be reached; look at its pod and at firewalls, or set receiver.url",
        )
        self.endpoint = Endpoint(host, port, self.wish.host_name, identity.certificate, identity.token)

    def _reached(self, host: str, port: int) -> bool:
        self.beat()
        try:
            socket.create_connection((host, port), 5).close()
        except OSError:
            return False
        return True

    def _claim(self, name: str) -> str:
        claim = self.api.get("PersistentVolumeClaim", name, self.namespace)
        if claim is None:
            raise PlatformError(f"{self.namespace}/{name}: the claim is gone; run again")
        self._uids[name] = str(claim["metadata"].get("uid", ""))
        return str(claim["spec"].get("volumeMode", "Filesystem"))

    def _runs(self) -> bool:
        self.beat()
        status = self._status()
        if status.get("phase") in ("Failed", "Succeeded"):
            raise PlatformError(f"{self._stall()}: {self._last_words()}; look at its image and volumes, then run again")
        return status.get("phase") == "Running"

    def _status(self) -> dict[str, Any]:
        status: dict[str, Any] = (self.api.get("Pod", self.wish.object_name, self.namespace) or {}).get("status", {})
        return status

    def _last_words(self) -> str:
        return self.api.logs(self.wish.object_name, self.namespace, tail=5).strip()[-500:] or "it said nothing"

    def _stall(self) -> str:
        status = self._status()
        waits = [item.get("state", {}).get("waiting", {}) for item in status.get("containerStatuses") or []]
        reasons = [f"{item.get('reason')} {item.get('message', '')}".strip() for item in waits if item]
        reasons += [item.get("message", "") for item in status.get("conditions") or [] if item.get("status") == "False"]
        told = "; ".join(filter(None, reasons)) or "no reason given"
        return f"{self.namespace}/{self.wish.object_name}: is {status.get('phase', 'not there')}: {told}"

    def _address(self, service: Mapping[str, Any]) -> tuple[str, int]:
        if self.url:
            return stated_address(self.url)
        # Its own node: the shortest way, and the one whose node port has to work.
        node = self._status().get("hostIP") or ready_node(
            self.api, "receiver", "look at the nodes first, or set receiver.url"
        )
        return node, int(service["spec"]["ports"][0]["nodePort"])

    def sink(self, volume: str) -> ReceiverSink:
        """The volume as a sink; `open` comes first."""
        if self.endpoint is None:
            raise PlatformError(f"{self.namespace}/{volume}: the receiver is not open; run again")
        return ReceiverSink(self.endpoint, volume, self._sizes[volume], beat=self.beat)

    def identity(self, volume: str) -> str:
        return self._uids[volume]

    def close(self) -> None:
        """Remove it, and wait until its pod let go of the volumes."""
        self.endpoint = None
        there = [self.api.delete(kind, self.wish.object_name, self.namespace) for kind in KINDS]
        if there[0]:
            self.wait(
                lambda: self.api.get("Pod", self.wish.object_name, self.namespace) is None,
                self.deadline,
                lambda: f"{self.namespace}/{self.wish.object_name}: the receiver does not end",
            )


def source_of(module: ModuleType) -> str:
    """The text of a neighbouring file, also when the collection travels in an archive."""
    loader = getattr(module.__spec__, "loader", None)
    text = getattr(loader, "get_source", lambda _name: None)(module.__name__)
    if not text:
        raise PlatformError(f"receiver: {module.__name__} cannot be read; install the collection again")
    return str(text)
