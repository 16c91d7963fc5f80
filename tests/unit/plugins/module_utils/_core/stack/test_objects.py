"""What is rendered, key by key where it matters; the CRDs judge it in tests/peers."""

from __future__ import annotations

import json

from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.cdi import (
    Cdi,
    cdi_object,
    storage_profile,
    upload_service,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.kubevirt import KubeVirt, kubevirt_object
from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.longhorn import (
    setting,
    snapshot_class,
    storage_class,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.merge import deep_merge, without_empty


def test_merging_goes_down_and_changes_neither() -> None:
    below = {"a": {"b": 1, "c": [1]}, "d": 1}
    assert deep_merge(below, {"a": {"b": 2, "c": [2]}, "e": 3}) == {"a": {"b": 2, "c": [2]}, "d": 1, "e": 3}
    assert below == {"a": {"b": 1, "c": [1]}, "d": 1}
    assert without_empty({"a": 0, "b": False, "c": None, "d": "", "e": [], "f": {}}) == {"a": 0, "b": False}


def test_kubevirt_runs_where_it_is_told() -> None:
    spec = kubevirt_object(KubeVirt(node_selector={"vm": "true"}, infra_replicas=1))["spec"]
    assert spec["infra"] == {"replicas": 1, "nodePlacement": {"nodeSelector": {"vm": "true"}}}
    assert spec["workloads"] == {"nodePlacement": {"nodeSelector": {"vm": "true"}}}
    assert spec["configuration"]["evictionStrategy"] == "LiveMigrate"
    assert "customizeComponents" not in spec
    assert "developerConfiguration" not in spec["configuration"]


def test_declared_configuration_wins_and_keeps_its_neighbours() -> None:
    wanted = KubeVirt(configuration={"network": {"permitBridgeInterfaceOnPodNetwork": True}, "cpuModel": "Nehalem"})
    configuration = kubevirt_object(wanted)["spec"]["configuration"]
    assert configuration["network"] == {
        "defaultNetworkInterface": "masquerade",
        "permitBridgeInterfaceOnPodNetwork": True,
    }
    assert configuration["cpuModel"] == "Nehalem"


def test_kvm_is_hidden_by_a_patch_of_virt_handler() -> None:
    spec = kubevirt_object(KubeVirt(hide_kvm=True, use_emulation=True))["spec"]
    (patch,) = spec["customizeComponents"]["patches"]
    (container,) = json.loads(patch["patch"])["spec"]["template"]["spec"]["initContainers"]
    assert (patch["resourceName"], container["name"]) == ("virt-handler", "virt-launcher")
    assert {"name": "HYPERVISOR_DEVICE", "value": "none"} in container["env"]
    assert spec["configuration"]["developerConfiguration"] == {"useEmulation": True}


def test_cdi_says_what_importers_may_use() -> None:
    wanted = Cdi(
        node_selector={"vm": "true"}, resources={"limits": {"memory": "2G"}}, config={"insecureRegistries": ["r"]}
    )
    spec = cdi_object(wanted)["spec"]
    assert spec["config"] == {"podResourceRequirements": {"limits": {"memory": "2G"}}, "insecureRegistries": ["r"]}
    assert spec["infra"] == spec["workload"] == {"nodeSelector": {"vm": "true"}}
    assert cdi_object(Cdi(infra_replicas=2))["spec"]["infra"]["uploadProxyReplicas"] == 2


def test_a_storage_profile_names_its_snapshot_class() -> None:
    sets = [{"accessModes": ["ReadWriteMany"], "volumeMode": "Filesystem"}]
    profile = storage_profile({"storage_class": "vm", "claim_property_sets": sets, "snapshot_class": "snap"})
    assert profile["spec"] == {"claimPropertySets": sets, "snapshotClass": "snap"}


def test_uploads_come_in_by_a_port_of_every_node() -> None:
    (port,) = upload_service("cdi", 31001)["spec"]["ports"]
    assert (port["nodePort"], port["targetPort"]) == (31001, 8443)


def test_longhorn_keeps_texts() -> None:
    assert setting("longhorn-system", "upgrade-checker", False)["value"] == "false"
    parameters = storage_class({"name": "vm", "parameters": {"numberOfReplicas": 3, "migratable": True}})["parameters"]
    assert parameters == {"numberOfReplicas": "3", "migratable": "true"}


def test_default_classes_are_marked_and_others_are_not() -> None:
    assert "annotations" not in storage_class({"name": "x"})["metadata"]
    marked = storage_class({"name": "x", "default": True, "virt_default": True})["metadata"]["annotations"]
    assert sorted(marked.values()) == ["true", "true"]
    assert "annotations" in snapshot_class({"name": "x", "type": "snap", "default": True})["metadata"]
    assert snapshot_class({"name": "x", "type": "bak", "deletion_policy": "Retain"})["deletionPolicy"] == "Retain"
