# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data on a disk that nobody said may be erased.

The agent tells what it found as `type@device`, where the type is libblkid's word, `part:<GUID>` for a partition's type,
`data` for bytes without a known signature and `unreadable` for what it could not look at.
This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Collection

# A table of partitions is not data; what its partitions hold is told by itself.
TABLES = frozenset({"gpt", "dos", "pmbr", "mac", "sgi", "sun", "bsd"})
# Partition types whose content libblkid does not know, but whose owner is sure.
PARTITION_TYPES = {
    "aa31e02a-400f-11db-9590-000c2911d1b8": "vmfs",
    "381cfccc-7288-11e0-92ee-000c2911d0b2": "vsan",
    "9d275380-40ad-11db-bf97-000c2911d1b8": "vmkcore",
    "9198effc-31c0-11db-8f78-000c2911d1b8": "vmware_reserved",
    "6a898cc3-1dd2-11b2-99a6-080020736631": "zfs_member",
    "4fbd7e29-9d25-41b8-afd0-062c0ceff05d": "ceph_bluestore",
    "cafecafe-9b03-4f30-b4c6-b4b80ceff106": "ceph_bluestore",
    "e6d6d379-f507-44c2-a23c-238f2a3df928": "lvm2_member",
    "a19d880f-05fc-4d3b-a006-743f0f84911e": "linux_raid_member",
    "e3c9e316-0b5c-4db8-817d-f92df00215ae": "windows_reserved",
    "de94bba4-06d1-4d40-a16a-bfd50179d6ac": "windows_recovery",
}
# Places whose bytes are boot code of a partition table's owner.
BOOT_CODE_TYPES = frozenset({"21686148-6449-6e6f-744e-656564454649"})


def foreign_data(found: Collection[str], allowed: Collection[str]) -> tuple[str, ...]:
    """The findings, as `type@device`, that no word of `allowed` covers. Words are compared without case."""
    permitted = {word.lower() for word in allowed}
    boot_code = {place for kind, place in map(_split, found) if _guid(kind) in BOOT_CODE_TYPES}
    named = {place for kind, place in map(_split, found) if _word(kind) not in ("", "data")}
    foreign = []
    for finding in found:
        kind, place = _split(finding)
        word = _word(kind)
        is_noise = word == "data" and (place in boot_code or place in named)
        if word and word not in permitted and not is_noise:
            foreign.append(f"{word}@{place}")
    return tuple(dict.fromkeys(foreign))


def _split(finding: str) -> tuple[str, str]:
    kind, place = (*finding.split("@", maxsplit=1), "")[:2]
    return kind.strip().lower(), place.strip()


def _guid(kind: str) -> str:
    return kind[len("part:") :] if kind.startswith("part:") else ""


def _word(kind: str) -> str:
    """The word an operator lists; empty for what is no data."""
    if kind in TABLES:
        return ""
    return PARTITION_TYPES.get(_guid(kind), "") if kind.startswith("part:") else kind
