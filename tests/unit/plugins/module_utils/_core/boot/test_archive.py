"""Archives that other programs read: cpio and tar themselves."""

from __future__ import annotations

import io
import shutil
import stat
import subprocess
import tarfile
from pathlib import Path

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.archive import as_file, cpio, overlay

CPIO = ["busybox", "cpio"] if shutil.which("busybox") else ["cpio"]


def test_cpio_reads_what_was_packed(tmp_path: Path) -> None:
    archive = cpio({"/agent": b"#!/bin/sh\necho\n", "/long/er": b"x" * 1001})
    subprocess.run([*CPIO, "-id"], input=archive, cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "agent").read_bytes() == b"#!/bin/sh\necho\n"
    assert (tmp_path / "long/er").read_bytes() == b"x" * 1001
    assert stat.S_IMODE((tmp_path / "agent").stat().st_mode) == 0o755


def test_another_archive_may_follow_it() -> None:
    assert len(cpio({"/agent": b"abc"})) % 512 == 0


def test_tar_keeps_modes_and_owner() -> None:
    packed = overlay([as_file("/etc/ironacre/receipt.json", "0600", "{}"), as_file("/etc/hostname", "0644", "n1\n")])
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        found = {info.name: (info.mode, info.uid, info.isdir()) for info in archive}
        assert archive.extractfile("etc/hostname").read() == b"n1\n"  # type: ignore[union-attr]
    assert found["etc/ironacre/receipt.json"] == (0o600, 0, False)
    assert found["root/.ssh"] == (0o700, 0, True)


def test_equal_input_gives_equal_bytes() -> None:
    files = [as_file("/a", "0644", "a")]
    assert overlay(files) == overlay(files)
    assert cpio({"/b": b"", "/a": b""}) == cpio({"/a": b"", "/b": b""})
