"""The image archive writer: what a container runtime reads out of it."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from lab.build.oci import CAPABILITY_XATTR, Entry, Image, digest_of, file_capability, write_archive, write_layer


def members(path: Path) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(path) as tar:
        return {member.name: member for member in tar.getmembers()}


def content(path: Path, name: str) -> bytes:
    with tarfile.open(path) as tar:
        handle = tar.extractfile(name)
        assert handle is not None
        return handle.read()


def test_layer_has_every_folder_above_a_file_before_it(tmp_path: Path) -> None:
    layer = write_layer(tmp_path / "l.tar", [Entry("/usr/bin/tool", content=b"x")])
    with tarfile.open(layer) as tar:
        names = tar.getnames()
    assert names == ["usr", "usr/bin", "usr/bin/tool"]


def test_layer_keeps_mode_owner_link_and_capability(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"binary")
    layer = write_layer(
        tmp_path / "l.tar",
        [
            Entry("/bin/a", source=source, mode=0o4711, uid=3, gid=7, xattrs={CAPABILITY_XATTR: file_capability(10)}),
            Entry("/var/run", link="../run"),
            Entry("/empty", mode=0o700),
        ],
    )
    found = members(layer)
    assert (found["bin/a"].mode, found["bin/a"].uid, found["bin/a"].gid) == (0o4711, 3, 7)
    assert content(layer, "bin/a") == b"binary"
    value = found["bin/a"].pax_headers["SCHILY.xattr.security.capability"].encode()
    assert value == bytes.fromhex("0100000200040000000400000000000000000000")
    assert (found["var/run"].issym(), found["var/run"].linkname) == (True, "../run")
    assert (found["empty"].isdir(), found["empty"].mode) == (True, 0o700)


def test_an_attribute_that_is_not_text_survives(tmp_path: Path) -> None:
    layer = write_layer(tmp_path / "l.tar", [Entry("/a", content=b"", xattrs={"user.x": b"\xff\x00\xfe"})])
    assert b"SCHILY.xattr.user.x=\xff\x00\xfe\n" in layer.read_bytes()


def test_the_same_entries_give_the_same_bytes_in_any_order(tmp_path: Path) -> None:
    entries = [Entry("/b", content=b"1"), Entry("/a/c", content=b"2")]
    one = write_layer(tmp_path / "1.tar", entries)
    two = write_layer(tmp_path / "2.tar", reversed(entries))
    assert one.read_bytes() == two.read_bytes()
    archives = [write_archive(tmp_path / f"{n}.tar", [Image(("x:1",), (one,))]) for n in ("i", "j")]
    assert archives[0].read_bytes() == archives[1].read_bytes()


def test_images_share_a_layer_and_name_it_by_content(tmp_path: Path) -> None:
    base = write_layer(tmp_path / "base.tar", [Entry("/base", content=b"base")])
    top = write_layer(tmp_path / "top.tar", [Entry("/top", content=b"top")])
    archive = write_archive(
        tmp_path / "a.tar",
        [
            Image(("r/one:v1", "r/uno:v1"), (base, top), entrypoint=("/top", "-v"), user="1001", workdir="/w"),
            Image(("r/two:v1",), (base,)),
        ],
    )
    manifest = json.loads(content(archive, "manifest.json"))
    assert [image["RepoTags"] for image in manifest] == [["r/one:v1", "r/uno:v1"], ["r/two:v1"]]
    assert manifest[0]["Layers"][0] == manifest[1]["Layers"][0] == f"{digest_of(base)}.tar"
    assert len([name for name in members(archive) if name.endswith(".tar")]) == 2
    config = json.loads(content(archive, manifest[0]["Config"]))
    assert config["config"]["Entrypoint"] == ["/top", "-v"]
    assert (config["config"]["User"], config["config"]["WorkingDir"]) == ("1001", "/w")
    for name, diff_id in zip(manifest[0]["Layers"], config["rootfs"]["diff_ids"], strict=True):
        assert diff_id == f"sha256:{hashlib.sha256(content(archive, name)).hexdigest()}"


@pytest.mark.skipif(shutil.which("zstd") is None, reason="zstd is not installed")
def test_an_archive_named_zst_is_compressed(tmp_path: Path) -> None:
    layer = write_layer(tmp_path / "l.tar", [Entry("/a", content=b"0" * 100_000)])
    archive = write_archive(tmp_path / "a.tar.zst", [Image(("x:1",), (layer,))])
    assert archive.stat().st_size < 20_000
    plain = subprocess.run(["zstd", "-dc", archive], stdout=subprocess.PIPE, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        assert "manifest.json" in tar.getnames()


@pytest.mark.skipif(shutil.which("zstd") is None, reason="zstd is not installed")
def test_a_compressor_that_fails_is_an_error(tmp_path: Path) -> None:
    layer = write_layer(tmp_path / "l.tar", [Entry("/a", content=b"")])
    with pytest.raises(OSError):
        write_archive(tmp_path / "no-such-folder" / "a.tar.zst", [Image(("x:1",), (layer,))])
