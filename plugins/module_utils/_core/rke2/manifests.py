# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that RKE2 applies by itself from its manifests folder, before anything else runs in the cluster.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.yaml_text import to_yaml

Object = dict[str, Any]
_NAME = "kube-vip"
_NAMESPACE = "kube-system"


def helm_chart_config(chart: str, values: Mapping[str, Any]) -> Object:
    """Values for a chart RKE2 brings. failurePolicy abort: the default removes the release when an upgrade fails, and
    with a network chart every VM network goes with it."""
    spec = {"failurePolicy": "abort", "valuesContent": to_yaml(values) if values else ""}
    return {
        "apiVersion": "helm.cattle.io/v1",
        "kind": "HelmChartConfig",
        "metadata": {"name": chart, "namespace": _NAMESPACE},
        "spec": spec,
    }


def kube_vip(address: str, port: int, interface: str, image: str) -> list[Object]:
    """The API address as a virtual one: announced by ARP (or NDP) from the server that holds the lease."""
    return [_account(), _role(), _binding(), _daemon_set(_environment(address, port, interface), image)]


def _metadata(name: str = _NAME) -> Object:
    return {"name": name, "namespace": _NAMESPACE}


def _account() -> Object:
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": _metadata()}


def _role() -> Object:
    """Only what leader election needs: it answers for the API address, it does not serve load balancers."""
    verbs = ["create", "get", "list", "patch", "update", "watch"]
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "system:kube-vip"},
        "rules": [
            {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"], "verbs": verbs},
            {"apiGroups": [""], "resources": ["nodes", "services", "endpoints"], "verbs": ["get", "list", "watch"]},
        ],
    }


def _binding() -> Object:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "system:kube-vip"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "system:kube-vip"},
        "subjects": [{"kind": "ServiceAccount", **_metadata()}],
    }


def _environment(address: str, port: int, interface: str) -> dict[str, str]:
    environment = {
        "vip_arp": "true",
        "address": address,
        "port": str(port),
        "vip_subnet": "128" if ":" in address else "32",
        "cp_enable": "true",
        "cp_namespace": _NAMESPACE,
        "svc_enable": "false",
        "vip_leaderelection": "true",
        "vip_leaseduration": "15",
        "vip_renewdeadline": "10",
        "vip_retryperiod": "2",
        "prometheus_server": "",
    }
    return {**environment, "vip_interface": interface} if interface else environment


def _daemon_set(environment: Mapping[str, str], image: str) -> Object:
    labels = {"app.kubernetes.io/name": _NAME}
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {**_metadata(), "labels": labels},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": _pod(environment, image)},
        },
    }


def _pod(environment: Mapping[str, str], image: str) -> Object:
    name = {"name": "vip_nodename", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}
    container = {
        "name": _NAME,
        "image": image,
        "imagePullPolicy": "IfNotPresent",
        "args": ["manager"],
        "env": [name, *({"name": key, "value": value} for key, value in environment.items())],
        "securityContext": {"capabilities": {"add": ["NET_ADMIN", "NET_RAW"], "drop": ["ALL"]}},
    }
    control_plane = {"key": "node-role.kubernetes.io/control-plane", "operator": "Exists"}
    return {
        "hostNetwork": True,
        "serviceAccountName": _NAME,
        "priorityClassName": "system-node-critical",
        # It must answer before the network runs and while a node is cordoned.
        "tolerations": [{"operator": "Exists"}],
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {
                    "nodeSelectorTerms": [{"matchExpressions": [control_plane]}]
                }
            }
        },
        "containers": [container],
    }
