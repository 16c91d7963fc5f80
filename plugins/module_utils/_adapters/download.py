# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verified files: streamed with their digest, resumed, put in place by one rename, remembered by a stamp.

This module util is private to the collection.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.http_body import (
    CHUNK,
    EmptyBody,
    ExactBody,
    Source,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError


@dataclass(frozen=True)
class Wanted:
    """One file: where it comes from, its digest, where it goes, its mode bits."""

    url: str
    sha256: str
    dest: Path
    mode: int = 0o644


class ArtifactStore:
    """The files of one machine. state_dir keeps stamps, locks and what of a broken download can be resumed.

    A stamp holds size, mtime and digest of a file that was hashed once: while both agree, nobody hashes again.
    Stamps lie outside the files' own folders because some of these are watched by a program that imports what it finds.
    """

    def __init__(self, state_dir: Path, timeout: float = 60.0) -> None:
        self._state = state_dir
        self._timeout = timeout

    def has(self, wanted: Wanted) -> bool:
        """Whether the file lies there with this digest. Hashes it only if there is no valid stamp (writes nothing)."""
        if not wanted.dest.is_file():
            return False
        stamp = self._read_stamp(wanted.dest)
        if stamp and _matches(stamp, wanted.dest):
            return bool(stamp["sha256"] == wanted.sha256)
        return file_digest(wanted.dest) == wanted.sha256

    def put(self, wanted: Wanted) -> bool:
        """Bring the file into place; False if it was there. Safe beside another process that wants the same file."""
        wanted.dest.parent.mkdir(parents=True, exist_ok=True)
        with self._locked(wanted.dest):
            there = self.has(wanted)
            if not there:
                self._fetch(wanted)
            changed = _set_mode(wanted.dest, wanted.mode) or not there
            self._write_stamp(wanted)
        return changed

    def stale(self, folder: Path, keep: set[Path]) -> list[Path]:
        """Files of the folder that this store once put there and that are not in `keep`. Others are not ours."""
        found = (Path(stamp["dest"]) for stamp in self._stamps())
        return sorted(path for path in found if path.parent == folder and path not in keep and path.is_file())

    def remove(self, path: Path) -> None:
        """Remove a file and its stamp; nothing to do if it is gone."""
        path.unlink(missing_ok=True)
        self._stamp_path(path).unlink(missing_ok=True)

    def _fetch(self, wanted: Wanted) -> None:
        part = self._part_path(wanted)
        resumed = part.is_file()
        found = self._download(wanted, part)
        if found != wanted.sha256 and resumed:
            # What an earlier run left need not be of this file: the server may have changed it in between.
            part.unlink()
            found = self._download(wanted, part)
        if found != wanted.sha256:
            size = part.stat().st_size
            part.unlink()
            raise _altered(wanted, found, size)
        part.replace(wanted.dest)

    def _download(self, wanted: Wanted, part: Path) -> str:
        """Stream into the part file, going on where an earlier try stopped; returns the digest of the whole."""
        digest = hashlib.sha256()
        offset = _hash_into(digest, part)
        try:
            with self._open(wanted.url, offset) as (source, resumed):
                digest = digest if resumed else hashlib.sha256()
                with part.open("ab" if resumed else "wb") as sink:
                    for chunk in iter(lambda: source.read(CHUNK), b""):
                        digest.update(chunk)
                        sink.write(chunk)
        except (OSError, HTTPException) as error:
            raise _unreachable(wanted, part, error) from error
        return digest.hexdigest()

    @contextmanager
    def _open(self, url: str, offset: int) -> Iterator[tuple[Source, bool]]:
        request = urllib.request.Request(url, headers={"Range": f"bytes={offset}-"} if offset else {})
        try:
            with urllib.request.build_opener().open(request, timeout=self._timeout) as reply:
                yield ExactBody(reply), reply.status == 206
        except urllib.error.HTTPError as error:
            if error.code != 416:
                raise
            # The part is already as long as the file: nothing more to read, the digest decides.
            yield EmptyBody(), True

    @contextmanager
    def _locked(self, dest: Path) -> Iterator[None]:
        self._state.mkdir(parents=True, exist_ok=True)
        with self._side_path(dest, "lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _side_path(self, dest: Path, kind: str) -> Path:
        return self._state / f"{hashlib.sha256(str(dest).encode()).hexdigest()[:24]}.{kind}"

    def _stamp_path(self, dest: Path) -> Path:
        return self._side_path(dest, "json")

    def _part_path(self, wanted: Wanted) -> Path:
        """Beside the stamps if that is the file system of the destination (rename must be atomic), else beside it."""
        same = self._state.stat().st_dev == wanted.dest.parent.stat().st_dev
        name = f"{wanted.sha256[:24]}.part"
        return self._side_path(wanted.dest, name) if same else wanted.dest.parent / f".{name}"

    def _read_stamp(self, dest: Path) -> dict[str, Any]:
        return _read_json(self._stamp_path(dest))

    def _write_stamp(self, wanted: Wanted) -> None:
        path = self._stamp_path(wanted.dest)
        stat = wanted.dest.stat()
        stamp = {"dest": str(wanted.dest), "sha256": wanted.sha256, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}
        if _read_json(path) != stamp:
            fresh = path.with_suffix(".new")
            fresh.write_text(json.dumps(stamp))
            fresh.replace(path)

    def _stamps(self) -> Iterator[dict[str, Any]]:
        for path in sorted(self._state.glob("*.json")):
            stamp = _read_json(path)
            if "dest" in stamp:
                yield stamp


def file_digest(path: Path) -> str:
    """sha256 of a file, streamed."""
    digest = hashlib.sha256()
    _hash_into(digest, path)
    return digest.hexdigest()


def _hash_into(digest: Any, path: Path) -> int:
    size = 0
    if path.is_file():
        with path.open("rb") as source:
            for chunk in iter(lambda: source.read(CHUNK), b""):
                digest.update(chunk)
                size += len(chunk)
    return size


def _matches(stamp: dict[str, Any], path: Path) -> bool:
    stat = path.stat()
    return (stamp.get("size"), stamp.get("mtime_ns")) == (stat.st_size, stat.st_mtime_ns)


def _set_mode(path: Path, mode: int) -> bool:
    if path.stat().st_mode & 0o7777 == mode:
        return False
    path.chmod(mode)
    return True


def _read_json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _altered(wanted: Wanted, found: str, size: int) -> PlatformError:
    return PlatformError(
        f"{wanted.url}: the file has another digest than the lock says: expected sha256 {wanted.sha256}, "
        f"found {found} ({size} bytes). Nothing was put at {wanted.dest}. Either the lock is out of date "
        "(playbooks/lock_artifacts.yml writes it anew; review the change) or the file was altered on its way.",
        url=wanted.url,
        expected=wanted.sha256,
        found=found,
    )


def _unreachable(wanted: Wanted, part: Path, error: Exception) -> PlatformError:
    kept = part.stat().st_size if part.is_file() else 0
    way_out = f"Check that this machine reaches it; {kept} bytes are kept and the next run goes on from there."
    if isinstance(error, urllib.error.HTTPError) and error.code == 404:
        way_out = "Nobody put it there: fill the boot host's cache (playbooks/provision_nodes.yml) or correct the lock."
    return PlatformError(
        f"{wanted.url}: cannot be fetched for {wanted.dest}: {error}. {way_out}",
        url=wanted.url,
        kept_bytes=kept,
    )
