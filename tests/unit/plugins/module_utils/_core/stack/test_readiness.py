from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.readiness import (
    NAD_CRD,
    Expected,
    judge,
    sources,
)

READY = {"type": "Ready", "status": "True"}
SELECTOR = {"vm": "true"}


def named(name: str, **more: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, "generation": 1}, **more}


def node(name: str, kvm: str = "110", **labels: str) -> dict[str, Any]:
    thing = named(name, status={"conditions": [READY], "allocatable": {"devices.kubevirt.io/kvm": kvm}})
    thing["metadata"]["labels"] = {"vm": "true", "kubevirt.io/schedulable": "true", **labels}
    return thing


def daemon_set(name: str, wanted: int = 1) -> dict[str, Any]:
    counts = {"desiredNumberScheduled": wanted, "numberReady": wanted, "updatedNumberScheduled": wanted}
    return named(name, status={**counts, "observedGeneration": 1})


def conditions(**status: str) -> list[dict[str, str]]:
    return [{"type": kind, "status": value} for kind, value in status.items()]


def storage_class(name: str, default: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "annotations": {"storageclass.kubernetes.io/is-default-class": default}}}


DEPLOYED = conditions(Available="True", Progressing="False", Degraded="False")
OBJECTS: dict[str, dict[str, Any]] = {
    "multus": {
        "nodes": [node("n1")],
        "daemonsets": [daemon_set("rke2-multus")],
        "crd": [named(NAD_CRD, status={"conditions": conditions(Established="True")})],
        "chart": [named("rke2-multus", spec={"failurePolicy": "abort"})],
    },
    "longhorn": {
        "nodes": [node("n1")],
        "daemonsets": [daemon_set("longhorn-manager")],
        "deployments": [named("longhorn-driver-deployer", status={"conditions": conditions(Available="True")})],
        "csidrivers": [named("driver.longhorn.io")],
        "storageclasses": [storage_class("longhorn", "false"), storage_class("longhorn-vm", "true")],
        # m1 is a node that Longhorn's selector leaves out.
        "csinodes": [
            named("n1", spec={"drivers": [{"name": "driver.longhorn.io"}]}),
            named("m1", spec={"drivers": None}),
        ],
        "engineimages": [named("ei", status={"state": "deployed", "nodeDeploymentMap": {"n1": True}})],
        "instancemanagers": [named("im", spec={"nodeID": "n1"}, status={"currentState": "running"})],
        "settings": [named("upgrade-checker", value="false", status={"applied": True})],
        "longhorn_nodes": [
            named(
                "n1",
                status={
                    "conditions": conditions(Ready="True", Schedulable="True"),
                    "diskStatus": {"d": {"conditions": conditions(Ready="True", Schedulable="True")}},
                },
            )
        ],
    },
    "kubevirt": {
        "nodes": [node("n1"), {**node("m1"), "metadata": {"name": "m1", "labels": {}}}],
        "kubevirts": [
            named(
                "kubevirt",
                status={
                    "phase": "Deployed",
                    "observedKubeVirtVersion": "v1.8.4",
                    "targetKubeVirtVersion": "v1.8.4",
                    "observedGeneration": 1,
                    "conditions": DEPLOYED,
                },
            )
        ],
    },
    "cdi": {
        "cdis": [
            named(
                "cdi",
                status={
                    "phase": "Deployed",
                    "observedVersion": "v1.65.0",
                    "targetVersion": "v1.65.0",
                    "conditions": DEPLOYED,
                },
            )
        ]
    },
    "storage_profiles": {
        "profiles": [
            named(
                "vm",
                status={
                    "claimPropertySets": [{"accessModes": ["ReadWriteMany"], "volumeMode": "Block"}, {"more": 1}],
                    "snapshotClass": "snap",
                },
            )
        ]
    },
}
PROFILE = {
    "storage_class": "vm",
    "claim_property_sets": [{"accessModes": ["ReadWriteMany"], "volumeMode": "Block"}],
    "snapshot_class": "snap",
}
EXPECTED = {
    "multus": Expected(namespace="kube-system", daemon_set="rke2-multus"),
    "longhorn": Expected(namespace="longhorn-system", settings={"upgrade-checker": "false"}),
    "kubevirt": Expected(namespace="kubevirt", version="v1.8.4", node_selector=SELECTOR),
    "cdi": Expected(namespace="cdi", version="v1.65.0"),
    "storage_profiles": Expected(profiles=[PROFILE]),
}


def missing(component: str, *path: str | int, value: Any) -> list[str]:
    """What is missing when the value at the path of the ready objects is another one."""
    objects = copy.deepcopy(OBJECTS[component])
    place: Any = objects
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return judge(component, objects, EXPECTED[component])


@pytest.mark.parametrize("component", OBJECTS)
def test_a_ready_component_misses_nothing(component: str) -> None:
    assert judge(component, OBJECTS[component], EXPECTED[component]) == []


