# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a component is ready, exactly. A judgement takes recorded objects and tells what is missing (nothing: ready).

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.longhorn_ready import judge_longhorn
from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.objects import (
    Object,
    Objects,
    all_of,
    condition,
    daemon_set,
    name_of,
    nodes_ready,
    only,
    reason_of,
    selected,
)

NAD_CRD = "network-attachment-definitions.k8s.cni.cncf.io"


@dataclass(frozen=True)
class Expected:
    """What the component shall be. node_selector: labels of the nodes that carry virtual machines."""

    version: str = ""
    namespace: str = ""
    node_selector: Mapping[str, str] = field(default_factory=dict)
    emulation: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    profiles: Sequence[Mapping[str, Any]] = ()
    kinds: Sequence[str] = ()
    daemon_set: str = ""


Judge = Callable[[Objects, Expected], Iterator[str]]


def sources(component: str, expected: Expected) -> dict[str, str]:
    """What to read for a component: name -> path of a list or of one object."""
    apps = f"/apis/apps/v1/namespaces/{expected.namespace}"
    longhorn = f"/apis/longhorn.io/v1beta2/namespaces/{expected.namespace}"
    nodes = {"nodes": "/api/v1/nodes"}
    crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
    table: dict[str, dict[str, str]] = {
        "kinds": {kind: f"/apis/{kind}" for kind in expected.kinds},
        "multus": {
            **nodes,
            "daemonsets": f"{apps}/daemonsets",
            "crd": f"{crds}/{NAD_CRD}",
            "chart": f"/apis/helm.cattle.io/v1/namespaces/{expected.namespace}/helmchartconfigs/rke2-multus",
        },
        "longhorn": {
            **nodes,
            "daemonsets": f"{apps}/daemonsets",
            "deployments": f"{apps}/deployments",
            "csidrivers": "/apis/storage.k8s.io/v1/csidrivers",
            "storageclasses": "/apis/storage.k8s.io/v1/storageclasses",
            "csinodes": "/apis/storage.k8s.io/v1/csinodes",
            **{name: f"{longhorn}/{name}" for name in ("engineimages", "instancemanagers", "settings")},
            "longhorn_nodes": f"{longhorn}/nodes",
        },
        "kubevirt": {**nodes, "kubevirts": f"/apis/kubevirt.io/v1/namespaces/{expected.namespace}/kubevirts"},
        "cdi": {"cdis": "/apis/cdi.kubevirt.io/v1beta1/cdis"},
        "storage_profiles": {"profiles": "/apis/cdi.kubevirt.io/v1beta1/storageprofiles"},
    }
    return table[component]


def judge(component: str, objects: Objects, expected: Expected) -> list[str]:
    """What the component misses, in the order in which it comes up; empty when it is ready."""
    return list(_JUDGES[component](objects, expected))


def _kinds(objects: Objects, expected: Expected) -> Iterator[str]:
    for kind in expected.kinds:
        if objects.get(kind) is None:
            yield f"the API does not serve {kind} yet"


def _multus(objects: Objects, expected: Expected) -> Iterator[str]:
    crd = only(objects, "crd")
    if crd is None or condition(crd, "Established") != "True":
        yield f"CRD {NAD_CRD} is not established"
    yield from daemon_set(objects, expected.daemon_set, len(all_of(objects, "nodes")))
    yield from nodes_ready(objects)
    chart = only(objects, "chart")
    if objects.get("chart") and (chart or {}).get("spec", {}).get("failurePolicy") != "abort":
        yield "HelmChartConfig rke2-multus lacks failurePolicy abort: a failed upgrade would delete every VM network"


def _kubevirt(objects: Objects, expected: Expected) -> Iterator[str]:
    kubevirt = only(objects, "kubevirts")
    if kubevirt is None:
        yield "the KubeVirt object is not there"
        return
    status = kubevirt.get("status", {})
    yield from _phase(kubevirt, "KubeVirt")
    for key in ("observedKubeVirtVersion", "targetKubeVirtVersion"):
        if status.get(key) != expected.version:
            yield f"{key} is {status.get(key)}, wanted is {expected.version}"
    if status.get("observedGeneration") != kubevirt["metadata"].get("generation"):
        yield "the operator has not seen the last change yet"
    yield from _vm_hosts(objects, expected)


def _vm_hosts(objects: Objects, expected: Expected) -> Iterator[str]:
    hosts = [node for node in all_of(objects, "nodes") if selected(node, expected.node_selector)]
    if not hosts:
        yield f"no node carries the labels {dict(expected.node_selector)}"
    for node in hosts:
        if node["metadata"].get("labels", {}).get("kubevirt.io/schedulable") != "true":
            yield f"virt-handler has not made {name_of(node)} schedulable for VMs"
        elif not expected.emulation and not _has_kvm(node):
            yield f"{name_of(node)} offers no devices.kubevirt.io/kvm: it has no KVM (or set use_emulation)"


def _has_kvm(node: Object) -> bool:
    return str(node.get("status", {}).get("allocatable", {}).get("devices.kubevirt.io/kvm", "0")) != "0"


def _cdi(objects: Objects, expected: Expected) -> Iterator[str]:
    cdi = only(objects, "cdis")
    if cdi is None:
        yield "the CDI object is not there"
        return
    yield from _phase(cdi, "CDI")
    for key in ("observedVersion", "targetVersion"):
        if cdi.get("status", {}).get(key) != expected.version:
            yield f"{key} is {cdi.get('status', {}).get(key)}, wanted is {expected.version}"


def _phase(thing: Object, kind: str) -> Iterator[str]:
    phase = thing.get("status", {}).get("phase")
    if phase != "Deployed":
        yield f"{kind} is in phase {phase or 'none'}"
    for name, wanted in (("Available", "True"), ("Progressing", "False"), ("Degraded", "False")):
        if condition(thing, name) != wanted:
            yield f"condition {name} is {condition(thing, name) or 'not set'}{reason_of(thing, name)}"


def _profiles(objects: Objects, expected: Expected) -> Iterator[str]:
    there = {name_of(one): one.get("status", {}) for one in all_of(objects, "profiles")}
    for wanted in expected.profiles:
        name = wanted["storage_class"]
        status = there.get(name, {})
        sets = wanted.get("claim_property_sets") or []
        if sets and (status.get("claimPropertySets") or [])[: len(sets)] != sets:
            yield f"StorageProfile {name} says {status.get('claimPropertySets')}, wanted is {sets}"
        if wanted.get("snapshot_class") and status.get("snapshotClass") != wanted["snapshot_class"]:
            yield f"StorageProfile {name} would take snapshots by {status.get('snapshotClass')}"


_JUDGES: dict[str, Judge] = {
    "kinds": _kinds,
    "multus": _multus,
    "longhorn": lambda objects, expected: judge_longhorn(objects, expected.settings),
    "kubevirt": _kubevirt,
    "cdi": _cdi,
    "storage_profiles": _profiles,
}
