"""Properties of vSphere -> the canonical machine."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.vsphere_devices import datastore_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.vsphere_fence import MARKER, Fence, Plug
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.vsphere_vm import unescape, vm_of
from tests.assets.vsphere import NETWORKS, any_vm, properties_of


def read(vm: Vm, **changed: Any) -> Vm:
    return vm_of(vm.id, {**properties_of(vm), **changed}, NETWORKS, vm.source)


def test_what_vsphere_tells_comes_back_whole() -> None:
    for seed in range(1000):
        vm = any_vm(seed)
        wanted = replace(vm, disks=tuple(replace(disk, datastore=datastore_of(disk.file)) for disk in vm.disks))
        found = read(vm)
        assert replace(found, extra=vm.extra) == wanted
        assert {key: found.extra[key] for key in vm.extra} == dict(vm.extra)
        assert Vm.from_dict(found.to_dict()) == found


def test_a_machine_of_which_nothing_may_be_seen_is_no_crash() -> None:
    found = vm_of("vm-1", {}, {}, {})
    assert (found.name, found.disks, found.power) == ("vm-1", (), "unknown")


@pytest.mark.parametrize("text", ["100%", "a/b", "a\\b", "%2f"])
def test_signs_that_vsphere_escapes(text: str) -> None:
    assert unescape(text.replace("%", "%25").replace("/", "%2f").replace("\\", "%5c")) == text


def test_a_fenced_machine_is_described_as_it_was() -> None:
    vm = next(vm for vm in map(any_vm, range(99)) if len({nic.connected for nic in vm.nics}) == 2)
    fence = Fence("prod/web01", {nic.key: Plug(nic.connected, nic.connected) for nic in vm.nics})
    shut = replace(vm, nics=tuple(replace(nic, connected=False) for nic in vm.nics))
    found = read(shut, **{"config.extraConfig": [{"key": MARKER, "value": fence.dump()}]})
    assert found.nics == vm.nics


def test_raw_device_mappings_are_told() -> None:
    vm = next(vm for vm in map(any_vm, range(99)) if vm.disks)
    found = read(replace(vm, disks=(replace(vm.disks[0], rdm=True),)))
    assert found.disks[0].rdm


def test_disks_on_a_shared_bus_are_shared() -> None:
    vm = next(vm for vm in map(any_vm, range(99)) if vm.disks)
    found = read(replace(vm, disks=(replace(vm.disks[0], sharing="physicalSharing"),)))
    assert found.disks[0].sharing == "physicalSharing"


@pytest.mark.parametrize(
    ("values", "key", "wanted"),
    [
        ({"config.keyId": {"keyId": "k"}}, "encrypted", True),
        ({}, "encrypted", False),
        ({"runtime.faultToleranceState": "enabled"}, "fault_tolerance", True),
        ({"config.cpuAffinity.affinitySet": [1]}, "affinity", True),
        ({"config.extraConfig": [{"key": "disk.EnableUUID", "value": "TRUE"}]}, "disk_enable_uuid", True),
        ({"config.extraConfig": [{"key": "numa.nodeAffinity", "value": "0,1"}]}, "numa_affinity", True),
        ({"config.extraConfig": [{"key": "numa.nodeAffinity", "value": ""}]}, "numa_affinity", False),
        ({"runtime.connectionState": "orphaned"}, "reachable", False),
    ],
)
def test_what_an_assessment_asks_for(values: dict[str, Any], key: str, wanted: bool) -> None:
    assert read(any_vm(1), **values).extra[key] is wanted


def test_a_parent_without_a_snapshot_is_a_linked_clone() -> None:
    vm = next(vm for vm in map(any_vm, range(99)) if vm.disks and not vm.snapshots)
    devices = properties_of(vm)["config.hardware.device"]
    child = [
        {**one, "backing": {**one["backing"], "parent": {}, "x": 1}} if "backing" in one else one for one in devices
    ]
    for one in child:
        if one["_type"] == "VirtualDisk":
            one["backing"]["parent"] = {"fileName": "[ds1] base/base.vmdk"}
    assert read(vm, **{"config.hardware.device": child}).extra["linked_clone"] is True
    assert read(vm).extra["linked_clone"] is False


def test_a_running_guest_tells_its_routes_and_file_systems() -> None:
    guest = {
        "runtime.powerState": "poweredOn",
        "guest.toolsRunningStatus": "guestToolsRunning",
        "guest.hostName": "web01",
        "guest.disk": [{"diskPath": "/", "capacity": 10, "freeSpace": 4}, {"diskPath": "/proc"}],
        "guest.ipStack": [
            {
                "dnsConfig": {"ipAddress": ["192.0.2.53"]},
                "ipRouteConfig": {
                    "ipRoute": [
                        {"prefixLength": 0, "gateway": {"ipAddress": "192.0.2.1"}},
                        {"prefixLength": 24, "gateway": {}},
                    ]
                },
            }
        ],
    }
    found = read(any_vm(3), **guest)
    assert (found.tools, found.extra["hostname"], found.extra["dns"]) == ("running", "web01", ["192.0.2.53"])
    assert found.extra["gateways"] == ["192.0.2.1"]
    assert found.extra["file_systems"] == [{"path": "/", "capacity": 10, "free": 4}]


def test_tools_that_are_not_there() -> None:
    assert read(any_vm(3), **{"guest.toolsVersionStatus2": "guestToolsNotInstalled"}).tools == "notinstalled"
