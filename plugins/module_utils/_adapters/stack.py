# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Components of the stack as a cluster shows them, and waiting until they are ready.

This module util is private to the collection.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kube_transport import ApiError
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubernetes_api import KubernetesApi
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.readiness import Expected, judge, sources
from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.stall import explain_stall


class Stack:
    """One cluster's components."""

    def __init__(self, client: KubernetesApi) -> None:
        self._client = client

    def missing(self, component: str, expected: Expected) -> list[str]:
        """What the component misses right now; an API that does not answer is one of these things."""
        try:
            objects = {name: self._read(path) for name, path in sources(component, expected).items()}
        except ApiError as error:
            return [error.message]
        return judge(component, objects, expected)

    def _read(self, path: str) -> Sequence[Mapping[str, Any]] | None:
        """Objects of a list, or one object as a list of one; None when the API does not know it."""
        found = self._client.find(path)
        if found is None:
            return None
        items = found.get("items")
        return items if isinstance(items, list) else [found]

    def stall(self, namespaces: Sequence[str]) -> list[str]:
        """Why pods of these namespaces do not start."""
        try:
            pods, events = [], []
            for namespace in namespaces:
                pods += self._client.list("Pod", namespace)
                events += self._client.list("Event", namespace)
        except ApiError as error:
            return [error.message]
        return explain_stall(pods, events)

    def wait(self, component: str, expected: Expected, timeout: float) -> float:
        """Seconds until it was ready. Raises PlatformError at the deadline, with what is missing and why."""
        begin, pause = time.monotonic(), 0.3
        while missing := self.missing(component, expected):
            if time.monotonic() - begin > timeout:
                raise self._late(component, expected, missing, timeout)
            time.sleep(pause)
            pause = min(pause * 1.4, 3.0)
        return round(time.monotonic() - begin, 1)

    def _late(self, component: str, expected: Expected, missing: list[str], timeout: float) -> PlatformError:
        why = self.stall([expected.namespace] if expected.namespace else [])
        told = "; ".join(missing[:6]) + (f"; and {len(missing) - 6} more" if len(missing) > 6 else "")
        reason = f" Stalled by: {'; '.join(why)}." if why else " No pod reports a fault; look at the operator's log."
        return PlatformError(
            f"{component} is not ready after {timeout:.0f} s: {told}.{reason}", missing=missing, stall=why
        )
