"""All nodes are in the cluster, and the API answers under its virtual address."""

from __future__ import annotations

import socket

from kube import api

testinfra_hosts = ["local://"]


def test_all_nodes_are_ready() -> None:
    ready = {
        node.metadata.name: any(c.type == "Ready" and c.status == "True" for c in node.status.conditions)
        for node in api().list_node().items
    }
    assert ready == dict.fromkeys(("m1", "n1", "n2", "n3"), True)


def test_the_virtual_address_answers() -> None:
    with socket.create_connection(("172.31.70.5", 6443), timeout=10):
        pass
