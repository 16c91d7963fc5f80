from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.concerns import (
    CATALOGUE,
    Subject,
    Target,
    assess,
    report,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Cpu, Disk, Guest, Nic, Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.settings import NetworkRule, Settings, StorageRule

GOOD = Vm(
    "web01",
    cpu=Cpu(2, 2),
    memory_mib=2048,
    guest=Guest("rhel9_64Guest", "", "linux"),
    disks=(Disk("2000", 1 << 30, datastore="ds1"),),
    nics=(Nic("4000", "VLAN 10", mac="00:50:56:00:00:01", ips=("192.0.2.1/24",)),),
)
SETTINGS = Settings("web01", "vms", networks=(NetworkRule("VLAN 10", "vms/vlan10"),))
DISK, TARGET = GOOD.disks[0], Target()


def found(vm: Vm = GOOD, settings: Settings = SETTINGS, target: Target = TARGET) -> list[tuple[str, str]]:
    return [(concern.id, concern.severity) for concern in assess(Subject(vm, settings, target))]


def test_a_plain_machine_raises_no_concern() -> None:
    assert found() == []


BAD: list[tuple[str, str, dict[str, Any]]] = [
    ("hardware.missing", "critical", {"memory_mib": 0}),
    ("disk.rdm", "critical", {"disks": (replace(DISK, rdm=True),)}),
    ("disk.capacity", "critical", {"disks": (replace(DISK, capacity=0),)}),
    ("disk.sharing", "critical", {"disks": (replace(DISK, sharing="multiWriter"),)}),
    ("disk.independent", "warning", {"disks": (replace(DISK, mode="independent_persistent"),)}),
    ("disk.serial", "info", {"extra": {"disk_enable_uuid": True}}),
    ("guest.space", "critical", {"extra": {"file_systems": [{"path": "/", "free": 5 << 20}]}}),
    ("guest.unknown", "warning", {"guest": Guest("beos", "", "other")}),
    ("guest.drivers", "warning", {"guest": Guest("windows9_64Guest", "", "windows")}),
    ("guest.hostname", "info", {"extra": {"hostname": "localhost"}}),
    ("guest.addresses", "warning", {"power": "on", "nics": (replace(GOOD.nics[0], ips=()),)}),
    ("guest.tools", "warning", {"power": "on", "tools": "notrunning"}),
    ("snapshot.present", "warning", {"snapshots": ("before-patch",)}),
    ("snapshot.consolidate", "critical", {"extra": {"consolidation_needed": True}}),
    ("device.passthrough", "critical", {"pci": ("gpu",)}),
    ("device.usb", "info", {"usb": ("dongle",)}),
    ("device.cdrom", "info", {"cdroms": ("CD 1",)}),
    ("machine.template", "warning", {"template": True}),
    ("machine.suspended", "critical", {"power": "suspended"}),
    ("machine.encrypted", "critical", {"extra": {"encrypted": True}}),
    ("machine.linked_clone", "warning", {"extra": {"linked_clone": True}}),
    ("machine.fault_tolerance", "warning", {"extra": {"fault_tolerance": True}}),
    ("machine.tpm", "warning", {"tpm": True}),
    ("machine.affinity", "info", {"extra": {"affinity": True}}),
    ("machine.sriov", "warning", {"extra": {"sriov": True}}),
    ("cpu.topology", "warning", {"cpu": Cpu(6, 4)}),
    ("cpu.hotadd", "info", {"cpu": Cpu(2, 2, hotadd=True)}),
    ("cbt.off", "info", {"extra": {"cbt": False}}),
    ("name.changed", "info", {"name": "Web_01"}),
]


@pytest.mark.parametrize(("identifier", "severity", "changes"), BAD, ids=[entry[0] for entry in BAD])
def test_each_rule_sees_its_case_and_no_other(identifier: str, severity: str, changes: dict[str, Any]) -> None:
    assert found(replace(GOOD, **changes)) == [(identifier, severity)]


@pytest.mark.parametrize(
    ("identifier", "target"),
    [
        ("target.name", Target(names=("web01",))),
        ("target.mac", Target(macs={"00:50:56:00:00:01": "vms/other"})),
        ("target.node", Target(node_cpus=1)),
        ("target.node", Target(node_memory_mib=1024)),
        ("target.space", Target(free_bytes=1 << 20)),
    ],
)
def test_the_target_is_asked_before_any_byte_moves(identifier: str, target: Target) -> None:
    assert found(target=target) == [(identifier, "critical")]


@pytest.mark.parametrize(
    "settings", [replace(SETTINGS, networks=()), replace(SETTINGS, storage=(StorageRule("ds9", "gold"),))]
)
def test_an_unmapped_network_or_datastore_is_critical(settings: Settings) -> None:
    assert found(settings=settings) == [("mapping.missing", "critical")]


def test_every_rule_has_a_case_here() -> None:
    seen = {entry[0] for entry in BAD} | {"target.name", "target.mac", "target.node", "target.space"}
    assert {entry[0] for entry in CATALOGUE} == seen


def test_an_estate_is_sorted_into_ready_and_blocked() -> None:
    bad = replace(GOOD, name="db01", pci=("gpu",), usb=("dongle",))
    subjects = [Subject(vm, SETTINGS, Target()) for vm in (GOOD, bad)]
    found = report(subjects)
    assert (found["ready"], found["blocked"]) == (["web01"], ["db01"])
    assert found["summary"] == {"critical": 1, "warning": 0, "info": 1}
    assert report(subjects, disabled=("device.passthrough",))["blocked"] == []
