from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import InputErrors
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.catalogue import table
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.concerns import (
    CATALOGUE,
    Estate,
    Subject,
    Target,
    assess,
    report,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Cpu, Disk, Guest, Nic, Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.settings import NetworkRule, Settings, StorageRule

# What rules of the catalogue look at, each as it is when there is nothing to tell.
FINE = {
    "cbt": True,
    "reachable": True,
    "encrypted": False,
    "consolidation_needed": False,
    "fault_tolerance": False,
    "linked_clone": False,
    "nested": False,
    "sriov": False,
    "drs": False,
    "affinity": False,
    "numa_affinity": False,
    "memory_hotadd": False,
    "disk_enable_uuid": False,
    "host_rules": [],
    "hostname": "web01.example.com",
    "file_systems": [{"path": "/", "capacity": 10 << 30, "free": 1 << 30}],
}
GOOD = Vm(
    "web01",
    id="vm-1",
    power="on",
    tools="running",
    cpu=Cpu(2, 2),
    memory_mib=2048,
    guest=Guest("rhel9_64Guest", "", "linux"),
    disks=(Disk("2000", 1 << 30, datastore="ds1", tracking=True),),
    nics=(Nic("4000", "VLAN 10", mac="00:50:56:00:00:01", ips=("192.0.2.1/24",)),),
    source={"type": "vcenter", "host": "esx1"},
    extra=FINE,
)
SETTINGS = Settings("web01", "vms", networks=(NetworkRule("VLAN 10", "vms/vlan10"),))
DISK, NIC = GOOD.disks[0], GOOD.nics[0]
TARGET = Target(
    node_cpus=2,
    node_memory_mib=2048,
    free_bytes={"": 1 << 30},
    names=("web02",),
    macs={"00:50:56:00:00:02": "vms/web02"},
    storage_classes=("longhorn",),
    networks=("vms/vlan10",),
)
ESTATE = Estate({"web01": ("web01 (vm-1)",)}, {NIC.mac: ("web01 (vm-1)",)}, {"ds1": "VMFS"})


def found(vm: Vm = GOOD, settings: Settings = SETTINGS, target: Target = TARGET, estate: Estate = ESTATE) -> Any:
    return [(concern.id, concern.severity) for concern in assess(Subject(vm, settings, target, estate))]


def with_extra(**values: Any) -> dict[str, Any]:
    return {"extra": {**FINE, **values}}


def test_no_rule_speaks_of_a_plain_machine() -> None:
    """The passing case of every rule: each fact that a rule looks at is there, and is fine."""
    assert found() == []


BAD: list[tuple[str, str, dict[str, Any]]] = [
    ("hardware.missing", "critical", {"memory_mib": 0}),
    ("hardware.missing", "critical", {"cpu": Cpu(0, 1)}),
    ("disk.rdm", "critical", {"disks": (replace(DISK, rdm=True),)}),
    ("disk.capacity", "critical", {"disks": (replace(DISK, capacity=0),)}),
    ("disk.sharing", "critical", {"disks": (replace(DISK, sharing="multiWriter"),)}),
    ("disk.datastore", "critical", {"disks": (replace(DISK, datastore=""),)}),
    ("disk.key", "critical", {"disks": (replace(DISK, capacity=1), replace(DISK, capacity=1, unit=1))}),
    ("disk.independent", "warning", {"disks": (replace(DISK, mode="independent_persistent"),)}),
    ("disk.count", "warning", {"disks": tuple(replace(DISK, key=str(n), capacity=1) for n in range(26))}),
    ("disk.tracking", "info", {"disks": (replace(DISK, tracking=False),)}),
    ("disk.serial", "info", with_extra(disk_enable_uuid=True)),
    ("guest.space", "critical", with_extra(file_systems=[{"path": "/", "free": 5 << 20}])),
    ("guest.unknown", "warning", {"guest": Guest("beos", "", "other")}),
    ("guest.old", "warning", {"guest": Guest("rhel5_64Guest", "", "linux")}),
    ("guest.drivers", "warning", {"guest": Guest("windows9_64Guest", "", "windows")}),
    ("guest.hostname", "info", with_extra(hostname="localhost")),
    ("guest.addresses", "warning", {"nics": (replace(NIC, ips=()),)}),
    ("guest.tools", "warning", {"tools": "notrunning"}),
    ("snapshot.present", "warning", {"snapshots": ("before-patch",)}),
    ("snapshot.consolidate", "critical", with_extra(consolidation_needed=True)),
    ("device.passthrough", "critical", {"pci": ("gpu",)}),
    ("device.usb", "info", {"usb": ("dongle",)}),
    ("device.cdrom", "info", {"cdroms": ("CD 1",)}),
    ("machine.template", "warning", {"template": True}),
    ("machine.suspended", "critical", {"power": "suspended"}),
    ("machine.unreachable", "critical", with_extra(reachable=False)),
    ("machine.encrypted", "critical", with_extra(encrypted=True)),
    ("machine.linked_clone", "warning", with_extra(linked_clone=True)),
    ("machine.fault_tolerance", "warning", with_extra(fault_tolerance=True)),
    ("machine.tpm", "warning", {"tpm": True}),
    ("machine.nested", "warning", with_extra(nested=True)),
    ("machine.sriov", "warning", with_extra(sriov=True)),
    ("host.rules", "info", with_extra(host_rules=["keep on esx1"])),
    ("host.power", "info", with_extra(drs=True)),
    ("cpu.affinity", "info", with_extra(affinity=True)),
    ("cpu.numa", "info", with_extra(numa_affinity=True)),
    ("cpu.topology", "warning", {"cpu": Cpu(2, 4)}),
    ("cpu.hotadd", "info", {"cpu": Cpu(2, 2, hotadd=True)}),
    ("memory.hotadd", "info", with_extra(memory_hotadd=True)),
    ("cbt.off", "info", with_extra(cbt=False)),
    ("name.changed", "info", {"name": "Web_01"}),
    ("mapping.missing", "critical", {"nics": (replace(NIC, network="VLAN 11"),)}),
    ("mapping.invalid", "critical", {"nics": (replace(NIC, mac="01:00:5e:00:00:01"),)}),
]


@pytest.mark.parametrize(("identifier", "severity", "changes"), BAD, ids=[entry[0] for entry in BAD])
def test_each_rule_sees_its_case_and_no_other(identifier: str, severity: str, changes: dict[str, Any]) -> None:
    estate = Estate() if "name" in changes else ESTATE
    assert found(replace(GOOD, **changes), estate=estate) == [(identifier, severity)]


def test_windows_with_a_tpm_may_keep_its_disk_key_there() -> None:
    vm = replace(GOOD, tpm=True, guest=Guest("windows11_64Guest", "", "windows"))
    assert found(vm, replace(SETTINGS, prepared=True)) == [("guest.bitlocker", "warning")]


def test_a_disk_on_storage_without_files_is_read_otherwise() -> None:
    assert found(estate=replace(ESTATE, datastores={"ds1": "vsan"})) == [("disk.no_files", "info")]


TARGETS: list[tuple[str, dict[str, Any]]] = [
    ("target.name", {"names": ("web01",)}),
    ("target.mac", {"macs": {"00:50:56:00:00:01": "vms/other"}}),
    ("target.node", {"node_cpus": 1}),
    ("target.node", {"node_memory_mib": 1024}),
    ("target.space", {"free_bytes": {"": 1 << 20}}),
    ("target.network", {"networks": ("vms/vlan11",)}),
]
PLUGGED = replace(SETTINGS, networks=(NetworkRule("VLAN 10", "vms/vlan10", binding="macvtap"),))
IMPORTED = {"names": ("web01",), "macs": {"00:50:56:00:00:01": "vms/web01"}, "imported": {"vm-1": "vms/web01"}}


@pytest.mark.parametrize(("identifier", "changes"), TARGETS, ids=[entry[0] for entry in TARGETS])
def test_the_target_is_asked_before_any_byte_moves(identifier: str, changes: dict[str, Any]) -> None:
    assert found(target=replace(TARGET, **changes)) == [(identifier, "critical")]
    assert found(target=Target()) == [], "what is not known of the cluster is no concern"


@pytest.mark.parametrize(
    ("bindings", "expected"),
    [((), [("target.binding", "critical")]), (("macvtap", "passt"), []), (None, [])],
)
def test_a_network_binding_must_be_registered(bindings: tuple[str, ...] | None, expected: list[Any]) -> None:
    target = replace(TARGET, bindings=bindings)
    assert found(settings=PLUGGED, target=target) == expected
    own = replace(SETTINGS, networks=(NetworkRule("VLAN 10", "vms/vlan10", binding="bridge"),))
    assert found(settings=own, target=target) == [], "KubeVirt bridges by itself"


def test_a_machine_that_was_imported_does_not_stand_in_its_own_way() -> None:
    assert found(target=replace(TARGET, **IMPORTED)) == [("target.imported", "info")]
    other = {**IMPORTED, "imported": {"vm-9": "vms/web01"}}
    assert found(target=replace(TARGET, **other)) == [("target.mac", "critical"), ("target.name", "critical")]


@pytest.mark.parametrize(("storage_class", "expected"), [("gold", [("target.class", "critical")]), ("longhorn", [])])
def test_a_storage_class_must_be_there(storage_class: str, expected: list[tuple[str, str]]) -> None:
    assert found(settings=replace(SETTINGS, storage=(StorageRule("*", storage_class),))) == expected


def test_room_is_counted_by_class_where_it_is_known() -> None:
    settings = replace(SETTINGS, storage=(StorageRule("*", "longhorn"),))
    assert found(settings=settings, target=replace(TARGET, free_bytes={"longhorn": 1 << 30, "": 0})) == []
    small = replace(TARGET, free_bytes={"longhorn": 1 << 20, "": 1 << 40})
    assert found(settings=settings, target=small) == [("target.space", "critical")]


@pytest.mark.parametrize(
    ("identifier", "changes"),
    [
        ("estate.name", {"names": {"web01": ("web01 (vm-1)", "WEB01 (vm-9)")}}),
        ("estate.mac", {"macs": {NIC.mac: ("web01 (vm-1)", "web09")}}),
    ],
)
def test_machines_stand_in_each_others_way(identifier: str, changes: dict[str, Any]) -> None:
    assert found(estate=replace(ESTATE, **changes)) == [(identifier, "critical")]


@pytest.mark.parametrize(
    "settings", [replace(SETTINGS, networks=()), replace(SETTINGS, storage=(StorageRule("ds9", "longhorn"),))]
)
def test_an_unmapped_network_or_datastore_is_critical(settings: Settings) -> None:
    assert found(settings=settings) == [("mapping.missing", "critical")]


def test_the_pod_network_loses_addresses() -> None:
    settings = replace(SETTINGS, networks=(NetworkRule("*", "pod"),))
    assert found(settings=settings) == [("network.addresses", "warning")]


def test_an_override_of_memory_is_a_way_out() -> None:
    assert found(replace(GOOD, memory_mib=0), replace(SETTINGS, memory_mib=512)) == []


def test_every_rule_has_a_case_here() -> None:
    seen = {entry[0] for entry in BAD} | {entry[0] for entry in TARGETS}
    seen |= {"target.class", "estate.name", "estate.mac", "network.addresses", "guest.bitlocker", "disk.no_files"}
    seen |= {"target.imported", "target.binding"}
    assert {entry.id for entry in CATALOGUE} == seen
    assert len({entry.id for entry in CATALOGUE}) == len(CATALOGUE)


def test_every_rule_says_what_it_finds_and_what_to_do() -> None:
    assert all(entry.about and entry.way_out for entry in CATALOGUE)
    assert table().count("\n") == len(CATALOGUE) + 1


def test_an_estate_is_sorted_into_ready_and_blocked() -> None:
    bad = replace(GOOD, name="db01", id="vm-2", nics=(), pci=("gpu",), usb=("dongle",))
    subjects = [Subject(vm, replace(SETTINGS, name=vm.name), Target()) for vm in (GOOD, bad)]
    found = report(subjects)
    assert (found["ready"], found["blocked"]) == (["web01"], ["db01"])
    assert found["summary"] == {"critical": 1, "warning": 0, "info": 1}
    assert report(subjects, disabled=("device.passthrough",))["blocked"] == []


def test_machines_of_an_estate_with_one_name_or_address_are_told_of_each_other() -> None:
    twin = replace(GOOD, name="WEB_01", id="vm-2")
    subjects = [Subject(vm, replace(SETTINGS, name=vm.name), Target()) for vm in (GOOD, twin)]
    told = {(concern["vm"], concern["id"]) for concern in report(subjects)["concerns"]}
    assert {("web01", "estate.mac"), ("WEB_01", "estate.mac")} <= told
    assert not {entry for entry in told if entry[1] == "estate.name"}, "web01 and web-01 are two names"
    subjects[1] = replace(subjects[1], settings=replace(SETTINGS, name="web01"))
    assert {concern["id"] for concern in report(subjects)["concerns"]} >= {"estate.name"}


def test_a_rule_that_is_not_there_cannot_be_left_out() -> None:
    with pytest.raises(InputErrors, match=r"there is no rule disk\.rmd"):
        report([], disabled=("disk.rmd",))
