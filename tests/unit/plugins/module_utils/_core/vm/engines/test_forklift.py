from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.engines import forklift
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.engines.common import VSphere, Watched
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Disk, Nic, Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.settings import NetworkRule, Settings, StorageRule

MOVE = forklift.Move("wave-1", "konveyor", "vms", VSphere("vcenter.example.com", "credentials"))
SETTINGS = Settings(
    "wave-1",
    "vms",
    networks=(NetworkRule("VLAN 10", "vms/vlan10"), NetworkRule("DMZ", "ignore"), NetworkRule("*", "pod")),
    storage=(StorageRule("ds1", "fast"), StorageRule("*", "slow", "Filesystem", ("ReadWriteOnce",))),
)


def machine(number: int, network: str = "VLAN 10", datastore: str = "ds1") -> Vm:
    disk = Disk("2000", 1 << 30, f"[{datastore}] a.vmdk", datastore=datastore)
    return Vm(f"Web_{number}", id=f"vm-{number}", disks=(disk,), nics=(Nic("4000", network),))


def by_kind(objects: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [body for body in objects if body["kind"] == kind]


def test_a_wave_is_cut_into_plans_of_a_hundred() -> None:
    objects = forklift.objects([machine(number) for number in range(205)], SETTINGS, MOVE)
    assert [body["kind"] for body in objects] == ["Provider", "NetworkMap", "StorageMap", "Plan", "Plan", "Plan"]
    plans = by_kind(objects, "Plan")
    assert [len(plan["spec"]["vms"]) for plan in plans] == [100, 100, 5]
    assert [plan["metadata"]["name"] for plan in plans] == [f"ironacre-wave-1-{number}" for number in (1, 2, 3)]
    assert plans[2]["spec"]["vms"][-1] == {"id": "vm-204", "name": "Web_204", "targetName": "web-204"}


def test_maps_hold_what_the_machines_use_each_once() -> None:
    machines = [machine(1), machine(2, "DMZ"), machine(3, "old lan", "ds2"), machine(4)]
    objects = forklift.objects(machines, SETTINGS, MOVE)
    assert by_kind(objects, "NetworkMap")[0]["spec"]["map"] == [
        {"source": {"name": "DMZ"}, "destination": {"type": "ignored"}},
        {"source": {"name": "VLAN 10"}, "destination": {"type": "multus", "namespace": "vms", "name": "vlan10"}},
        {"source": {"name": "old lan"}, "destination": {"type": "pod"}},
    ]
    fast = {"storageClass": "fast", "volumeMode": "Block", "accessMode": "ReadWriteMany"}
    slow = {"storageClass": "slow", "volumeMode": "Filesystem", "accessMode": "ReadWriteOnce"}
    assert by_kind(objects, "StorageMap")[0]["spec"]["map"] == [
        {"source": {"name": "ds1"}, "destination": fast},
        {"source": {"name": "ds2"}, "destination": slow},
    ]


def test_groups_of_one_source_share_a_provider() -> None:
    first, second = (forklift.provider(replace(MOVE, name=name)) for name in ("wave-1", "wave-2"))
    assert first == second


def test_a_warm_migration_has_its_library_and_its_cut_over() -> None:
    warm = replace(MOVE, warm=True, vddk_image="registry.example.com/vddk:8", cutover="2027-01-30T22:00:00Z")
    objects = forklift.objects([machine(1)], SETTINGS, warm)
    assert by_kind(objects, "Provider")[0]["spec"]["settings"]["vddkInitImage"] == "registry.example.com/vddk:8"
    assert by_kind(objects, "Plan")[0]["spec"]["type"] == "warm"
    assert forklift.migration("ironacre-wave-1-1", warm)["spec"] == {
        "plan": {"name": "ironacre-wave-1-1", "namespace": "konveyor"},
        "cutover": "2027-01-30T22:00:00Z",
    }
    assert "cutover" not in forklift.migration("x", replace(warm, warm=False))["spec"]


def test_a_binding_that_forklift_would_drop_in_silence_is_refused() -> None:
    bound = replace(SETTINGS, networks=(NetworkRule("DMZ", "ignore"), NetworkRule("*", "vms/lan", binding="sriov")))
    (finding,) = forklift.findings([machine(1)], bound, MOVE)
    assert (finding.place, finding.found) == (
        "mapping.networks[1].binding",
        "the engine forklift bridges every network attachment",
    )
    bridged = replace(SETTINGS, networks=(NetworkRule("*", "vms/lan", binding="bridge"),))
    assert not list(forklift.findings([machine(1)], bridged, MOVE))


def test_what_forklift_would_refuse_is_told_at_once() -> None:
    settings = Settings("wave-1", "vms", storage=(StorageRule("ds1"),))
    found = forklift.findings([replace(machine(1), id="")], settings, replace(MOVE, warm=True))
    assert [finding.place for finding in found] == [
        "engine_options.vddk_image",
        "source.Web_1.id",
        "source.Web_1.nics[4000]",
        "source.Web_1.disks[2000]",
    ]
    assert not list(forklift.findings([machine(1)], SETTINGS, MOVE))


def conditions(*found: tuple[str, str, str]) -> dict[str, Any]:
    listed = [{"type": kind, "status": "True", "category": category, "message": text} for kind, category, text in found]
    return {"status": {"conditions": listed}}


@pytest.mark.parametrize(
    ("live", "watched"),
    [
        (None, Watched("not there")),
        ({}, Watched("NotReady")),
        (conditions(("Ready", "Required", "ready")), Watched("Ready", done=True, reason="ready")),
        (
            conditions(("Ready", "Required", "r"), ("VMNotFound", "Critical", "VM not found.")),
            Watched("NotReady", failed=True, reason="VM not found."),
        ),
    ],
)
def test_an_object_is_ready_or_says_why_not(live: dict[str, Any] | None, watched: Watched) -> None:
    assert forklift.ready(live) == watched


def test_a_migration_tells_each_machine() -> None:
    running = {"name": "DiskTransfer", "phase": "Running", "progress": {"total": 200, "completed": 50}}
    vms: list[dict[str, Any]] = [
        {"id": "vm-1", "name": "Web_1", "phase": "CopyDisks", "pipeline": [{"name": "Initialize"}, running]},
        {
            "id": "vm-2",
            "newName": "web-2",
            "phase": "Completed",
            "conditions": [{"type": "Succeeded", "status": "True"}],
        },
        {"id": "vm-3", "name": "c", "phase": "Completed", "error": {"phase": "CopyDisks", "reasons": ["no VDDK"]}},
    ]
    found = forklift.moved({"status": {"vms": vms}})
    assert found["vm-1"] == Watched("CopyDisks", "DiskTransfer 25%", machine="web-1")
    assert found["vm-2"] == Watched("Completed", done=True, machine="web-2")
    assert found["vm-3"] == Watched("Completed", failed=True, reason="no VDDK", machine="c")
    assert forklift.moved(None) == {}
