# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a cluster knows about its rack: read once, over one connection, for the report.

This module util is private to the collection.
"""

from __future__ import annotations

import json
import pathlib
from typing import Any

from .._core.errors import PlatformError
from .import_journal import read_journals
from .kube import KubeClient
from .kubeconfig import load_connection
from .kubernetes_api import KubernetesApi

LISTS = {
    "Node": "/api/v1/nodes",
    "DaemonSet": "/apis/apps/v1/daemonsets",
    "Deployment": "/apis/apps/v1/deployments",
    "NetworkAttachmentDefinition": "/apis/k8s.cni.cncf.io/v1/network-attachment-definitions",
    "KubeVirt": "/apis/kubevirt.io/v1/kubevirts",
    "CDI": "/apis/cdi.kubevirt.io/v1beta1/cdis",
    "VirtualMachine": "/apis/kubevirt.io/v1/virtualmachines",
    "VirtualMachineInstance": "/apis/kubevirt.io/v1/virtualmachineinstances",
    "VirtualMachineInstanceMigration": "/apis/kubevirt.io/v1/virtualmachineinstancemigrations",
}


def is_there(kubeconfig: str) -> bool:
    """Whether there is a cluster to ask: before the stage `cluster` there is no kubeconfig."""
    return bool(kubeconfig) and pathlib.Path(kubeconfig).is_file()


def read_objects(kubeconfig: str) -> dict[str, list[dict[str, Any]]]:
    """Objects by their kind; kinds that the cluster does not know are left out."""
    client = KubeClient.of_file(kubeconfig)
    try:
        found = {kind: client.find_list(path) for kind, path in LISTS.items()}
    finally:
        client.close()
    return {kind: items for kind, items in found.items() if items is not None}


def read_imports(kubeconfig: str) -> list[dict[str, Any]]:
    """States of all imports."""
    return read_journals(KubernetesApi(load_connection(kubeconfig)))


def read_history(path: str) -> Any:
    """Content of the stages' file; None when there is none yet."""
    if not path or not pathlib.Path(path).is_file():
        return None
    try:
        return json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise PlatformError(f"{path}: is no JSON ({error}); remove it, the next run writes it anew") from error
