"""Images that refer to files outside of their folder are refused, as qemu-img makes them."""

from __future__ import annotations

import pathlib
import subprocess

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.disk_sources import open_source
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from tests.peers.peers import needs


@pytest.mark.parametrize("kind", ["backing", "outside"])
def test_import_refuses_images_that_refer_to_other_files(tmp_path: pathlib.Path, kind: str) -> None:
    needs("qemu-img")
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret".ljust(1 << 20, b"\0"))
    folder = tmp_path / "images"
    folder.mkdir()
    if kind == "backing":
        path = folder / "a.qcow2"
        command = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", str(secret), str(path)]
        subprocess.run(command, check=True)
    else:
        path = folder / "a.vmdk"
        text = '# Disk DescriptorFile\nversion=1\nCID=12345678\nparentCID=ffffffff\ncreateType="monolithicFlat"\n'
        path.write_text(f'{text}RW 2048 FLAT "../secret" 0\nddb.adapterType = "ide"\n')
    with pytest.raises(PlatformError, match="flatten the image"):
        open_source(str(path), None, None)
