from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubeconfig import load_connection
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubernetes_api import KubernetesApi
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.node_port import ready_node, stated_address
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from tests.assets.cluster import FakeCluster, fake_cluster


@pytest.fixture
def cluster() -> Iterator[FakeCluster]:
    with fake_cluster() as server:
        yield server


def node(ready: str, kind: str, address: str) -> dict[str, Any]:
    conditions = [{"type": "DiskPressure", "status": "False"}, {"type": "Ready", "status": ready}]
    return {"status": {"conditions": conditions, "addresses": [{"type": kind, "address": address}]}}


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://upload.example.org:8443/x", ("upload.example.org", 8443)),
        ("upload.example.org:31001", ("upload.example.org", 31001)),
        ("upload.example.org", ("upload.example.org", 443)),
        ("https://[2001:db8::1]:31001", ("2001:db8::1", 31001)),
    ],
)
def test_a_stated_address_is_read(url: str, address: tuple[str, int]) -> None:
    assert stated_address(url) == address


@pytest.mark.parametrize("url", ["upload.example.org:web", "https://", "https://[2001:db8::1", "host:99999"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(PlatformError, match="is no address; write it as https://host:port"):
        stated_address(url)


def test_the_first_node_that_is_ready_and_tells_its_address_is_taken(cluster: FakeCluster, tmp_path: Path) -> None:
    cluster.put("/api/v1/nodes/n1", node("False", "InternalIP", "192.0.2.1"))
    cluster.put("/api/v1/nodes/n2", node("True", "Hostname", "n2"))
    cluster.put("/api/v1/nodes/n3", {"status": {}})
    api = KubernetesApi(load_connection(cluster.kubeconfig(tmp_path)))
    with pytest.raises(PlatformError, match=r"receiver: no node is Ready; set receiver\.url"):
        ready_node(api, "receiver", "set receiver.url")
    cluster.put("/api/v1/nodes/n4", node("True", "InternalIP", "192.0.2.4"))
    assert ready_node(api, "receiver") == "192.0.2.4"
