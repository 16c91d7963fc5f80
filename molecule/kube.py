"""The cluster as an operator sees it, for the verification of the scenarios."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from kubernetes import client, config

LAB = Path(os.environ["MOLECULE_PROJECT_DIRECTORY"]) / ".lab"


def api() -> Any:
    """The core API over the kubeconfig that the chain has fetched."""
    config.load_kube_config(str(LAB / "kubeconfig-rack1"))
    return client.CoreV1Api()


def custom(group: str, version: str, plural: str) -> list[dict[str, Any]]:
    """All objects of a kind that a component has brought."""
    config.load_kube_config(str(LAB / "kubeconfig-rack1"))
    found = client.CustomObjectsApi().list_cluster_custom_object(group, version, plural)
    items: list[dict[str, Any]] = found["items"]
    return items