@pytest.mark.parametrize("component", OBJECTS)
def test_every_source_that_is_judged_is_read(component: str) -> None:
    assert sources(component, EXPECTED[component]).keys() >= OBJECTS[component].keys()


@pytest.mark.parametrize("component", OBJECTS)
def test_an_empty_cluster_misses_everything_without_an_error(component: str) -> None:
    assert judge(component, dict.fromkeys(OBJECTS[component]), EXPECTED[component])


COUNTS = ("status", "desiredNumberScheduled")


@pytest.mark.parametrize(
    ("component", "path", "value", "told"),
    [
        ("multus", ("daemonsets", 0, *COUNTS), 0, "runs on 0 nodes, expected at least 1"),
        ("multus", ("daemonsets", 0, "status", "numberReady"), 0, "0 of 1 pods are ready"),
        ("multus", ("daemonsets", 0, "status", "observedGeneration"), 0, "its last change was not seen"),
        ("multus", ("crd",), None, "is not established"),
        ("multus", ("chart", 0, "spec", "failurePolicy"), "reinstall", "lacks failurePolicy abort"),
        ("multus", ("nodes", 0, "status", "conditions"), conditions(Ready="False"), "node n1 is not Ready"),
        ("longhorn", ("deployments", 0, "status", "conditions"), [], "longhorn-driver-deployer is not available"),
        ("longhorn", ("csidrivers",), [], "CSIDriver driver.longhorn.io is not there"),
        ("longhorn", ("csinodes", 0, "spec", "drivers"), None, "node n1 has not registered"),
        ("longhorn", ("csinodes",), [], "node n1 has not registered"),
        ("longhorn", ("longhorn_nodes", 0, "status", "conditions"), conditions(Ready="True"), "n1 is not Schedulable"),
        ("longhorn", ("longhorn_nodes", 0, "status", "diskStatus"), {}, "no disk that is ready"),
        ("longhorn", ("engineimages", 0, "status", "nodeDeploymentMap"), {"n1": False}, "missing on n1"),
        ("longhorn", ("engineimages", 0, "status", "state"), "deploying", "engine image ei is deploying"),
        ("longhorn", ("instancemanagers", 0, "status", "currentState"), "error", "no instance manager runs on n1"),
        (
            "longhorn",
            ("storageclasses", 0),
            storage_class("longhorn", "true"),
            "2 storage classes are the default (longhorn, longhorn-vm)",
        ),
        ("longhorn", ("storageclasses", 1), storage_class("longhorn-vm", "false"), "no storage class is the default"),
        ("longhorn", ("settings", 0, "value"), "true", "setting upgrade-checker is 'true', wanted is 'false'"),
        ("longhorn", ("settings", 0, "status"), {"applied": False}, "is not applied yet"),
        ("kubevirt", ("kubevirts", 0, "status", "phase"), "Deploying", "KubeVirt is in phase Deploying"),
        (
            "kubevirt",
            ("kubevirts", 0, "status", "observedKubeVirtVersion"),
            "v1.7.0",
            "observedKubeVirtVersion is v1.7.0",
        ),
        ("kubevirt", ("kubevirts", 0, "status", "observedGeneration"), 0, "has not seen the last change"),
        ("kubevirt", ("kubevirts", 0, "status", "conditions"), DEPLOYED[:1], "condition Progressing is not set"),
        ("kubevirt", ("nodes", 0), node("n1", kvm="0"), "n1 offers no devices.kubevirt.io/kvm"),
        ("kubevirt", ("nodes", 0), node("n1", **{"kubevirt.io/schedulable": "false"}), "has not made n1 schedulable"),
        ("kubevirt", ("nodes",), [node("n1", vm="false")], "no node carries the labels"),
        ("cdi", ("cdis", 0, "status", "targetVersion"), "v1.66.0", "targetVersion is v1.66.0"),
        ("cdi", ("cdis", 0, "status", "phase"), "Error", "CDI is in phase Error"),
        ("storage_profiles", ("profiles", 0, "status", "claimPropertySets"), [], "StorageProfile vm says []"),
        ("storage_profiles", ("profiles", 0, "status", "snapshotClass"), "bak", "would take snapshots by bak"),
    ],
)
def test_each_condition_alone_keeps_it_from_being_ready(
    component: str, path: tuple[str | int, ...], value: Any, told: str
) -> None:
    found = missing(component, *path, value=value)
    assert [line for line in found if told in line], found


def test_in_emulation_a_node_needs_no_kvm() -> None:
    objects = {**OBJECTS["kubevirt"], "nodes": [node("n1", kvm="0")]}
    expected = Expected(version="v1.8.4", node_selector=SELECTOR, emulation=True)
    assert judge("kubevirt", objects, expected) == []


def test_kinds_wait_for_the_api_to_serve_them() -> None:
    expected = Expected(kinds=["a/v1/as", "b/v1/bs"])
    assert judge("kinds", {"a/v1/as": [], "b/v1/bs": None}, expected) == ["the API does not serve b/v1/bs yet"]
