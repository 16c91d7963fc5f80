# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an engine that does not copy itself offers, and the wait until it is done.

This module util is private to the collection.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from ..._core.errors import Finding, PlatformError
from ..._core.vm.engines.common import Object, Watched
from ..._core.vm.mapping import PREFIX
from ..kubernetes_api import KubernetesApi

POLL = 2.0


class ForeignEngine(Protocol):
    """One import by something else. objects: what begin creates. mend: what is left to do when it is done."""

    def findings(self) -> list[Finding]: ...
    def objects(self) -> list[Object]: ...
    def begin(self) -> None: ...
    def watch(self) -> Watched: ...
    def mend(self, machine: str) -> bool: ...
    def cancel(self) -> bool: ...


def wait(
    engine: ForeignEngine,
    place: str,
    deadline: float,
    clock: Callable[[], float] = time.monotonic,
    pause: Callable[[float], None] = time.sleep,
) -> Watched:
    """Until the engine is done. Raises PlatformError with what it reached and why it stopped or stalls."""
    end = clock() + deadline
    while True:
        found = engine.watch()
        if found.failed:
            raise PlatformError(
                f"{place}: failed in {found.phase or 'its begin'}: {found.reason or 'no reason was told'}; mend that, "
                "run state absent, then again",
                **found.report(),
            )
        if found.done:
            return found
        if clock() > end:
            told = " ".join(filter(None, (found.phase or "pending", found.progress)))
            raise PlatformError(
                f"{place}: is not done after {deadline:.0f} s: {told}: {found.reason or 'no reason was told'}; "
                "run again to go on watching",
                **found.report(),
            )
        pause(POLL)


def ensure(api: KubernetesApi, body: Object) -> None:
    """Have the object as it is stated. Raises PlatformError when its name belongs to something else."""
    metadata = body["metadata"]
    live = api.get(body["kind"], metadata["name"], metadata["namespace"])
    if live is not None and _owner(live) != _owner(body):
        raise PlatformError(
            f"{metadata['namespace']}/{metadata['name']}: a {body['kind']} of that name belongs to something else; "
            "choose another name or remove it"
        )
    if live is None or not _holds(live["spec"], body["spec"]):
        api.apply(body)


def _owner(body: Mapping[str, Any]) -> str:
    return str((body["metadata"].get("labels") or {}).get(f"{PREFIX}/machine", ""))


def _holds(live: Any, wanted: Any) -> bool:
    """Whether everything that is wanted is there; what a server added does not matter."""
    if isinstance(wanted, Mapping):
        return isinstance(live, Mapping) and all(_holds(live.get(key), value) for key, value in wanted.items())
    return bool(live == wanted)
