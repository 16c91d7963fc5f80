# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cluster as the target of an import: volumes, uploads, the machine, its first signs of life.

This module util is private to the collection.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from .._core.errors import PlatformError
from .._core.vm.engine import Retriable
from .._core.vm.extents import Extent
from .._core.vm.mapping import PREFIX
from .._core.vm.wire import encode
from .cdi_upload import CdiUpload
from .guest_checks import Check, GuestChecks
from .kubernetes_api import KubernetesApi
from .machine_health import MachineHealth, conditions
from .remains import Remains
from .volume_digest import VolumeDigest

POLL = 0.5
_OWN = (f"{PREFIX}/vm", f"{PREFIX}/disk", f"{PREFIX}/capacity")


@dataclass(frozen=True)
class Deadlines:
    """Seconds."""

    volume: float = 300
    running: float = 600
    readback: float = 900
    leaving: float = 300


class ImportTarget:
    """One namespace of one cluster."""

    def __init__(
        self,
        api: KubernetesApi,
        upload: CdiUpload,
        namespace: str,
        digest: VolumeDigest,
        checks: tuple[Check, ...] = (),
        wire: str = "auto",
        expose: bool = True,
        deadlines: Deadlines = Deadlines(),
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        self.api, self.uploader, self.namespace, self.digest = api, upload, namespace, digest
        self.checks, self.wire, self.expose, self.deadlines, self.beat = checks, wire, expose, deadlines, beat
        self.health, self.remains = MachineHealth(api, namespace), Remains(api, namespace)

    def settle(self, machine: str, volumes: Sequence[str]) -> None:
        """Wait until what a deleted machine of that name leaves behind is gone; else it would take ours with it."""
        found: list[str] = []

        def gone() -> bool:
            found[:] = self.remains.of(machine, volumes)
            return not found

        self.wait(gone, self.deadlines.leaving, lambda: f"{self.namespace}/{machine}: {'; '.join(found)}")

    def allocate(self, volume: Mapping[str, Any], complete: bool) -> None:
        """Make sure that the volume is there, ours, and waits for its data (or, when complete, holds them)."""
        name = volume["metadata"]["name"]
        live = self.api.get("DataVolume", name, self.namespace)
        if live is None and complete:
            raise PlatformError(
                f"{self.namespace}/{name}: the volume with the copied disk is gone; run state absent, then again"
            )
        if live is not None:
            self._refuse_foreign(volume, live)
            phase = live.get("status", {}).get("phase", "")
            if complete or phase not in ("Succeeded", "Failed"):
                return
            # Complete for CDI, unknown to the journal: the run died in between. Only a new copy is certain.
            self.discard(name)
        self.api.apply(dict(volume))

    def prepare(self) -> None:
        """Make sure that the namespace is there."""
        if self.api.get("Namespace", self.namespace) is None:
            self.api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.namespace}})

    def _refuse_foreign(self, volume: Mapping[str, Any], live: Mapping[str, Any]) -> None:
        wanted, found = volume["metadata"]["annotations"], live["metadata"].get("annotations") or {}
        differing = [key for key in _OWN if wanted[key] != found.get(key)]
        if differing:
            name = volume["metadata"]["name"]
            raise PlatformError(
                f"{self.namespace}/{name}: a DataVolume of that name belongs to something else "
                f"({', '.join(differing)} differ); choose another target name or remove it"
            )

    def discard(self, volume: str) -> None:
        """Delete the volume and wait until it is gone."""
        self.api.delete("DataVolume", volume, self.namespace)
        self.api.delete("PersistentVolumeClaim", volume, self.namespace)

        def gone() -> bool:
            kinds = ("DataVolume", "PersistentVolumeClaim")
            return all(self.api.get(kind, volume, self.namespace) is None for kind in kinds)

        self.wait(gone, self.deadlines.volume, lambda: f"{self.namespace}/{volume}: is still being deleted")

    def upload(self, volume: str, extents: Iterator[Extent], capacity: int) -> int:
        """Send the disk; the number of bytes on the wire."""
        self._wait_phase(volume, ("UploadReady",))
        if self.expose:
            self.uploader.expose()
        wire = self.uploader.wire() if self.wire == "auto" else self.wire
        endpoint = self.uploader.endpoint()
        sent = [0]

        def count(size: int) -> None:
            sent[0] += size

        token = self.uploader.token(volume, self.namespace)
        self.uploader.send(endpoint, token, encode(extents, capacity, wire), count)
        self._wait_phase(volume, ("Succeeded",))
        return sent[0]

    def _wait_phase(self, volume: str, phases: tuple[str, ...]) -> None:
        def there() -> bool:
            live = self.api.get("DataVolume", volume, self.namespace) or {}
            phase = live.get("status", {}).get("phase", "")
            if phase == "Failed":
                raise Retriable(f"{self.namespace}/{volume}: {conditions(live)}; run again")
            return phase in phases

        self.wait(there, self.deadlines.volume, lambda: self._stalled_volume(volume, phases))

    def _stalled_volume(self, volume: str, phases: tuple[str, ...]) -> str:
        live = self.api.get("DataVolume", volume, self.namespace) or {}
        phase = live.get("status", {}).get("phase", "not there")
        return f"{self.namespace}/{volume}: is {phase}, not {phases[0]}: {conditions(live)}{self._events(volume)}"

    def readback(self, volumes: Mapping[str, int]) -> dict[str, str]:
        """sha256 of the first bytes of each volume; the rest must be zero."""
        return self.digest.read(volumes, self.deadlines.readback, self.wait)

    def define(self, machine: Mapping[str, Any]) -> dict[str, Any]:
        """Apply the machine; as the API server keeps it."""
        return self.api.apply(dict(machine))

    def exists(self, name: str) -> bool:
        """True when the machine is there, and not on its way out."""
        live = self.api.get("VirtualMachine", name, self.namespace)
        return live is not None and not live["metadata"].get("deletionTimestamp")

    def wait_running(self, name: str) -> None:
        """Wait for the instance to run; says what stands in the way."""

        def running() -> bool:
            live = self.api.get("VirtualMachineInstance", name, self.namespace) or {}
            return bool(live.get("status", {}).get("phase") == "Running")

        self._wait_healthy(name, running, self.deadlines.running, lambda: self.health.story(name))

    def check(self, name: str) -> list[str]:
        """Run the checks of the guest; what each one heard."""
        checks = GuestChecks(self.api, self.namespace, partial(self._wait_healthy, name))
        return [checks.run(name, check) for check in self.checks]

    def _wait_healthy(self, name: str, done: Callable[[], bool], deadline: float, stall: Callable[[], str]) -> None:
        """Wait, but not for a machine that cannot come up."""

        def done_or_refused() -> bool:
            if done():
                return True
            self.health.refuse_trouble(name)
            return False

        self.wait(done_or_refused, deadline, stall)

    def wait(self, done: Callable[[], bool], deadline: float, stall: Callable[[], str]) -> None:
        end = time.monotonic() + deadline
        while not done():
            if time.monotonic() > end:
                raise PlatformError(f"{stall()}; gave up after {int(deadline)} s, run again when it is mended")
            self.beat()
            time.sleep(POLL)

    def _events(self, name: str) -> str:
        events = [event for event in self.api.list("Event", self.namespace) if name in event["involvedObject"]["name"]]
        warnings = [event["message"] for event in events if event.get("type") == "Warning"]
        return f" (last warning: {warnings[-1]})" if warnings else ""
