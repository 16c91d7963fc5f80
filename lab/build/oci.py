"""Container image archives without a container tool: layers, configs and a manifest.json in one tar, by content."""

from __future__ import annotations

import hashlib
import io
import json
import struct
import subprocess
import tarfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

PATH_ENV = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
CAPABILITY_XATTR = "security.capability"


@dataclass(frozen=True)
class Entry:
    """One member of a layer: exactly one of source, content, link; none of them makes a folder.

    path: absolute path inside the image.
    mode: permission bits; not used for a link.
    xattrs: extended attributes, name to raw bytes (a file capability for example).
    """

    path: str
    source: Path | None = None
    content: bytes | None = None
    link: str | None = None
    mode: int = 0o755
    uid: int = 0
    gid: int = 0
    xattrs: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Image:
    """One image of an archive: its names, its layer files (tar, the lowest first) and how it starts."""

    tags: tuple[str, ...]
    layers: tuple[Path, ...]
    entrypoint: tuple[str, ...] = ()
    cmd: tuple[str, ...] = ()
    user: str = ""
    workdir: str = ""
    env: tuple[str, ...] = (PATH_ENV,)


def file_capability(*bits: int) -> bytes:
    """Return the value of security.capability (version 2, effective) that permits these capability numbers below 32."""
    mask = 0
    for bit in bits:
        mask |= 1 << bit
    return struct.pack("<IIIII", 0x02000001, mask, mask, 0, 0)


def write_layer(path: Path, entries: Iterable[Entry]) -> Path:
    """Write a layer with these entries and the folders above them, the same bytes for the same entries."""
    by_path = {str(PurePosixPath(entry.path)).strip("/"): entry for entry in entries}
    for folder in {str(parent) for name in by_path for parent in PurePosixPath(name).parents} - {"."} - set(by_path):
        by_path[folder] = Entry(folder)
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as tar:
        for name in sorted(by_path):
            _add_entry(tar, name, by_path[name])
    return path


def _add_entry(tar: tarfile.TarFile, name: str, entry: Entry) -> None:
    member = tarfile.TarInfo(name)
    member.mode, member.uid, member.gid = entry.mode, entry.uid, entry.gid
    member.pax_headers = {
        f"SCHILY.xattr.{key}": value.decode("utf-8", "surrogateescape") for key, value in entry.xattrs.items()
    }
    if entry.link is not None:
        member.type, member.linkname, member.mode = tarfile.SYMTYPE, entry.link, 0o777
        tar.addfile(member)
    elif entry.source is not None:
        member.size = entry.source.stat().st_size
        with entry.source.open("rb") as handle:
            tar.addfile(member, handle)
    elif entry.content is not None:
        member.size = len(entry.content)
        tar.addfile(member, io.BytesIO(entry.content))
    else:
        member.type = tarfile.DIRTYPE
        tar.addfile(member)


def digest_of(path: Path) -> str:
    """Return the sha256 of a file as hex."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def write_archive(path: Path, images: Sequence[Image]) -> Path:
    """Write an archive that ``ctr images import`` and RKE2's agent/images take; a layer of several images is kept once.

    path: a name that ends in ``.tar``, or in ``.tar.zst`` to have it compressed.
    """
    digests = {layer: digest_of(layer) for image in images for layer in image.layers}
    configs = [_config(image, digests) for image in images]
    manifest = [
        {
            "Config": _config_name(config),
            "RepoTags": list(image.tags),
            "Layers": [f"{digests[layer]}.tar" for layer in image.layers],
        }
        for image, config in zip(images, configs, strict=True)
    ]
    ordered = {digests[layer]: layer for image in reversed(images) for layer in reversed(image.layers)}
    with _target(path) as target, tarfile.open(fileobj=target, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        # First, so that a reader knows what it wants before the layers come.
        _add_entry(tar, "manifest.json", Entry("manifest.json", content=_json(manifest), mode=0o644))
        for name, content in sorted({_config_name(config): config for config in configs}.items()):
            _add_entry(tar, name, Entry(name, content=content, mode=0o644))
        # The first image comes first: who wants no other need not read on.
        for digest, layer in reversed(ordered.items()):
            _add_entry(tar, f"{digest}.tar", Entry(digest, source=layer, mode=0o644))
    return path


def _config(image: Image, digests: Mapping[Path, str]) -> bytes:
    config: dict[str, Any] = {"Env": list(image.env)}
    optional = {
        "Entrypoint": list(image.entrypoint),
        "Cmd": list(image.cmd),
        "User": image.user,
        "WorkingDir": image.workdir,
    }
    config |= {key: value for key, value in optional.items() if value}
    rootfs = {"type": "layers", "diff_ids": [f"sha256:{digests[layer]}" for layer in image.layers]}
    return _json({"architecture": "amd64", "os": "linux", "config": config, "rootfs": rootfs, "history": []})


def _config_name(config: bytes) -> str:
    return f"{hashlib.sha256(config).hexdigest()}.json"


def _json(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


@contextmanager
def _target(path: Path) -> Iterator[IO[bytes]]:
    """Open the archive for writing, through zstd if its name asks for it."""
    if path.suffix != ".zst":
        with path.open("wb") as handle:
            yield handle
        return
    with subprocess.Popen(
        ["nice", "-n", "5", "zstd", "-q", "-f", "-T0", "-3", "-o", str(path)], stdin=subprocess.PIPE
    ) as zstd:
        assert zstd.stdin is not None
        yield zstd.stdin
        zstd.stdin.close()
    if zstd.returncode:
        raise OSError(f"{path}: zstd ended with {zstd.returncode}; is there room on the disk?")
