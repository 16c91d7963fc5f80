# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gates of a node: what its unit, supervisor, etcd and API server answer right now, and waiting for them.

This module util is private to the collection.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kube_connection import node_connection
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kube_transport import ApiError
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubernetes_api import KubernetesApi
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.rke2_node import Rke2Node, fetch
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2 import gates as judge
from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2.journal import explain

ETCD_METRICS_PORT = 2381


@dataclass
class Gates:
    """Every gate answers with an empty text when open, else with what it misses."""

    node: Rke2Node
    role: str
    nodes: tuple[str, ...] = ()
    version: str = ""
    address: str = ""
    join_port: int = 9345
    _client: KubernetesApi | None = field(default=None, init=False)

    def ask(self, gate: str) -> str:
        """Ask one of unit, supervisor, etcd, apiserver, nodes, address."""
        questions: dict[str, Callable[[], str]] = {
            "unit": self._unit,
            "supervisor": self._supervisor,
            "etcd": self._etcd,
            "apiserver": self._apiserver,
            "nodes": self._all_nodes,
            "address": self._shared_address,
        }
        return questions[gate]()

    def _unit(self) -> str:
        return judge.judge_unit(self.node.unit(self.role))

    def _supervisor(self) -> str:
        return self._supervisor_at("127.0.0.1")

    def _shared_address(self) -> str:
        return self._supervisor_at(self.address)

    def _supervisor_at(self, address: str) -> str:
        status, body = fetch(address, self.join_port, "/cacerts")
        return "" if status == 200 else f"https://{address}:{self.join_port}/cacerts: {_told(status, body)}"

    def _etcd(self) -> str:
        status, health = fetch("127.0.0.1", ETCD_METRICS_PORT, "/health", tls=False)
        if status == 0:
            return f"etcd does not answer on port {ETCD_METRICS_PORT}: {_told(status, health)}"
        _status, metrics = fetch("127.0.0.1", ETCD_METRICS_PORT, "/metrics", tls=False)
        return judge.judge_etcd(health.decode("utf-8", "replace"), metrics.decode("utf-8", "replace"))

    def _apiserver(self) -> str:
        return self._with_api(lambda client: "" if client.text("/readyz").strip() == "ok" else "it is not ready")

    def _all_nodes(self) -> str:
        return self._with_api(self._judge_nodes)

    def _judge_nodes(self, client: KubernetesApi) -> str:
        nodes = client.list("Node")
        leases = client.list("Lease", "kube-node-lease")
        return judge.judge_nodes(self.nodes, nodes, leases, self.version, datetime.now(timezone.utc))

    def _with_api(self, question: Callable[[KubernetesApi], str]) -> str:
        try:
            if self._client is None:
                text = self.node.kubeconfig()
                if not text:
                    return "RKE2 has not written its kubeconfig yet"
                self._client = KubernetesApi(node_connection(text), timeout=10, tries=1)
            return question(self._client)
        except ApiError as error:
            return error.message


def _told(status: int, body: bytes) -> str:
    return f"{status} {body[:120].decode('utf-8', 'replace')}".strip() if status else body.decode("utf-8", "replace")


def wait_for_gates(gates: Gates, wanted: Sequence[str], timeout: float) -> dict[str, float]:
    """Ask one gate after the other until each is open; the seconds each took since the start.

    Raises PlatformError at the deadline.
    """
    begin = time.monotonic()
    seconds: dict[str, float] = {}
    for gate in wanted:
        pause = 0.2
        while missing := gates.ask(gate):
            if time.monotonic() - begin > timeout:
                raise _shut(gates, gate, missing, timeout)
            time.sleep(pause)
            pause = min(pause * 1.5, 3.0)
        seconds[gate] = round(time.monotonic() - begin, 1)
    return seconds


def _shut(gates: Gates, gate: str, missing: str, timeout: float) -> PlatformError:
    lines = gates.node.journal(gates.role)
    cause = explain(lines)
    told = f" The journal says: {cause}." if cause else f" Look at 'journalctl -u rke2-{gates.role}' on the node."
    return PlatformError(
        f"rke2-{gates.role}: gate '{gate}' did not open within {timeout:.0f} s: {missing}.{told}",
        gate=gate,
        missing=missing,
        journal=lines[-20:],
    )
