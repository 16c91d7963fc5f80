"""A disk of a vCenter is read by place, where its files can be read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.vsphere.folder import REQUEST
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.vsphere_disk import NotByPlace
from tests.peers.vcenter_sim import VcenterSim, serving
from tests.peers.vsphere_source import MIB, SIZE, disk_content, estate, image, opened, raised


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return image(tmp_path_factory.mktemp("image") / "disk.raw")


@pytest.fixture(scope="module")
def sim(tmp_path_factory: pytest.TempPathFactory, raw: Path) -> Iterator[VcenterSim]:
    with serving(tmp_path_factory.mktemp("ranges"), estate(raw)) as sim:
        sim.clear()
        yield sim


def test_who_asks_for_exports_gets_no_files(sim: VcenterSim) -> None:
    with opened(sim, transport="nfc") as package:
        machine = package.machine("off")
        with pytest.raises(NotByPlace, match="transport is nfc"):
            machine.open_ranged(machine.describe().disks[0], None)


def test_a_part_of_a_disk_is_read_by_place(sim: VcenterSim, raw: Path) -> None:
    with opened(sim) as package:
        machine = package.machine("off")
        disk: Any = machine.open_ranged(machine.describe().disks[0], None)
        data = raw.read_bytes()
        for offset, size in ((0, 1), (3 * MIB + 500, 2 * REQUEST), (SIZE - 512, 512)):
            assert disk.read(offset, size) == data[offset : offset + size]
        disk.close()


def test_the_disk_is_that_of_the_machine_that_was_asked_for(sim: VcenterSim) -> None:
    with opened(sim) as package:
        stray = package.vm("off").disks[0].__class__("2000", SIZE, "[ds1] other/other.vmdk")
        assert "no disk of a machine that was read" in raised(lambda: package.disk(stray))
        assert len(disk_content(package, "off")) == SIZE
