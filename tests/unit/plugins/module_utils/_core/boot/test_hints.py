"""Hints that must match exactly one disk."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.hints import DiskNotFound, choose_disk
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.inspection import parse_inspection
from tests.unit.plugins.module_utils._core.boot.samples import GIB, inspection

DISKS = parse_inspection(
    inspection(
        {
            "nvme0n1": {"size": 100 * GIB, "serial": "N1", "model": "FastDisk 9", "rotational": 0, "bus": "nvme"},
            "sda": {"size": 500 * GIB, "serial": "S1", "vendor": "ACME", "rotational": 1, "bus": "sata", "wwn": "0xA1"},
            "sdb": {"size": 500 * GIB, "serial": "S2", "vendor": "ACME", "rotational": 1, "hctl": "0:0:1:0"},
            "vda": {"size": 20 * GIB, "by_path": "pci-0000:00:02.0", "rotational": 1, "bus": "virtio"},
        }
    )
).disks


@pytest.mark.parametrize(
    ("hints", "name"),
    [
        ({"serial": "S1"}, "sda"),
        ({"serial": "s2"}, "sdb"),
        ({"wwn": "0xa1"}, "sda"),
        ({"model": "fastdisk"}, "nvme0n1"),
        ({"rotational": False}, "nvme0n1"),
        ({"bus": "virtio"}, "vda"),
        ({"hctl": "0:0:1:0"}, "sdb"),
        ({"by_path": "/dev/disk/by-path/pci-0000:00:02.0"}, "vda"),
        ({"device_name": "/dev/sda"}, "sda"),
        ({"max_size_gb": 50}, "vda"),
        ({"min_size_gb": 90, "max_size_gb": 100}, "nvme0n1"),
        ({"vendor": "ACME", "serial": "S2", "wwn": None}, "sdb"),
    ],
)
def test_the_disk_is_found(hints: dict[str, Any], name: str) -> None:
    assert choose_disk(DISKS, hints).name == name


@pytest.mark.parametrize(
    ("hints", "words"),
    [
        ({"serial": "nobody"}, "matches none"),
        ({"vendor": "acme"}, "matches sda, sdb"),
        ({}, "no hint"),
        ({"serial": None}, "no hint"),
        ({"sreial": "S1"}, "sreial"),
    ],
)
def test_none_or_several_is_refused(hints: dict[str, Any], words: str) -> None:
    with pytest.raises(DiskNotFound, match=words):
        choose_disk(DISKS, hints)


def test_the_error_names_the_disks_in_the_words_of_hints() -> None:
    with pytest.raises(DiskNotFound, match=r"nvme0n1 100.0 GiB serial=N1 model=FastDisk 9"):
        choose_disk(DISKS, {"serial": "nobody"})
