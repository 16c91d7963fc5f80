from __future__ import annotations

import pathlib
import random

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Disk, Vm
from ansible_collections.ironacre.hci.plugins.modules import vm_disk_copy
from tests.assets.machines import make_ova, stream_optimized
from tests.unit.running import runner

MIB = 1 << 20
RAW = random.Random(1).randbytes(MIB + 512).ljust(4 * MIB, b"\0")
VM = Vm("web01", memory_mib=64, id="w", disks=(Disk("d0", len(RAW), "a.vmdk", "streamOptimized"),))


@pytest.fixture
def ova(tmp_path: pathlib.Path) -> pathlib.Path:
    return make_ova(tmp_path / "web01.ova", VM, {"a.vmdk": stream_optimized(RAW)})


def test_a_disk_is_copied_once(tmp_path: pathlib.Path, ova: pathlib.Path, capfd: pytest.CaptureFixture[str]) -> None:
    options = {"archive": {"path": str(ova)}, "dest": str(tmp_path / "disk.raw"), "verify": "readback"}
    first = runner(capfd)(vm_disk_copy, options)
    assert (tmp_path / "disk.raw").read_bytes() == RAW
    assert (first["changed"], first["bytes_written"], first["bytes_virtual"]) == (True, 2 * MIB, 4 * MIB)
    second = runner(capfd)(vm_disk_copy, options)
    assert (second["changed"], second["digest"]) == (False, first["digest"])


def test_check_mode_writes_nothing(
    tmp_path: pathlib.Path, ova: pathlib.Path, capfd: pytest.CaptureFixture[str]
) -> None:
    options = {"archive": {"path": str(ova)}, "dest": str(tmp_path / "disk.raw")}
    assert runner(capfd)(vm_disk_copy, options, check=True)["changed"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["web01.ova"]


def test_a_disk_that_is_not_there_is_told(
    tmp_path: pathlib.Path, ova: pathlib.Path, capfd: pytest.CaptureFixture[str]
) -> None:
    options = {"archive": {"path": str(ova), "disk": "d9"}, "dest": str(tmp_path / "disk.raw")}
    assert "web01 has the disks d0" in runner(capfd)(vm_disk_copy, options, fails=True)["msg"]


def test_a_broken_archive_leaves_a_copy_that_is_not_done(
    tmp_path: pathlib.Path, ova: pathlib.Path, capfd: pytest.CaptureFixture[str]
) -> None:
    good = ova.read_bytes()
    ova.write_bytes(good.replace(good[200_000:200_016], b"\0" * 16))
    options = {"archive": {"path": str(ova)}, "dest": str(tmp_path / "disk.raw")}
    assert "fetch or export it again" in runner(capfd)(vm_disk_copy, options, fails=True)["msg"]
    ova.write_bytes(good)
    assert runner(capfd)(vm_disk_copy, options)["changed"]
    assert (tmp_path / "disk.raw").read_bytes() == RAW
