"""The cluster as an operator sees it, for the verification of the scenarios."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from kubernetes import client, config
from kubernetes.stream import stream

LAB = Path(os.environ["MOLECULE_PROJECT_DIRECTORY"]) / ".lab"


def api() -> Any:
    """The core API over the kubeconfig that the chain has fetched."""
    config.load_kube_config(str(LAB / "kubeconfig-rack1"))
    return client.CoreV1Api()


def said(namespace: str, pod: str, *command: str) -> str:
    """What a command says in the container of a machine."""
    text: str = stream(
        api().connect_get_namespaced_pod_exec,
        pod,
        namespace,
        container="compute",
        command=list(command),
        stdout=True,
        stderr=True,
    )
    return text


def console(namespace: str, name: str) -> str:
    """All that the guest of a machine has said on its serial console since it was started."""
    pods = api().list_namespaced_pod(namespace, label_selector=f"vm.kubevirt.io/name={name}").items
    running = [pod.metadata.name for pod in pods if pod.status.phase == "Running"]
    text: str = api().read_namespaced_pod_log(running[0], namespace, container="guest-console-log") if running else ""
    return text


def heard(namespace: str, name: str, seconds: float, *words: str) -> str:
    """What a guest has said once all of these were; emulated guests are slow."""
    end = time.monotonic() + seconds
    while missing := [word for word in words if word not in (text := console(namespace, name))]:
        assert time.monotonic() < end, f"not heard: {missing}; heard: {text[-1000:]}"
        time.sleep(1)
    return text


def journals(namespace: str) -> dict[str, dict[str, Any]]:
    """The states of imports by the name of the machine."""
    found = api().list_namespaced_config_map(namespace, label_selector="app.kubernetes.io/managed-by=ironacre-import")
    states = {item.metadata.name: item.data["state"] for item in found.items if "state" in (item.data or {})}
    return {name.removeprefix("vmimport-"): json.loads(text) for name, text in states.items()}


def custom(group: str, version: str, plural: str, namespace: str = "") -> list[dict[str, Any]]:
    """All objects of a kind that a component has brought."""
    config.load_kube_config(str(LAB / "kubeconfig-rack1"))
    objects = client.CustomObjectsApi()
    if namespace:
        found = objects.list_namespaced_custom_object(group, version, namespace, plural)
    else:
        found = objects.list_cluster_custom_object(group, version, plural)
    items: list[dict[str, Any]] = found["items"]
    return items
