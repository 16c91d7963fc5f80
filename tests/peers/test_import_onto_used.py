"""What lies at a target before a copy: old data, a device under the name of another, files that others wrote to."""

from __future__ import annotations

import pathlib
import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.disk_copy import DiskCopy
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.disk_sources import open_source
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from tests.peers.peers import loop_device
from tests.peers.test_import_kinds import DISKS, MIB, copy, judge, make_disk, make_image, scatter, sized


@contextmanager
def used_device(path: pathlib.Path, size: int) -> Iterator[str]:
    """A block device whose first 64 MiB are full of old data.

    Under a name of our own, which the next one in this folder has, too: all on this machine share the numbers.
    """
    name = path.with_name("loop")
    with loop_device(scatter(path, size, (0, random.Random("old").randbytes(min(size, 64 * MIB))))) as device:
        name.symlink_to(device)
        try:
            yield str(name)
        finally:
            name.unlink()


@pytest.fixture
def loop(tmp_path: pathlib.Path) -> Iterator[str]:
    with used_device(tmp_path / "device", 64 * MIB) as device:
        yield device


# A device of 6 GiB has no holes to skip: reading it takes minutes, and its offsets are written by the same call.
@pytest.mark.parametrize("kind", [kind for kind in DISKS if kind != "beyond4g"])
def test_import_onto_a_used_block_device_is_byte_equal(tmp_path: pathlib.Path, kind: str) -> None:
    raw = make_disk(kind, tmp_path / "raw.img")
    size = raw.stat().st_size
    with used_device(tmp_path / "device", size) as device:
        copy("streamOptimized", make_image("streamOptimized", raw, tmp_path), device, overwrite=True).run()
        judge(raw, device)


def test_import_refuses_a_device_that_is_too_small_before_the_first_write(tmp_path: pathlib.Path, loop: str) -> None:
    raw = sized(tmp_path / "raw.img", 65 * MIB)
    before = pathlib.Path(loop).read_bytes()
    with pytest.raises(PlatformError, match="take a larger volume"):
        copy("raw", raw, loop, overwrite=True).run()
    assert pathlib.Path(loop).read_bytes() == before


def test_import_leaves_a_device_alone_that_holds_somebodys_data(tmp_path: pathlib.Path, loop: str) -> None:
    raw, before = make_disk("islands", tmp_path / "raw.img"), pathlib.Path(loop).read_bytes()
    with pytest.raises(PlatformError, match="holds data that this copy did not write; name another dest, or lose it"):
        copy("raw", raw, loop).run()
    assert pathlib.Path(loop).read_bytes() == before


def test_import_onto_a_device_that_took_the_name_of_another_believes_no_journal(tmp_path: pathlib.Path) -> None:
    raw = make_disk("ext4", tmp_path / "raw.img")
    with used_device(tmp_path / "first", 64 * MIB) as device:
        copy("raw", raw, device, overwrite=True).run()
        assert copy("raw", raw, device).done()
    # The next device has the same name, its own old data, and finds the journal of the first.
    with used_device(tmp_path / "second", 64 * MIB) as again:
        assert again == device
        assert not copy("raw", raw, again, overwrite=True).done()
        DiskCopy(open_source(str(raw), "raw", None), again, overwrite=True).run()
        judge(raw, again)


def test_import_leaves_a_file_alone_that_was_written_to_since(tmp_path: pathlib.Path) -> None:
    raw, target = make_disk("islands", tmp_path / "raw.img"), tmp_path / "target"
    copy("raw", raw, str(target)).run()
    with target.open("r+b") as file:
        file.write(b"a guest lives here")
    with pytest.raises(PlatformError, match="was written to after it had been copied"):
        copy("raw", raw, str(target)).done()
    with pytest.raises(PlatformError, match="was written to after it had been copied"):
        copy("raw", raw, str(target)).run()
    outcome = copy("raw", raw, str(target), overwrite=True).run()
    judge(raw, str(target))
    assert outcome.bytes_written + outcome.bytes_zeroed == MIB


def test_import_of_a_file_that_is_gone_begins_anew(tmp_path: pathlib.Path) -> None:
    raw, target = make_disk("islands", tmp_path / "raw.img"), tmp_path / "target"
    copy("raw", raw, str(target)).run()
    target.unlink()
    assert not copy("raw", raw, str(target)).done()
    DiskCopy(open_source(str(raw), "raw", None), str(target)).run()
    judge(raw, str(target))
