from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.report.collect import attachments, document, in_bytes
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.model import report_of

RACK = {
    "title": "rack1",
    "version": "v1.35.4+rke2r1",
    "api": "https://10.0.0.5:6443",
    "nodes": [{"name": "n1", "role": "server"}, {"name": "n2", "vm_host": False}],
}


def item(name: str, namespace: str = "", **more: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": namespace}, **more}


def ready(value: str) -> dict[str, Any]:
    return {"conditions": [{"type": "Ready", "status": value}]}


def move(source: str, target: str, created: str, phase: str = "Succeeded") -> dict[str, Any]:
    state = {"sourceNode": source, "targetNode": target}
    status = {"phase": phase, "migrationState": state}
    meta = {"name": f"{source}-{target}", "namespace": "vms", "creationTimestamp": created}
    return {"metadata": meta, "spec": {"vmiName": "guest1"}, "status": status}


def cluster() -> dict[str, Any]:
    info = {"kubeletVersion": "v1.35.4+rke2r1", "osImage": "Debian 12", "kernelVersion": "6.1"}
    capacity = {"cpu": "2", "memory": "4194304Ki"}
    running = {
        "phase": "Running",
        "nodeName": "n1",
        "interfaces": [{"ipAddress": "10.9.0.21"}, {"name": "without"}],
    }
    multus = {"template": {"spec": {"containers": [{"image": "ghcr.io/k8s/multus-cni:v4.2.2@sha256:00"}]}}}
    return {
        "Node": [
            item("n1", status={**ready("True"), "nodeInfo": info, "capacity": capacity}),
            item("n2", status=ready("Unknown")),
        ],
        "NetworkAttachmentDefinition": [
            item("office", "vms", spec={"config": json.dumps({"type": "bridge", "bridge": "br-vm", "vlan": 210})}),
            item("office", "other", spec={"config": "nonsense"}),
        ],
        "VirtualMachine": [item("guest1", "vms"), item("idle", "vms", status={"printableStatus": "Stopped"})],
        "VirtualMachineInstance": [
            item("guest1", "vms", spec={"networks": [{"multus": {"networkName": "vms/office"}}]}, status=running)
        ],
        "VirtualMachineInstanceMigration": [
            move("n2", "n1", "2026-02"),
            move("n1", "n2", "2026-01"),
            move("n1", "n2", "2026-03", phase="Failed"),
        ],
        "DaemonSet": [
            item("kube-multus-ds", "kube-system", spec=multus, status={"desiredNumberScheduled": 2, "numberReady": 1})
        ],
        "KubeVirt": [item("kubevirt", "kubevirt", status={"phase": "Deploying", "observedKubeVirtVersion": "v1.8.4"})],
    }


def test_nodes_get_what_the_cluster_knows() -> None:
    one, two = report_of(document(RACK, cluster(), [])).nodes
    assert (one.ready, one.system, one.cpus, one.memory) == (True, "Debian 12", 2, 4.0)
    assert two.ready is False


def test_before_there_is_a_cluster_the_inventory_alone_is_told() -> None:
    report = report_of(document(RACK, {}, []))
    assert [(node.name, node.ready) for node in report.nodes] == [("n1", None), ("n2", None)]
    assert (report.networks, report.vms, report.components) == ((), (), ())


def test_networks_are_those_of_the_cluster_and_reach_the_nodes_that_carry_vms() -> None:
    management, office = report_of(document(RACK, cluster(), [])).networks
    assert (management.nodes, management.about) == (("n1", "n2"), "API 10.0.0.5:6443")
    assert (office.name, office.about, office.nodes) == ("office", "VLAN 210 on br-vm", ("n1",))


def test_a_vm_tells_where_it_runs_and_how_it_came_there() -> None:
    guest, idle = report_of(document(RACK, cluster(), [])).vms
    assert (guest.status, guest.node, guest.networks, guest.addresses) == ("Running", "n1", ("office",), ("10.9.0.21",))
    assert guest.route == ("n1", "n2", "n1")
    assert (idle.status, idle.route) == ("Stopped", ())


def test_an_import_tells_its_source_and_whether_the_disks_are_equal() -> None:
    disk = {"capacity": 64 * 1024**2, "seconds": 2.0, "verified": True, "digest": "sha256:" + "0" * 64}
    (guest, _) = report_of(document(RACK, cluster(), [{"name": "guest1", "source": "guest.ova", "disks": [disk]}])).vms
    facts = dict(guest.facts)
    assert facts["imported from"] == "guest.ova"
    assert facts["disk"] == "64 MiB, copied in 2.0 s, digests of source and target are equal"


def test_components_are_healthy_by_their_own_condition() -> None:
    parts = {part.name: part for part in report_of(document(RACK, cluster(), [])).components}
    assert (parts["RKE2"].state, parts["RKE2"].healthy) == ("1 of 2 nodes Ready", False)
    assert (parts["Multus"].state, parts["Multus"].version, parts["Multus"].healthy) == (
        "1 of 2 pods ready",
        "v4.2.2",
        False,
    )
    assert (parts["KubeVirt"].state, parts["KubeVirt"].healthy) == ("Deploying", False)


@pytest.mark.parametrize(("text", "size"), [("1Ki", 1024), ("2Gi", 2 * 1024**3), ("7", 7), ("x", 0)])
def test_memory_is_read_in_kubernetes_units(text: str, size: int) -> None:
    assert in_bytes(text) == size


def test_a_network_of_ours_is_on_the_nodes_where_it_was_verified() -> None:
    def node(name: str, **labels: str) -> dict[str, Any]:
        return {
            "metadata": {"name": name, "labels": {f"hci.ironacre.io/{key}": value for key, value in labels.items()}}
        }

    ours = {"metadata": {"name": "web", "labels": {"hci.ironacre.io/cluster-network-name": "trunk"}}}
    objects = {"Node": [node("n1"), node("m1", **{"cluster-network-trunk": "ready"})]}
    rack = [{"name": "n1", "vm_host": True}, {"name": "m1", "vm_host": False}]
    assert attachments({**objects, "NetworkAttachmentDefinition": [ours]}, rack)[0]["nodes"] == ["m1"]
    foreign = {"metadata": {"name": "theirs"}}
    assert attachments({**objects, "NetworkAttachmentDefinition": [foreign]}, rack)[0]["nodes"] == ["n1"]
