"""Instance types instead of the exact size, and how the disks of a machine are opened."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import InputErrors
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.mapping import render
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Cpu, Disk, Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.settings import Settings, StorageRule
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.sizes import Offers, Size

VM = Vm("web01", cpu=Cpu(2, 1), memory_mib=4096, disks=(Disk("2000", 1 << 30, "a.vmdk"), Disk("2001", 1 << 30)))
SIZES = (
    Size("cx1.medium", 2, 4096),
    Size("u1.medium", 1, 4096),
    Size("u1.large", 2, 8192),
    Size("u1.2xmedium", 2, 4096),
    Size("u1.4xlarge", 16, 65536),
)
SETTINGS = Settings("web01", "vms", offers=Offers(sizes=SIZES))
NEAREST = replace(SETTINGS, instancetype="nearest")


def spec(vm: Vm, settings: Settings) -> dict[str, Any]:
    found: dict[str, Any] = render(vm, settings).machine["spec"]
    return found


def disks(settings: Settings) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = spec(VM, settings)["template"]["spec"]["domain"]["devices"]["disks"]
    return found


def test_without_a_wish_the_size_is_exact_whatever_the_cluster_offers() -> None:
    found = spec(VM, SETTINGS)
    assert "instancetype" not in found
    assert found["template"]["spec"]["domain"]["cpu"]["sockets"] == 2
    assert found["template"]["spec"]["domain"]["memory"] == {"guest": "4096Mi"}


@pytest.mark.parametrize(
    ("cpus", "memory_mib", "name"),
    [
        (2, 4096, "u1.2xmedium"),
        (1, 4096, "u1.medium"),
        (2, 4097, "u1.large"),
        (3, 512, "u1.4xlarge"),
    ],
)
def test_the_nearest_is_the_smallest_of_the_series_that_holds_the_machine(
    cpus: int, memory_mib: int, name: str
) -> None:
    assert spec(replace(VM, cpu=Cpu(cpus, 1), memory_mib=memory_mib), NEAREST)["instancetype"] == {"name": name}


def test_a_size_stands_for_processors_and_memory() -> None:
    domain = spec(VM, NEAREST)["template"]["spec"]["domain"]
    assert "cpu" not in domain and "memory" not in domain


def test_what_a_size_gives_more_is_told_and_an_exact_fit_is_not() -> None:
    assert render(VM, NEAREST).warnings == ()
    told = "instance type u1.large gives it 2 processors and 8192 MiB; it has 2 and 5000 MiB"
    assert render(VM, replace(NEAREST, memory_mib=5000)).warnings == (told,)


def test_a_size_that_is_named_counts_even_where_it_is_smaller() -> None:
    found = render(VM, replace(SETTINGS, instancetype="u1.medium"))
    assert found.machine["spec"]["instancetype"] == {"name": "u1.medium"} and len(found.warnings) == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"instancetype": "u1.hug"}, r"overrides.instancetype: the cluster has no instance type u1.hug \(found: cx1"),
        ({"instancetype": "nearest", "memory_mib": 1 << 20}, "overrides.instancetype: no instance type u1"),
        ({"instancetype": "nearest", "max_sockets": 8}, "overrides.max_sockets: an instance type says the same"),
        ({"instancetype": "u1.large", "cpu_model": "host-model"}, "overrides.cpu_model: an instance type says"),
    ],
)
def test_a_size_that_cannot_be_is_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(InputErrors, match=told):
        render(VM, replace(SETTINGS, **changes))


def test_a_cluster_that_was_not_asked_has_no_findings() -> None:
    assert "instancetype" not in spec(VM, replace(NEAREST, offers=Offers()))


def test_a_block_volume_has_no_second_cache_and_a_file_keeps_what_kubevirt_finds_best() -> None:
    assert [(disk["cache"], disk["io"]) for disk in disks(SETTINGS)] == [("none", "native")] * 2
    files = replace(SETTINGS, storage=(StorageRule("a.vmdk", volume_mode="Filesystem"), StorageRule("*")))
    assert [disk.get("cache") for disk in disks(files)] == [None, "none"]


def test_threads_of_their_own_are_for_those_who_ask_and_a_bus_without_them_is_told_of() -> None:
    asked = replace(SETTINGS, dedicated_io_thread=True)
    assert not [disk for disk in disks(SETTINGS) if "dedicatedIOThread" in disk]
    assert [disk["dedicatedIOThread"] for disk in disks(asked)] == [True, True]
    assert render(VM, asked).warnings == ("its disks are on sata; overrides.dedicated_io_thread counts on virtio only",)
    assert render(VM, replace(asked, disk_bus="virtio")).warnings == ()
