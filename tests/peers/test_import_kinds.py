"""Twelve kinds of disks out of twelve kinds of images into every sink, judged by qemu-img and file system checkers."""

from __future__ import annotations

import os
import pathlib
import random
import subprocess
import sys

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.disk_copy import DiskCopy
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.disk_sources import open_source
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Disk, Vm
from tests.assets.machines import make_ova
from tests.peers.peers import eventually, needs

MIB = 1 << 20
# Name -> qemu-img format and options. `ova` is our own archive around qemu's streamOptimized image.
IMAGES = {
    "raw": ("raw", ""),
    "qcow2": ("qcow2", ""),
    "vdi": ("vdi", ""),
    "vhd": ("vpc", "force_size=on"),
    "vhd-fixed": ("vpc", "subformat=fixed,force_size=on"),
    "vhdx": ("vhdx", ""),
    "monolithicSparse": ("vmdk", "subformat=monolithicSparse"),
    "monolithicFlat": ("vmdk", "subformat=monolithicFlat"),
    "twoGbMaxExtentSparse": ("vmdk", "subformat=twoGbMaxExtentSparse"),
    "twoGbMaxExtentFlat": ("vmdk", "subformat=twoGbMaxExtentFlat"),
    "streamOptimized": ("vmdk", "subformat=streamOptimized"),
    "ova": ("vmdk", "subformat=streamOptimized"),
}
DISKS = ("empty", "random", "islands", "last", "odd", "beyond4g", "ext4", "ntfs", "xfs", "gpt", "zeros", "pattern")
# Each image with data islands and with an odd size; each disk out of the two images with most ways to store it; and
# images in pieces of 2 GiB with data in the third piece. Other pairs go the same ways through the code.
PAIRS = sorted(
    {(image, kind) for image in IMAGES for kind in ("islands", "odd")}
    | {(image, kind) for image in ("qcow2", "streamOptimized") for kind in DISKS}
    | {(image, "beyond4g") for image in ("twoGbMaxExtentSparse", "twoGbMaxExtentFlat")}
    # QEMU rounds the size of a VHD.
    - {("vhd", "odd")}
)


