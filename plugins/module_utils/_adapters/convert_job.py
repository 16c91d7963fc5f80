# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the conversion of a machine's volumes in the cluster, watches it, and remembers it on the claims.

This module util is private to the collection.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from .._core.errors import Finding, PlatformError, refuse
from .._core.vm import convert_job
from .._core.vm.convert import Conversion, Told, findings, read_log
from .kube_transport import Object
from .kubernetes_api import KubernetesApi

POLL = 1.0
LOG_LINES = 4000


class ConvertJob:
    """One conversion. clock, pause: time in seconds, and a wait."""

    def __init__(
        self,
        api: KubernetesApi,
        wish: Conversion,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.api, self.wish, self.clock, self.pause = api, wish, clock, pause
        self.claims: list[Object] = []

    def load(self) -> None:
        """Read the claims. Raises InputErrors with everything that stands in the way."""
        found = [self.api.get("PersistentVolumeClaim", name, self.wish.namespace) for name in self.wish.claims]
        missing = [
            Finding(f"volumes[{number}]", f"there is no claim {self.wish.namespace}/{name}", "import the disks first")
            for number, (name, claim) in enumerate(zip(self.wish.claims, found))
            if claim is None
        ]
        refuse([*findings(self.wish), *missing])
        self.claims = [claim for claim in found if claim is not None]

    @property
    def modes(self) -> list[str]:
        return [str(claim["spec"].get("volumeMode", "Filesystem")) for claim in self.claims]

    @property
    def is_done(self) -> bool:
        return all(convert_job.mark_of(claim, convert_job.DONE) == self.wish.digest for claim in self.claims)

    def remembered(self) -> dict[str, Any]:
        """The inspection of the conversion that was done."""
        text = convert_job.mark_of(self.claims[0], convert_job.INSPECTION)
        found: dict[str, Any] = json.loads(text) if text else {}
        return found

    def check(self, again: bool) -> None:
        """Refuse to touch volumes that are in use, or whose state nobody knows. again: a person vouches for them."""
        pods = self.api.list("Pod", self.wish.namespace)
        users = convert_job.users_of(pods, self.wish.claims, self.wish.job)
        if users:
            raise PlatformError(f"{self._place}: the volumes are used by {', '.join(users)}; stop the machine first")
        if again or self._running() is not None:
            return
        for mark, words in ((convert_job.DONE, "was converted with other options"), (convert_job.BEGUN, "broke off")):
            marked = [claim["metadata"]["name"] for claim in self.claims if convert_job.mark_of(claim, mark)]
            if marked:
                raise PlatformError(
                    f"{self._place}: an earlier conversion of {', '.join(marked)} {words}, the disks may be half "
                    "converted; import them again, or say again: true when you know that they are sound"
                )

    @property
    def _place(self) -> str:
        return f"{self.wish.namespace}/{self.wish.job}"

    def _running(self) -> Object | None:
        """The Job of this very wish; that of a run that was cut off goes on."""
        live = self.api.get("Job", self.wish.job, self.wish.namespace)
        same = live is not None and convert_job.mark_of(live, convert_job.DIGEST) == self.wish.digest
        return live if same else None

    def run(self) -> Told:
        """Convert, or go on watching. Raises PlatformError with `rc` and `log` when that failed."""
        live = self._running()
        if live is None:
            self.remove()
            self._mark({convert_job.BEGUN: self.wish.digest})
            live = self.api.create(convert_job.job(self.wish, self.modes))
        self.api.apply(convert_job.config_map(self.wish, self.modes, live))
        succeeded = self._wait()
        told = read_log(self.log())
        if not succeeded or told.status:
            ended = convert_job.end_of(self._running() or {}, self._pod())
            why = "; ".join(filter(None, [ended, told.error or told.step])) or self._stall()
            raise PlatformError(
                f"{self._place}: the guest could not be converted: {why}; see "
                "the log. The disks may be half converted: import them again",
                rc=told.status if told.status is not None else -1,
                log=list(told.tail),
            )
        inspection = json.dumps(told.inspection, sort_keys=True)
        self._mark({convert_job.DONE: self.wish.digest}, {convert_job.INSPECTION: inspection})
        self.remove()
        return told

    def exists(self) -> bool:
        """Whether there is a Job of this name."""
        return self.api.get("Job", self.wish.job, self.wish.namespace) is not None

    def remove(self) -> bool:
        """Remove the Job with all that belongs to it, and wait until it is gone; whether there was one."""
        if not self.api.delete("Job", self.wish.job, self.wish.namespace):
            return False
        end = self.clock() + 120
        while self.api.get("Job", self.wish.job, self.wish.namespace) is not None:
            if self.clock() > end:
                raise PlatformError(f"{self._place}: the earlier Job is still being deleted; look at its finalizers")
            self.pause(POLL)
        return True

    def _mark(self, marks: dict[str, str], first: dict[str, str] | None = None) -> None:
        for number, name in enumerate(self.wish.claims):
            patch = convert_job.mark_patch({**marks, **(first or {})} if number == 0 else marks)
            self.api.merge("PersistentVolumeClaim", name, patch, self.wish.namespace)

    def _wait(self) -> bool:
        """Until the Job is over; whether it succeeded."""
        end = self.clock() + self.wish.deadline
        while True:
            live = self.api.get("Job", self.wish.job, self.wish.namespace)
            if live is None:
                raise PlatformError(f"{self._place}: somebody deleted the Job; the disks may be half converted")
            over = {
                condition["type"]
                for condition in live.get("status", {}).get("conditions") or []
                if condition["status"] == "True"
            }
            if over & {"Complete", "Failed"}:
                return "Complete" in over
            if self.clock() > end:
                raise PlatformError(f"{self._place}: is not over after {self.wish.deadline} s: {self._stall()}")
            self.pause(POLL)

    def _pod(self) -> Object | None:
        pods = self.api.list("Pod", self.wish.namespace, f"batch.kubernetes.io/job-name={self.wish.job}")
        return pods[-1] if pods else None

    def log(self) -> str:
        """Text of the conversion so far."""
        pod = self._pod()
        return self.api.logs(pod["metadata"]["name"], self.wish.namespace, tail=LOG_LINES) if pod else ""

    def _stall(self) -> str:
        """Why it does not go on: what the pod waits for, else what the conversion did last."""
        pod = self._pod()
        status: Object = pod.get("status", {}) if pod else {}
        waits = [item.get("state", {}).get("waiting") or {} for item in status.get("containerStatuses") or []]
        reasons = [f"{item.get('reason')} {item.get('message', '')}".strip() for item in waits if item]
        reasons += [item.get("message", "") for item in status.get("conditions") or [] if item.get("status") == "False"]
        step = read_log(self.log()).step
        return "; ".join(filter(None, [*reasons, step])) or f"its pod is {status.get('phase', 'not there')}"
