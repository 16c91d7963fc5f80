"""A pod on a VLAN of the machine's trunk is reached through it, from the other end of the cable."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from kube import api
from kubernetes import client, watch

testinfra_hosts = ["local://"]

NAMESPACE, NETWORK, LABEL = "vms", "vlan81", "hci.ironacre.io/cluster-network-trunk"
# An emulated machine starts a pod slowly.
PATIENCE = 300
POD: dict[str, Any] = {
    "metadata": {"name": "on-a-vlan", "annotations": {"k8s.v1.cni.cncf.io/networks": NETWORK}},
    "spec": {
        "nodeSelector": {LABEL: "ready"},
        "terminationGracePeriodSeconds": 0,
        # On every node already; its kernel answers for it.
        "containers": [{"name": "pause", "image": "registry.k8s.io/pause:3.10.1", "imagePullPolicy": "Never"}],
    },
}


def running(core: client.CoreV1Api, name: str) -> Any:
    """Wait until the pod runs; what the cluster says of it when it does not."""
    pod = None
    selector = f"metadata.name={name}"
    events = watch.Watch().stream(
        core.list_namespaced_pod, NAMESPACE, field_selector=selector, timeout_seconds=PATIENCE
    )
    for event in events:
        pod = event["object"]
        if pod.status.phase == "Running":
            return pod
    told = core.list_namespaced_event(NAMESPACE, field_selector=f"involvedObject.name={name}").items
    raise AssertionError(f"{name} is {pod and pod.status.phase}: {[event.message for event in told][-5:]}")


@pytest.fixture(scope="module")
def pod() -> Iterator[Any]:
    core = api()
    try:
        core.create_namespaced_pod(NAMESPACE, POD)
    except client.ApiException as error:
        # One that a run left which was cut off serves as well.
        if error.status != 409:
            raise
    try:
        yield running(core, POD["metadata"]["name"])
    finally:
        core.delete_namespaced_pod(POD["metadata"]["name"], NAMESPACE)


def address_on(pod: Any, network: str) -> str:
    """The pod's address in a network, as Multus tells it."""
    status = json.loads(pod.metadata.annotations["k8s.v1.cni.cncf.io/network-status"])
    return str(next(entry["ips"][0] for entry in status if entry["name"].endswith(network)))


def test_only_a_node_that_was_verified_carries_the_label() -> None:
    nodes = api().list_node(label_selector=f"{LABEL}=ready").items
    # Hosts have no VLANs: their kernel is that of the machine below.
    assert nodes and all(node.metadata.name.startswith("m") for node in nodes)


def test_a_pod_on_a_vlan_is_reached_from_the_lab(pod: Any) -> None:
    address = address_on(pod, NETWORK)
    assert address.startswith("172.31.81.")
    done = subprocess.run(["busybox", "ping", "-c", "3", address], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
