# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The CDI object, the storage profiles, the way in for uploads. This module util is private to the collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.merge import deep_merge, without_empty

Object = dict[str, Any]


@dataclass(frozen=True)
class Cdi:
    """The role's variables. config: merged over spec.config, for what has no variable of its own."""

    node_selector: Mapping[str, str] = field(default_factory=dict)
    infra_replicas: int = 1
    feature_gates: Sequence[str] = ()
    scratch_storage_class: str = ""
    clone_strategy: str = ""
    resources: Mapping[str, Any] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)


def cdi_object(wanted: Cdi) -> Object:
    """The custom resource."""
    replicas = wanted.infra_replicas
    placement = {"nodeSelector": dict(wanted.node_selector)} if wanted.node_selector else {}
    config = {
        "featureGates": list(wanted.feature_gates),
        "scratchSpaceStorageClass": wanted.scratch_storage_class,
        "podResourceRequirements": dict(wanted.resources),
    }
    counts = {"apiServerReplicas": replicas, "deploymentReplicas": replicas, "uploadProxyReplicas": replicas}
    spec = {
        "imagePullPolicy": "IfNotPresent",
        "uninstallStrategy": "BlockUninstallIfWorkloadsExist",
        "cloneStrategyOverride": wanted.clone_strategy,
        "config": deep_merge(without_empty(config), wanted.config),
        "infra": {**placement, **(counts if replicas > 1 else {})},
        "workload": placement,
    }
    return {
        "apiVersion": "cdi.kubevirt.io/v1beta1",
        "kind": "CDI",
        "metadata": {"name": "cdi"},
        "spec": without_empty(spec),
    }


def storage_profile(wanted: Mapping[str, Any]) -> Object:
    """wanted: storage_class, claim_property_sets, and snapshot_class and clone_strategy where needed.

    The snapshot class is named because CDI would else take the first one by name, which may be the one that uploads
    every snapshot to the backup target."""
    spec = {
        "claimPropertySets": wanted.get("claim_property_sets"),
        "snapshotClass": wanted.get("snapshot_class"),
        "cloneStrategy": wanted.get("clone_strategy"),
    }
    return {
        "apiVersion": "cdi.kubevirt.io/v1beta1",
        "kind": "StorageProfile",
        "metadata": {"name": wanted["storage_class"]},
        "spec": without_empty(spec),
    }


def upload_service(namespace: str, node_port: int) -> Object:
    """The upload proxy on a port of every node, for controllers outside the cluster's network."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "ironacre-uploadproxy", "namespace": namespace},
        "spec": {
            "type": "NodePort",
            "selector": {"cdi.kubevirt.io": "cdi-uploadproxy"},
            "ports": [{"name": "https", "port": 443, "targetPort": 8443, "nodePort": node_port, "protocol": "TCP"}],
        },
    }
