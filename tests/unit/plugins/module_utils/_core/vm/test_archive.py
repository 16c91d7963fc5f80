from __future__ import annotations

import gzip
import io
import pathlib
import random
import tarfile
from dataclasses import replace

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.file_source import FileSource
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.archive import Package, read_ova
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Disk, Nic, Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.streams import Bytes
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.tar import members
from tests.assets.machines import make_ova, stream_optimized

MIB = 1 << 20
RAW = [random.Random(number).randbytes(200_000).ljust(MIB * (number + 1), b"\0") for number in range(2)]
VM = Vm(
    "web01",
    memory_mib=64,
    id="web01",
    disks=tuple(Disk(f"d{n}", len(raw), f"disk{n}.vmdk", "streamOptimized", unit=n) for n, raw in enumerate(RAW)),
    nics=(Nic("300", "VM Network"),),
)
FILES = {f"disk{n}.vmdk": stream_optimized(raw) for n, raw in enumerate(RAW)}


def raw_of(package: Package, disk: Disk) -> bytes:
    raw = bytearray(disk.capacity)
    for offset, data in package.disk(disk).extents():
        raw[offset : offset + len(data)] = data
    return bytes(raw)


def opened(path: pathlib.Path) -> Package:
    return read_ova(FileSource(str(path)))


@pytest.mark.parametrize("manifest", ["sha1", "sha256", "sha512", ""])
@pytest.mark.parametrize("last", [False, True])
def test_import_disks_stream_out_of_the_archive_in_any_order(tmp_path: pathlib.Path, manifest: str, last: bool) -> None:
    package = opened(make_ova(tmp_path / "web01.ova", VM, FILES, manifest, last=last))
    vm = package.vm()
    assert [raw_of(package, disk) for disk in reversed(vm.disks)] == list(reversed(RAW))
    assert bool(package.manifest) == bool(manifest)


def test_import_wrong_manifest_digest_is_told_with_file_and_both_digests(tmp_path: pathlib.Path) -> None:
    package = opened(make_ova(tmp_path / "web01.ova", VM, FILES, wrong="disk1.vmdk"))
    assert raw_of(package, package.vm().disks[0]) == RAW[0]
    with pytest.raises(PlatformError, match=r"disk1\.vmdk has sha256 [0-9a-f]{64}, its manifest says [0-9a-f]{64}"):
        raw_of(package, package.vm().disks[1])


def test_import_wrong_digest_of_the_descriptor_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(PlatformError, match=r"web01\.ovf has sha256"):
        opened(make_ova(tmp_path / "web01.ova", VM, FILES, wrong="web01.ovf"))


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.99])
def test_import_truncated_archive_is_refused_when_it_is_opened(tmp_path: pathlib.Path, part: float) -> None:
    path = make_ova(tmp_path / "web01.ova", VM, FILES)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * part) // 512 * 512])
    with pytest.raises(PlatformError, match=r"web01\.ova.*early; the file is truncated"):
        opened(path)


def test_import_a_missing_file_is_named(tmp_path: pathlib.Path) -> None:
    package = opened(make_ova(tmp_path / "web01.ova", VM, {"disk0.vmdk": FILES["disk0.vmdk"]}))
    with pytest.raises(PlatformError, match=r"lacks the file disk1\.vmdk"):
        raw_of(package, package.vm().disks[1])


def test_import_a_capacity_that_contradicts_the_descriptor_is_refused(tmp_path: pathlib.Path) -> None:
    liar = replace(VM, disks=(replace(VM.disks[0], capacity=2 * MIB),))
    package = opened(make_ova(tmp_path / "web01.ova", liar, FILES))
    with pytest.raises(PlatformError, match="holds 1048576 bytes, not 2097152"):
        raw_of(package, package.vm().disks[0])


def test_import_gzip_members_and_raw_disks(tmp_path: pathlib.Path) -> None:
    disks = (
        replace(VM.disks[0], file="a.vmdk.gz", compression="gzip"),
        replace(VM.disks[1], file="b.img", format="raw"),
    )
    files = {"a.vmdk.gz": gzip.compress(FILES["disk0.vmdk"]), "b.img": RAW[1]}
    package = opened(make_ova(tmp_path / "web01.ova", replace(VM, disks=disks), files))
    assert [raw_of(package, disk) for disk in package.vm().disks] == RAW


def archive(*names: str, kind: bytes = tarfile.REGTYPE, tar_format: int = tarfile.GNU_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tar_format) as tar:
        for name in names:
            info = tarfile.TarInfo(name)
            info.type = kind
            tar.addfile(info)
    return out.getvalue()


class Forward(Bytes):
    def skip(self, count: int) -> None:
        self.position += count


@pytest.mark.parametrize("name", ["/etc/passwd", "../a", "a/../../b", "./.."])
def test_import_hostile_names_are_refused(name: str) -> None:
    with pytest.raises(PlatformError, match="leaves the archive"):
        list(members(Forward(archive(name)), "x.ova"))


@pytest.mark.parametrize("tar_format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_names_are_read_in_every_format(tar_format: int) -> None:
    name = "d" * 90 + "/" + "ä" * 40
    assert [member.name for member in members(Forward(archive(name, tar_format=tar_format)), "x.ova")] == [name]


def test_links_and_devices_are_no_files() -> None:
    assert list(members(Forward(archive("a", kind=tarfile.SYMTYPE)), "x.ova")) == []


@pytest.mark.parametrize("data", [b"x" * 512, b"\0" * 100 + b"8" * 412, bytes(148) + b"garbage!" + bytes(356)])
def test_what_is_no_tar_is_refused(data: bytes) -> None:
    with pytest.raises(PlatformError, match=r"x\.ova"):
        list(members(Forward(data), "x.ova"))


def test_sizes_beyond_eight_gibibytes_are_read() -> None:
    info = tarfile.TarInfo("big.vmdk")
    info.size = 20 << 30
    for tar_format in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        header = info.tobuf(tar_format)
        found = members(Forward(header + bytes(512)), "x.ova")
        assert next(found).size == 20 << 30
