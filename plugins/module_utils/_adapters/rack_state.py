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
from .kubeconfig import load_connection
from .kubernetes_api import KubernetesApi

KINDS = (
    "Node",
    "DaemonSet",
    "Deployment",
    "NetworkAttachmentDefinition",
    "KubeVirt",
    "CDI",
    "VirtualMachine",
    "VirtualMachineInstance",
    "VirtualMachineInstanceMigration",
)


def is_there(kubeconfig: str) -> bool:
    """Whether there is a cluster to ask: before the stage `cluster` there is no kubeconfig."""
    return bool(kubeconfig) and pathlib.Path(kubeconfig).is_file()


def read_cluster(kubeconfig: str) -> tuple[dict[str, list[dict[str, Any]]], list[dict[str, Any]]]:
    """-> (objects by their kind, states of all imports). A kind that the cluster does not know has no objects."""
    api = KubernetesApi(load_connection(kubeconfig))
    return {kind: api.list(kind) for kind in KINDS}, read_journals(api)


def read_history(path: str) -> Any:
    """Content of the stages' file; None when there is none yet."""
    if not path or not pathlib.Path(path).is_file():
        return None
    try:
        return json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise PlatformError(f"{path}: is no JSON ({error}); remove it, the next run writes it anew") from error
