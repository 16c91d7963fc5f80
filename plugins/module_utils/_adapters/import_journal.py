# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal of an import in the cluster: a ConfigMap with its state, a Lease so that only one run drives it.

This module util is private to the collection.
"""

from __future__ import annotations

import datetime
import os
import pathlib
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from .._core.errors import PlatformError
from .._core.vm.state import State
from .keeper import Keeper
from .kube_transport import ApiError
from .kubernetes_api import KubernetesApi

PREFIX = "vmimport-"
LIFETIME = 60
RENEW_EVERY = 15
TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
LABELS = {"app.kubernetes.io/managed-by": "ironacre-import"}


class ImportJournal:
    """State and ownership of one import, named after its target machine."""

    def __init__(
        self,
        api: KubernetesApi,
        name: str,
        namespace: str,
        clock: Callable[[], float] = time.time,
        keeping: KubernetesApi | None = None,
    ) -> None:
        """keeping: a connection of its own for the ownership, so that it is renewed while a call takes long."""
        self.api, self.name, self.namespace, self.clock = api, f"{PREFIX}{name}", namespace, clock
        self._keeping, self._lock, self._keeper = keeping, threading.Lock(), Keeper(self._renew)
        self.holder = holder_name()
        self._renewed = 0.0
        self._lease: dict[str, Any] | None = None

    def load(self) -> State:
        """The state as it was last saved; an empty one when there is none."""
        found = self.api.get("ConfigMap", self.name, self.namespace)
        return State.from_json(found["data"]["state"]) if found else State()

    def save(self, state: State) -> None:
        """Write the state; renews the ownership too."""
        self.api.apply(
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {"name": self.name, "namespace": self.namespace, "labels": LABELS},
                "data": {"state": state.to_json()},
            }
        )
        self.beat()

    def acquire(self) -> None:
        """Become the owner. Raises PlatformError with the owner's name when another run is alive."""
        self._take()
        if self._keeping:
            self._keeper.start()

    def _take(self) -> None:
        lease = self.api.get("Lease", self.name, self.namespace)
        if lease is None:
            metadata = {"name": self.name, "namespace": self.namespace, "labels": LABELS}
            body = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata, "spec": self._spec()}
            self._lease = self._write(self.api.create, body)
            return
        self._refuse_living(lease["spec"])
        self._lease = self._write(self.api.replace, {**lease, "kind": "Lease", "spec": self._spec()})

    def beat(self) -> None:
        """Renew the ownership when it is time; call it often. Raises PlatformError when another run took over."""
        self._keeper.complain()
        if not self._keeping:
            self._renew()

    def _renew(self) -> None:
        with self._lock:
            if self._lease is not None and self.clock() - self._renewed > RENEW_EVERY:
                replace = (self._keeping or self.api).replace
                self._lease = self._write(replace, {**self._lease, "kind": "Lease", "spec": self._spec()})

    def release(self) -> None:
        """Let others in."""
        self._keeper.stop()
        with self._lock:
            held, self._lease = self._lease, None
        if held is not None:
            self.api.delete("Lease", self.name, self.namespace)

    def forget(self) -> None:
        """Remove the state."""
        self.api.delete("ConfigMap", self.name, self.namespace)

    def _write(self, call: Callable[[dict[str, Any]], dict[str, Any]], body: dict[str, Any]) -> dict[str, Any]:
        try:
            self._renewed = self.clock()
            return call(body)
        except ApiError as error:
            if error.status in (404, 409):
                raise PlatformError(f"{self.namespace}/{self.name}: another run took over; wait for it") from error
            raise

    def _spec(self) -> dict[str, Any]:
        now = datetime.datetime.fromtimestamp(self.clock(), datetime.timezone.utc).strftime(TIME)
        return {"holderIdentity": self.holder, "leaseDurationSeconds": LIFETIME, "renewTime": now, "acquireTime": now}

    def _refuse_living(self, spec: dict[str, Any]) -> None:
        holder, renewed = spec.get("holderIdentity") or "", spec.get("renewTime")
        if not renewed or holder == self.holder or is_dead(holder):
            return
        moment = datetime.datetime.strptime(renewed, TIME).replace(tzinfo=datetime.timezone.utc).timestamp()
        left = int(moment + int(spec.get("leaseDurationSeconds") or LIFETIME) - self.clock())
        if left > 0:
            raise PlatformError(
                f"{self.namespace}/{self.name}: {holder} drives this import; "
                f"wait for its end, or {left} s after its death",
                holder=holder,
            )


def read_journals(api: KubernetesApi, namespace: str = "") -> list[dict[str, Any]]:
    """The states of all imports of a namespace (or of all), by name."""
    found = []
    labels = ",".join(f"{key}={value}" for key, value in LABELS.items())
    for item in api.list("ConfigMap", namespace, labels):
        metadata = item["metadata"]
        if metadata["name"].startswith(PREFIX):
            report = State.from_json(item["data"]["state"]).report()
            found.append({"name": metadata["name"][len(PREFIX) :], "namespace": metadata["namespace"], **report})
    return found


def holder_name() -> str:
    """host, boot and process: tells a dead process of this machine from a living one elsewhere."""
    return f"{socket.gethostname()}/{_boot()}/{os.getpid()}/{_started(os.getpid())}"


def is_dead(holder: str) -> bool:
    """True for a process that ran on this machine and is gone. Of others nothing is known."""
    parts = holder.split("/")
    if len(parts) != 4 or parts[:2] != [socket.gethostname(), _boot()] or not parts[2].isdigit():
        return False
    return _started(int(parts[2])) != parts[3]


def _boot() -> str:
    try:
        return pathlib.Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return "unknown"


def _started(pid: int) -> str:
    """Start time of a process in clock ticks; empty when there is none."""
    try:
        return (
            pathlib.Path(f"/proc/{pid}/stat")
            .read_text(encoding="ascii", errors="replace")
            .rpartition(")")[2]
            .split()[19]
        )
    except (OSError, IndexError):
        return ""
