# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The artifact lock: what the platform is made of, by version, place and digest.

This module util is private to the collection.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import Finding, refuse

USERS = ("boot", "nodes", "servers", "agents", "vm_hosts", "controller")
_KEYS = ("name", "version", "file", "url", "sha256", "size_bytes", "used_by", "checksum_url")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")


@dataclass(frozen=True)
class Artifact:
    """One pinned file. sha256 is None while nobody has pinned it; size_bytes is informative."""

    name: str
    version: str
    file: str
    url: str
    sha256: str | None = None
    size_bytes: int | None = None
    used_by: tuple[str, ...] = ()
    checksum_url: str | None = None

    @property
    def pinned(self) -> bool:
        return self.sha256 is not None

    def path_below(self, root: str) -> str:
        """Where a cache keeps it: the digest is the folder, so two versions of one file name never meet."""
        return f"{root.rstrip('/')}/{self.sha256}/{self.file}"


def parse_lock(data: Any) -> tuple[Artifact, ...]:
    """The artifacts of a lock file's data, in its order. Raises InputErrors with every fault of the file."""
    entries = data.get("artifacts") if isinstance(data, Mapping) else None
    if not isinstance(entries, list):
        refuse([Finding("artifacts", "the lock has no list of this name", "give a file made of 'artifacts: [...]'")])
        raise AssertionError  # refuse() has raised
    refuse([*_faults(entries), *_repeated(entries)])
    return tuple(_artifact(entry) for entry in entries)


def _artifact(entry: Mapping[str, Any]) -> Artifact:
    return Artifact(
        name=entry["name"],
        version=str(entry["version"]),
        file=entry["file"],
        url=entry["url"],
        sha256=entry.get("sha256"),
        size_bytes=entry.get("size_bytes"),
        used_by=_users(entry),
        checksum_url=entry.get("checksum_url"),
    )


def _users(entry: Mapping[str, Any]) -> tuple[str, ...]:
    used_by = entry.get("used_by") or []
    return (used_by,) if isinstance(used_by, str) else tuple(used_by)


def _faults(entries: list[Any]) -> Iterator[Finding]:
    for index, entry in enumerate(entries):
        if not isinstance(entry, Mapping):
            yield Finding(f"artifacts[{index}]", "is not a mapping", "give name, version, file, url, sha256, used_by")
            continue
        place = f"artifacts[{index}] ({entry.get('name', 'no name')})"
        yield from _unknown_keys(place, entry)
        yield from _wrong_texts(place, entry)
        yield from _wrong_digest(place, entry)
        yield from _wrong_users(place, entry)


def _unknown_keys(place: str, entry: Mapping[str, Any]) -> Iterator[Finding]:
    for key in entry:
        if key not in _KEYS:
            near = difflib.get_close_matches(str(key), _KEYS, 1)
            yield Finding(f"{place}.{key}", "unknown key", f"did you mean {near[0]}?" if near else "remove it")


def _wrong_texts(place: str, entry: Mapping[str, Any]) -> Iterator[Finding]:
    for key in ("name", "version", "file", "url"):
        value = entry.get(key)
        if not isinstance(value, str) or not value:
            yield Finding(f"{place}.{key}", f"is {value!r}", "give a text")
        elif key == "file" and not _FILE.fullmatch(value):
            yield Finding(f"{place}.file", f"is {value!r}", "give a plain file name without folders")
        elif key == "url" and not value.startswith(("http://", "https://", "file:///")):
            yield Finding(f"{place}.url", f"is {value!r}", "give an http, https or file address")


def _wrong_digest(place: str, entry: Mapping[str, Any]) -> Iterator[Finding]:
    digest = entry.get("sha256")
    if digest is not None and not (isinstance(digest, str) and _SHA256.fullmatch(digest)):
        yield Finding(f"{place}.sha256", f"is {digest!r}", "give 64 lower-case hexadecimal digits, or null")


def _wrong_users(place: str, entry: Mapping[str, Any]) -> Iterator[Finding]:
    users = _users(entry)
    if not users:
        yield Finding(f"{place}.used_by", "nobody uses it", f"name one or more of {', '.join(USERS)}")
    for user in users:
        if user not in USERS:
            near = difflib.get_close_matches(str(user), USERS, 1)
            hint = f"did you mean {near[0]}?" if near else f"use one of {', '.join(USERS)}"
            yield Finding(f"{place}.used_by", f"unknown user {user!r}", hint)


def _repeated(entries: list[Any]) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        name = entry.get("name") if isinstance(entry, Mapping) else None
        if isinstance(name, str) and name in seen:
            yield Finding(f"artifacts[{index}].name", f"{name!r} is there twice", "keep one")
        elif isinstance(name, str):
            seen.add(name)


def used_by(artifacts: Iterable[Artifact], users: Iterable[str]) -> tuple[Artifact, ...]:
    """Those that at least one of the users needs. Raises InputErrors if one of them is not pinned."""
    wanted = set(users)
    chosen = tuple(artifact for artifact in artifacts if wanted.intersection(artifact.used_by))
    return require_pinned(chosen)


def named(artifacts: Iterable[Artifact], names: Iterable[str]) -> tuple[Artifact, ...]:
    """The artifacts of these names, in the order of the names. Raises InputErrors for what is missing or not pinned."""
    by_name = {artifact.name: artifact for artifact in artifacts}
    wanted = tuple(names)
    refuse(
        Finding(f"artifacts.{name}", "the lock has no artifact of this name", _way_out(name, by_name))
        for name in wanted
        if name not in by_name
    )
    return require_pinned(tuple(by_name[name] for name in wanted))


def _way_out(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1)
    return f"did you mean {near[0]}?" if near else "add it to the lock file"


def require_pinned(artifacts: tuple[Artifact, ...]) -> tuple[Artifact, ...]:
    """The same artifacts. Raises InputErrors naming each whose digest is not known: nothing is fetched on trust."""
    refuse(
        Finding(
            f"artifacts.{artifact.name}.sha256",
            f"no digest is pinned for {artifact.version} ({artifact.url})",
            "run playbooks/lock_artifacts.yml, then review and keep what it wrote",
        )
        for artifact in artifacts
        if not artifact.pinned
    )
    return artifacts
