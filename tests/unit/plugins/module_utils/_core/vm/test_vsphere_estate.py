"""Objects of an inventory -> machines with their place."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.vsphere_estate import (
    Estate,
    Found,
    Wanted,
    around,
    vms_of,
)
from tests.assets.vsphere import any_vm, properties_of


def found(kind: str, ref: str, name: str, parent: str = "", **more: Any) -> Found:
    return Found(kind, ref, {"name": name, "parent": parent, **more})


OBJECTS = [
    found("Folder", "group-d9", "Europe%2fWest", "group-d1"),
    found("Datacenter", "datacenter-2", "DC0", "group-d9", vmFolder="group-v3"),
    found("Folder", "group-v3", "vm", "datacenter-2"),
    found("Folder", "group-v4", "prod", "group-v3"),
    found("Folder", "group-v5", "web", "group-v4"),
    found("Folder", "group-v6", "prod2", "group-v3"),
    found("Folder", "group-h8", "host", "datacenter-2"),
    found("ClusterComputeResource", "domain-c7", "c1", "group-h8"),
    found("HostSystem", "host-15", "esx1", "domain-c7", **{"summary.hardware.numCpuCores": 32}),
    found("Network", "network-7", "VM Network", "datacenter-2"),
    found("DistributedVirtualPortgroup", "dvportgroup-21", "VLAN 10", "datacenter-2"),
    found("DistributedVirtualPortgroup", "dvportgroup-20", "Uplinks", tag=[{"key": "SYSTEM/DVS.UPLINKPG"}]),
    found("Datastore", "datastore-11", "ds1", "datacenter-2", **{"summary.capacity": 5, "summary.freeSpace": 3}),
    found("VirtualMachine", "vm-1", "web01", "group-v5"),
    found("VirtualMachine", "vm-2", "web02", "group-v4"),
    found("VirtualMachine", "vm-3", "db01", "group-v6"),
    found("VirtualMachine", "vm-4", "db02", "group-v3"),
]
ESTATE = Estate("vcenter", {one.ref: one for one in OBJECTS})


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (Wanted(), ["db01", "db02", "web01", "web02"]),
        (Wanted(names=("web02", "vm-3")), ["db01", "web02"]),
        (Wanted(pattern="web*"), ["web01", "web02"]),
        (Wanted(pattern="WEB*"), []),
        (Wanted(folder="/prod"), ["web01", "web02"]),
        (Wanted(folder="prod/web/"), ["web01"]),
        (Wanted(folder="/"), ["db01", "db02", "web01", "web02"]),
        (Wanted(datacenter="Europe/West/DC0", pattern="db*"), ["db01", "db02"]),
        (Wanted(datacenter="DC0"), []),
    ],
)
def test_machines_are_chosen(wanted: Wanted, names: list[str]) -> None:
    assert [ESTATE.name(one.ref) for one in ESTATE.choose(wanted)] == names


def test_names_that_nobody_has_are_told_all_at_once() -> None:
    wanted = Wanted(names=("web01", "web09", "x"))
    texts = [str(finding) for finding in ESTATE.missing(wanted, ESTATE.choose(wanted))]
    assert [text.split(" (")[0] for text in texts] == ["names[1]: no machine 'web09'", "names[2]: no machine 'x'"]


def test_a_machine_knows_its_place() -> None:
    assert ESTATE.place("vm-1", "host-15") == {
        "type": "vcenter",
        "datacenter": "Europe/West/DC0",
        "cluster": "c1",
        "host": "esx1",
        "folder": "/prod/web",
    }


def test_files_are_asked_for_by_the_escaped_path_of_the_datacenter() -> None:
    assert ESTATE.datacenter("vm-1") == "Europe%2fWest/DC0"


def test_a_machine_whose_surroundings_may_not_be_seen() -> None:
    assert Estate("esxi").place("vm-1", None)["host"] == ""


def test_a_ring_of_parents_ends() -> None:
    ring = Estate("vcenter", {"a": found("Folder", "a", "a", "b"), "b": found("Folder", "b", "b", "a")})
    assert len(ring.above("a")) == 100


def test_machines_carry_the_names_of_their_port_groups() -> None:
    vm = next(vm for vm in map(any_vm, range(99)) if any(nic.network == "VLAN 10" for nic in vm.nics))
    read = vms_of(ESTATE, [Found("VirtualMachine", "vm-1", properties_of(vm) | {"parent": "group-v5"})])
    assert "VLAN 10" in {nic.network for nic in read[0].nics}


def test_what_is_around_the_machines() -> None:
    everything = around(ESTATE)
    assert [(one["name"], one["type"]) for one in everything["networks"]] == [
        ("VLAN 10", "distributed"),
        ("VM Network", "standard"),
    ]
    assert everything["datastores"][0]["free"] == 3
    assert (everything["hosts"][0]["cluster"], everything["hosts"][0]["cpus"]) == ("c1", 32)
