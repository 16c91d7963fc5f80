from __future__ import annotations

import pathlib
import sys

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Disk, Vm
from ansible_collections.ironacre.hci.plugins.modules import vm_source_info
from tests.assets.machines import make_ova, make_ovf, stream_optimized
from tests.unit.running import runner

RAW = b"a" * 65536 + bytes(65536)
FILES = {"disk0.vmdk": stream_optimized(RAW)}
VM = Vm("web01", memory_mib=64, id="w", disks=(Disk("d0", len(RAW), "disk0.vmdk", "streamOptimized"),))


def test_an_archive_tells_its_machines(tmp_path: pathlib.Path, capfd: pytest.CaptureFixture[str]) -> None:
    ova = make_ova(tmp_path / "web01.ova", VM, FILES)
    found = runner(capfd)(vm_source_info, {"source": {"path": str(ova)}})
    assert [vm["name"] for vm in found["vms"]] == ["web01"]
    assert (found["changed"], found["manifest"]) == (False, True)


@pytest.mark.parametrize("folder", [True, False])
def test_a_descriptor_with_its_files_beside_it(
    tmp_path: pathlib.Path, capfd: pytest.CaptureFixture[str], folder: bool
) -> None:
    (tmp_path / "web01.ovf").write_bytes(make_ovf(VM))
    (tmp_path / "disk0.vmdk").write_bytes(FILES["disk0.vmdk"])
    path = tmp_path if folder else tmp_path / "web01.ovf"
    found = runner(capfd)(vm_source_info, {"source": {"type": "ovf", "path": str(path)}})
    assert found["vms"][0]["disks"][0]["capacity"] == len(RAW)
    assert not found["manifest"]


def test_a_machine_that_is_not_there_is_told_with_those_that_are(
    tmp_path: pathlib.Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ova = make_ova(tmp_path / "web01.ova", VM, FILES)
    found = runner(capfd)(vm_source_info, {"source": {"path": str(ova), "vm": "db01"}}, fails=True)
    assert "holds the machines web01" in found["msg"]


def test_a_descriptor_that_points_outside_its_folder_is_refused(
    tmp_path: pathlib.Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "web01.ovf").write_bytes(make_ovf(VM).replace(b"disk0.vmdk", b"../../etc/shadow"))
    found = runner(capfd)(vm_source_info, {"source": {"type": "ovf", "path": str(tmp_path)}}, fails=True)
    assert "leaves the archive" in found["msg"]


def test_a_missing_file_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    found = runner(capfd)(vm_source_info, {"source": {"path": "/nonexistent/web01.ova"}}, fails=True)
    assert "source.path: /nonexistent/web01.ova cannot be read" in found["msg"]


def test_machines_of_an_archive_are_chosen_by_pattern(
    tmp_path: pathlib.Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = str(make_ova(tmp_path / "web01.ova", VM, FILES))
    assert runner(capfd)(vm_source_info, {"source": {"path": path}, "pattern": "db*"})["vms"] == []
    found = runner(capfd)(vm_source_info, {"source": {"path": path}, "folder": "/prod"}, fails=True)
    assert "only vSphere has folders" in found["msg"]


def test_everything_that_contradicts_about_a_vcenter_is_told_at_once(capfd: pytest.CaptureFixture[str]) -> None:
    source = {"hostname": "vc.example.com", "url": "https://x/a.ova", "validate_certs": False}
    found = runner(capfd)(vm_source_info, {"source": source}, fails=True)
    places = [finding["place"] for finding in found["findings"]]
    assert places == ["source", "source.username", "source.password", "source.validate_certs"]


def test_the_password_may_come_from_the_environment(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VMIMPORT_SOURCE_PASSWORD", "of-the-environment")
    source = {"hostname": "vc.example.com", "username": "u", "port": 0}
    found = runner(capfd)(vm_source_info, {"source": source}, fails=True)
    assert found["msg"].startswith("source.port: 0 is no port")
    assert "of-the-environment" not in str(found)


def test_without_its_library_a_vcenter_is_no_traceback(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyVmomi", None)
    source = {"hostname": "vc.example.com", "username": "u", "password": "a secret"}
    found = runner(capfd)(vm_source_info, {"source": source}, fails=True)
    assert "pyVmomi is missing" in found["msg"]
    assert "pip install pyvmomi" in found["msg"]


def test_a_folder_with_two_descriptions_is_ambiguous(tmp_path: pathlib.Path, capfd: pytest.CaptureFixture[str]) -> None:
    for name in ("a.vmx", "b.vmx"):
        (tmp_path / name).write_text('displayName = "x"\n')
    found = runner(capfd)(vm_source_info, {"source": {"path": str(tmp_path)}}, fails=True)
    assert "holds 2 files of type vmx" in found["msg"]
