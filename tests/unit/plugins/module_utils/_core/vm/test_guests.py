from __future__ import annotations

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.guests import (
    carries_virtio,
    family_of,
    guest_id,
    preference_of,
)


@pytest.mark.parametrize(
    ("identifier", "preference"),
    [
        ("rhel7_64Guest", "rhel.7"),
        ("rhel9_64Guest", "rhel.9"),
        ("rhel8_64Guest", "rhel.8"),
        ("rhel10_64Guest", "rhel.10"),
        ("opensuse64Guest", "opensuse.leap"),
        ("windows11_64Guest", "windows.11"),
        ("windows2022srvNext_64Guest", "windows.2k25"),
        ("windows7Server64Guest", "windows.2k8"),
        ("centos9_64Guest", "centos.stream9"),
        ("centos7_64Guest", "centos.7"),
        ("centos8_64Guest", "centos.stream8"),
        ("ubuntu64Guest", "ubuntu"),
        ("debian12_64Guest", "debian"),
        ("fedora64Guest", "fedora"),
        ("sles15_64Guest", "sles"),
        ("windows9_64Guest", "windows.10"),
        ("windows9Server64Guest", "windows.2k16"),
        ("windows2019srv_64Guest", "windows.2k19"),
        ("windows2019srvNext_64Guest", "windows.2k22"),
        ("windows8Server64Guest", "windows.2k12"),
        ("otherLinux64Guest", "linux"),
        ("other5xLinux64Guest", "linux"),
        ("freebsd13_64Guest", ""),
        ("", ""),
    ],
)
def test_preferences(identifier: str, preference: str) -> None:
    assert preference_of(identifier) == preference


def test_short_identifiers_become_long_ones() -> None:
    assert guest_id("rhel8-64") == "rhel8_64Guest"
    assert guest_id("rhel8_64Guest") == "rhel8_64Guest"
    assert guest_id("") == ""


@pytest.mark.parametrize(
    ("identifier", "name", "family"),
    [
        ("winNetStandardGuest", "", "windows"),
        ("", "Microsoft Windows", "windows"),
        ("", "Debian 12", "linux"),
        ("x", "BSD", "other"),
    ],
)
def test_families(identifier: str, name: str, family: str) -> None:
    assert family_of(identifier, name) == family


def test_only_modern_guests_carry_virtio() -> None:
    carriers = ["rhel8_64Guest", "rhel10_64Guest", "debian12_64Guest", "fedora64Guest", "sles15_64Guest"]
    others = ["rhel6_64Guest", "debian9_64Guest", "windows9_64Guest", "sles12_64Guest", ""]
    assert [*map(carries_virtio, carriers)] == [True] * 5
    assert [*map(carries_virtio, others)] == [False] * 5