def tool(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def sized(path: pathlib.Path, size: int) -> pathlib.Path:
    with path.open("wb") as file:
        file.truncate(size)
    return path


def scatter(path: pathlib.Path, size: int, *places: tuple[int, bytes]) -> pathlib.Path:
    sized(path, size)
    with path.open("r+b") as file:
        for offset, data in places:
            file.seek(offset)
            file.write(data)
    return path


def formatted(path: pathlib.Path, size: int, *command: str) -> pathlib.Path:
    needs(command[0])
    tool(*command, str(sized(path, size)))
    return path


def make_disk(kind: str, path: pathlib.Path) -> pathlib.Path:
    data = random.Random(kind).randbytes
    makers = {
        "empty": lambda: sized(path, 16 * MIB),
        "random": lambda: scatter(path, 8 * MIB, (0, data(8 * MIB))),
        "islands": lambda: scatter(path, 64 * MIB, *((n * 7 * MIB + 512 * n, data(1000 * n + 1)) for n in range(1, 9))),
        "last": lambda: scatter(path, 32 * MIB, (32 * MIB - 512, data(512))),
        "odd": lambda: scatter(path, 5 * MIB + 3 * 512, (5 * MIB, data(3 * 512))),
        "beyond4g": lambda: scatter(path, 6144 * MIB, (2100 * MIB, data(70000)), (4200 * MIB + 512, data(70000))),
        "ext4": lambda: formatted(path, 64 * MIB, "mkfs.ext4", "-q", "-F"),
        "ntfs": lambda: formatted(path, 64 * MIB, "mkfs.ntfs", "-q", "-F", "-f"),
        "xfs": lambda: formatted(path, 320 * MIB, "mkfs.xfs", "-q", "-f"),
        "gpt": lambda: formatted(path, 32 * MIB, "sgdisk", "-n", "1:2048:0"),
        "zeros": lambda: scatter(path, 16 * MIB, (0, bytes(16 * MIB))),
        "pattern": lambda: scatter(path, 12 * MIB, (0, b"\x01" * (6 * MIB)), (9 * MIB, b"\xff" * MIB)),
    }
    return makers[kind]()


def make_image(image: str, raw: pathlib.Path, folder: pathlib.Path) -> pathlib.Path:
    name, options = IMAGES[image]
    path = folder / f"disk.{name}"
    tool("qemu-img", "convert", "-f", "raw", "-O", name, *(["-o", options] if options else []), str(raw), str(path))
    if image != "ova":
        return path
    vm = Vm("web01", memory_mib=64, id="w", disks=(Disk("d0", raw.stat().st_size, "a.vmdk", "streamOptimized"),))
    return make_ova(folder / "web01.ova", vm, {"a.vmdk": path.read_bytes()})


def copy(image: str, path: pathlib.Path, target: str, overwrite: bool = False) -> DiskCopy:
    archive = {"type": "ova", "path": str(path)} if image == "ova" else None
    source = open_source(None if archive else str(path), None if archive else IMAGES[image][0], archive)
    return DiskCopy(source, target, readback=True, overwrite=overwrite)


def judge(raw: pathlib.Path, target: str) -> None:
    """qemu-img compares; it does not know this code."""
    assert "identical" in tool("qemu-img", "compare", "-f", "raw", "-F", "raw", str(raw), target)


@pytest.mark.parametrize(("image", "kind"), PAIRS)
def test_import_every_disk_out_of_every_image_is_byte_equal(tmp_path: pathlib.Path, image: str, kind: str) -> None:
    needs("qemu-img", "qemu-nbd")
    raw = make_disk(kind, tmp_path / "raw.img")
    outcome = copy(image, make_image(image, raw, tmp_path), str(tmp_path / "target")).run()
    judge(raw, str(tmp_path / "target"))
    assert outcome.digest == copy("raw", raw, str(tmp_path / "again")).run().digest
    allocated = (tmp_path / "target").stat().st_blocks * 512
    assert allocated <= raw.stat().st_blocks * 512 * 1.01 + 2 * MIB * (outcome.bytes_written // MIB)


@pytest.mark.parametrize(("kind", "checker"), [("ext4", ("e2fsck", "-fn")), ("gpt", ("sgdisk", "-v"))])
def test_import_of_a_file_system_passes_its_own_checker(
    tmp_path: pathlib.Path, kind: str, checker: tuple[str, ...]
) -> None:
    needs(checker[0])
    raw = make_disk(kind, tmp_path / "raw.img")
    copy("qcow2", make_image("qcow2", raw, tmp_path), str(tmp_path / "target")).run()
    tool(*checker, str(tmp_path / "target"))


KILLED = """
import sys
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.disk_copy import DiskCopy
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.disk_sources import open_source
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm import copying
copying.SAVE_EVERY = 2 << 20
DiskCopy(open_source(sys.argv[1], "raw", None), sys.argv[2], rate=4 << 20).run()
"""


def servers() -> str:
    """Command lines of all running qemu-nbd."""
    done = subprocess.run(["ps", "-ww", "-C", "qemu-nbd", "-o", "args="], capture_output=True, text=True, check=False)
    return done.stdout


def test_import_killed_ten_times_loses_at_most_one_interval_each_time(tmp_path: pathlib.Path) -> None:
    raw = scatter(tmp_path / "raw.img", 64 * MIB, (0, random.Random(1).randbytes(64 * MIB)))
    target, source, scratch = tmp_path / "target", random.Random(2), tmp_path / "scratch"
    scratch.mkdir()
    for _round in range(10):
        command = [sys.executable, "-c", KILLED, str(raw), str(target)]
        child = subprocess.Popen(command, env={**os.environ, "TMPDIR": str(scratch)})
        wanted = source.randrange(1, 6) * MIB
        before = target.stat().st_blocks * 512 if target.exists() else 0
        while child.poll() is None and (not target.exists() or target.stat().st_blocks * 512 - before < wanted):
            pass
        # It has ended by itself when everything was copied before we looked: then nothing is killed.
        child.kill()
        child.wait()
        eventually(lambda: str(raw) not in servers(), "the killed one's qemu-nbd ends, too")
    assert not list(scratch.iterdir())
    copied = target.stat().st_blocks * 512
    outcome = copy("raw", raw, str(target)).run()
    judge(raw, str(target))
    assert outcome.bytes_skipped >= copied - 4 * MIB


def test_import_of_a_changed_source_moves_only_the_changes(tmp_path: pathlib.Path) -> None:
    raw = scatter(tmp_path / "raw.img", 64 * MIB, (0, random.Random(1).randbytes(40 * MIB)))
    copy("raw", raw, str(tmp_path / "target")).run()
    assert copy("raw", raw, str(tmp_path / "target")).done()
    with raw.open("r+b") as file:
        for place in (3, 17, 50):
            file.seek(place * MIB + 5)
            file.write(b"changed")
    assert not copy("raw", raw, str(tmp_path / "target")).done()
    outcome = copy("raw", raw, str(tmp_path / "target")).run()
    judge(raw, str(tmp_path / "target"))
    assert outcome.bytes_written == 3 * MIB


def test_import_onto_a_full_file_system_fails_clearly_and_goes_on(tmp_path: pathlib.Path) -> None:
    needs("mount")
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(small)], check=False)
    if mounted.returncode:
        pytest.skip("missing: the right to mount")
    try:
        raw = scatter(tmp_path / "raw.img", 16 * MIB, (0, random.Random(1).randbytes(16 * MIB)))
        with pytest.raises(PlatformError, match="No space left on device"):
            copy("raw", raw, str(small / "target")).run()
        tool("mount", "-o", "remount,size=64m", str(small))
        copy("raw", raw, str(small / "target")).run()
        judge(raw, str(small / "target"))
    finally:
        tool("umount", str(small))


@pytest.mark.parametrize("kind", ["vmx", "libvirt"])
def test_import_of_a_description_with_its_images_beside_it(tmp_path: pathlib.Path, kind: str) -> None:
    needs("qemu-img", "qemu-nbd")
    raw = make_disk("islands", tmp_path / "raw.img")
    image = make_image("monolithicSparse" if kind == "vmx" else "qcow2", raw, tmp_path)
    texts = {
        "vmx": f'displayName = "web"\nmemSize = "64"\nscsi0:0.present = "TRUE"\nscsi0:0.fileName = "{image.name}"\n',
        "libvirt": "<domain><name>web</name><memory unit='MiB'>64</memory><devices><disk><driver type='qcow2'/>"
        f"<source file='{image.name}'/><target dev='vda'/></disk></devices></domain>",
    }
    (tmp_path / "web").write_text(texts[kind])
    source = open_source(None, None, {"type": kind, "path": str(tmp_path / "web")})
    assert source.capacity == 64 * MIB
    DiskCopy(source, str(tmp_path / "target")).run()
    judge(raw, str(tmp_path / "target"))
