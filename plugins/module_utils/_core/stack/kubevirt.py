# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The KubeVirt object: what the operator is told. This module util is private to the collection."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.merge import deep_merge, without_empty

Object = dict[str, Any]


@dataclass(frozen=True)
class KubeVirt:
    """The role's variables. configuration: merged over spec.configuration, for what has no variable of its own."""

    namespace: str = "kubevirt"
    infra_replicas: int = 2
    node_selector: Mapping[str, str] = field(default_factory=dict)
    use_emulation: bool = False
    hide_kvm: bool = False
    feature_gates: Sequence[str] = ()
    eviction_strategy: str = "LiveMigrate"
    workload_update_methods: Sequence[str] = ("LiveMigrate",)
    vm_state_storage_class: str = ""
    migrations: Mapping[str, Any] = field(default_factory=dict)
    configuration: Mapping[str, Any] = field(default_factory=dict)
    component_patches: Sequence[Mapping[str, str]] = ()


def kubevirt_object(wanted: KubeVirt) -> Object:
    """The custom resource."""
    placement = {"nodePlacement": {"nodeSelector": dict(wanted.node_selector)}} if wanted.node_selector else {}
    patches = [*wanted.component_patches, *([_no_kvm()] if wanted.hide_kvm else [])]
    spec = {
        "imagePullPolicy": "IfNotPresent",
        "uninstallStrategy": "BlockUninstallIfWorkloadsExist",
        "workloadUpdateStrategy": {"workloadUpdateMethods": list(wanted.workload_update_methods)},
        "infra": {"replicas": wanted.infra_replicas, **placement},
        "workloads": placement,
        "configuration": deep_merge(_configuration(wanted), wanted.configuration),
        "customizeComponents": {"patches": patches} if patches else {},
    }
    return {
        "apiVersion": "kubevirt.io/v1",
        "kind": "KubeVirt",
        "metadata": {"name": "kubevirt", "namespace": wanted.namespace},
        "spec": without_empty(spec),
    }


def _configuration(wanted: KubeVirt) -> Object:
    """vmRolloutStrategy LiveUpdate: a change reaches a running VM where that is possible. A bridge on the pod network
    would keep every such VM from migrating, so it is not permitted."""
    return without_empty(
        {
            "evictionStrategy": wanted.eviction_strategy,
            "vmRolloutStrategy": "LiveUpdate",
            "vmStateStorageClass": wanted.vm_state_storage_class,
            "migrations": dict(wanted.migrations),
            "network": {"defaultNetworkInterface": "masquerade", "permitBridgeInterfaceOnPodNetwork": False},
            "developerConfiguration": without_empty(
                {"useEmulation": wanted.use_emulation or None, "featureGates": list(wanted.feature_gates)}
            ),
        }
    )


def _no_kvm() -> dict[str, str]:
    """For machines whose /dev/kvm exists and runs no guest: the node labeller must not ask it for its abilities."""
    environment = [
        {"name": "HYPERVISOR_DEVICE", "value": "none"},
        {"name": "PREFERRED_VIRTTYPE", "value": "qemu"},
    ]
    pod = {"initContainers": [{"name": "virt-launcher", "env": environment}]}
    return {
        "resourceType": "DaemonSet",
        "resourceName": "virt-handler",
        "type": "strategic",
        "patch": json.dumps({"spec": {"template": {"spec": pod}}}, separators=(",", ":")),
    }
