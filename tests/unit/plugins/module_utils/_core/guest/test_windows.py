"""What a running Windows needs, and what is told about it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.guest.virtio_win import (
    BOOT,
    PACKAGES,
    Offer,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.guest.windows import (
    FAST_START,
    INTERFACES,
    PARTITIONS,
    POWER,
    System,
    WindowsGuest,
    unsupported,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.guest.windows_plan import (
    Value,
    Wish,
    plan_windows,
    shortfalls,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.guest.windows_receipt import remarks, windows_receipt
from tests.unit.windows_ready import (
    BARE,
    NEWER,
    OFFER,
    PATHS,
    READY,
    SERVER,
    VERSION,
    VIOSTOR,
    WITH_AGENT,
)


def with_values(key: str, **values: Any) -> WindowsGuest:
    return replace(READY, registry={**READY.registry, key: {**READY.registry.get(key, {}), **values}})


def told(guest: WindowsGuest) -> list[str]:
    return [str(finding) for finding in shortfalls(guest, OFFER, "2k22")]


def test_a_bare_windows_gets_everything() -> None:
    plan = plan_windows(BARE, OFFER, "2k22", Wish())
    staging = r"C:\ProgramData\ironacre\virtio-win"
    assert plan.packages == tuple(rf"{staging}\{package.folder}\{package.inf}" for package in PACKAGES)
    assert len(plan.copies) == len(PATHS) + len(BOOT)
    assert plan.folders == tuple(sorted(rf"{staging}\{package.folder}" for package in PACKAGES))
    assert len(plan.values) == 7 * len(BOOT) and plan.values[6] == Value(VIOSTOR, "Start", 0)
    assert not plan.removals and not plan.hibernation_off and not plan.agent
    assert windows_receipt(BARE, OFFER, "2k22", Wish())["virtio"] is False


def test_a_prepared_windows_needs_nothing() -> None:
    assert plan_windows(READY, OFFER, "2k22", Wish()).steps == ()
    receipt = windows_receipt(READY, OFFER, "2k22", Wish())
    assert receipt["virtio"] is True and receipt["findings"] == []
    assert receipt["drivers"] == {package.name: VERSION for package in PACKAGES}


@pytest.mark.parametrize(
    ("guest", "place"),
    [
        (replace(READY, packages={**READY.packages, "viostor.inf": ()}), "driver store"),
        (replace(READY, packages={**READY.packages, "netkvm.inf": ("100.1.1.1",)}), "driver store"),
        (replace(READY, files={}), "C:\\Windows\\System32\\drivers\\viostor.sys"),
        (replace(READY, files={**READY.files, r"c:\windows\system32\drivers\vioscsi.sys": "half"}), "C:\\Windows"),
        (with_values(VIOSTOR, Start=3), VIOSTOR),
        (with_values(VIOSTOR, Type=None), VIOSTOR),
        (with_values(VIOSTOR, ErrorControl=3), VIOSTOR),
        (with_values(VIOSTOR, Group="Extended Base"), VIOSTOR),
        (with_values(VIOSTOR, ImagePath=r"system32\drivers\other.sys"), VIOSTOR),
        (with_values(rf"{VIOSTOR}\Parameters", BusType=10), VIOSTOR),
        (with_values(rf"{VIOSTOR}\Parameters\PnpInterface", **{"5": 0}), VIOSTOR),
        (with_values(rf"{VIOSTOR}\StartOverride", **{"0": 3}), rf"{VIOSTOR}\StartOverride"),
    ],
)
def test_one_thing_that_is_missing_is_told_and_done(guest: WindowsGuest, place: str) -> None:
    assert [text.startswith(place) for text in told(guest)[:1]] == [True]
    assert windows_receipt(guest, OFFER, "2k22", Wish())["virtio"] is False
    assert plan_windows(guest, OFFER, "2k22", Wish()).steps


def test_a_driver_that_is_not_needed_to_start_does_not_block() -> None:
    guest = replace(READY, packages={**READY.packages, "balloon.inf": ()})
    assert told(guest) == []
    assert [path.rpartition("\\")[2] for path in plan_windows(guest, OFFER, "2k22", Wish()).packages] == ["balloon.inf"]


@pytest.mark.parametrize(
    "image",
    [
        r"\SystemRoot\System32\drivers\viostor.sys",
        r"System32\Drivers\viostor.sys",
        r"%SystemRoot%\system32\drivers\viostor.sys",
        r"\SystemRoot\System32\DriverStore\FileRepository\viostor.inf_amd64_0123456789abcdef\viostor.sys",
    ],
)
def test_the_driver_s_place_may_be_written_in_other_ways(image: str) -> None:
    guest = with_values(VIOSTOR, ImagePath=image)
    assert plan_windows(guest, OFFER, "2k22", Wish()).steps == () and told(guest) == []


def test_newer_drivers_are_left_alone() -> None:
    """Somebody installed a newer virtio-win: neither its packages nor its files are put back."""
    newer = replace(
        READY,
        packages=dict.fromkeys(READY.packages, (VERSION, NEWER)),
        files=dict.fromkeys(READY.files, "a newer one"),
    )
    assert plan_windows(newer, OFFER, "2k22", Wish()).steps == () and told(newer) == []
    assert windows_receipt(newer, OFFER, "2k22", Wish())["drivers"]["viostor"] == NEWER


def test_what_is_staged_already_is_not_copied_again() -> None:
    staged = {rf"c:\programdata\ironacre\virtio-win\viostor\viostor.{end}": end for end in ("inf", "cat", "sys")}
    sums = {path: f"sum of viostor/2k22/amd64/viostor.{end}" for path, end in staged.items()}
    plan = plan_windows(replace(BARE, files=sums), OFFER, "2k22", Wish())
    assert not [copy for copy in plan.copies if "virtio-win\\viostor" in copy.target]
    assert plan.packages[0].endswith(r"\viostor\viostor.inf")


@pytest.mark.parametrize(
    ("registry", "wish", "steps"),
    [
        ({POWER: {"HibernateEnabled": 1}}, Wish(), ("switch hibernation off",)),
        ({POWER: {"HibernateEnabledDefault": 1}}, Wish(), ("switch hibernation off",)),
        ({POWER: {"HibernateEnabled": 0, "HibernateEnabledDefault": 1}}, Wish(), ()),
        ({POWER: {"HibernateEnabled": 1}}, Wish(hibernation_off=False), ()),
        ({FAST_START: {"HiberbootEnabled": 1}}, Wish(), (f"set {FAST_START} HiberbootEnabled",)),
        ({FAST_START: {}}, Wish(), ()),
        ({FAST_START: {"HiberbootEnabled": 1}}, Wish(hibernation_off=False), ()),
        ({PARTITIONS: {"SanPolicy": 2}}, Wish(), (f"set {PARTITIONS} SanPolicy",)),
        ({PARTITIONS: {}}, Wish(), (f"set {PARTITIONS} SanPolicy",)),
        ({PARTITIONS: {"SanPolicy": 2}}, Wish(disks_online=False), ()),
    ],
)
def test_settings_are_changed_where_they_are_wished(
    registry: dict[str, Any], wish: Wish, steps: tuple[str, ...]
) -> None:
    guest = replace(READY, registry={**READY.registry, **registry})
    assert plan_windows(guest, OFFER, "2k22", wish).steps == steps
    assert windows_receipt(guest, OFFER, "2k22", wish)["virtio"] is True


@pytest.mark.parametrize(
    ("there", "offer", "wish", "steps", "agent"),
    [
        (True, WITH_AGENT, Wish(), 0, "installed"),
        (False, WITH_AGENT, Wish(), 2, "available"),
        (False, WITH_AGENT, Wish(agent=False), 0, "available"),
        (False, OFFER, Wish(), 0, "absent"),
    ],
)
def test_the_agent_is_installed_where_it_is_offered(
    there: bool, offer: Offer, wish: Wish, steps: int, agent: str
) -> None:
    guest = replace(READY, agent=there)
    assert len(plan_windows(guest, offer, "2k22", wish).steps) == steps
    assert windows_receipt(guest, offer, "2k22", wish)["agent"] == agent


BY_DHCP = {rf"{INTERFACES}\{{b}}": {"EnableDHCP": 1, "IPAddress": ["10.1.2.3"]}}
STATIC = {rf"{INTERFACES}\{{b}}": {"EnableDHCP": 0, "IPAddress": ["10.1.2.3"]}}
HERE = {"Ethernet0": ("10.1.2.3", "169.254.7.7")}


@pytest.mark.parametrize(
    ("change", "wish", "place", "words"),
    [
        ({"system": replace(SERVER, version=(10, 0, 25398))}, Wish(), "build 25398", "the drivers of 2k22 are taken"),
        ({"protected": True}, Wish(), "disk C", "BitLocker protects it"),
        ({"protected": None}, Wish(), "disk C", "manage-bde does not tell"),
        ({"registry": {**READY.registry, **STATIC}, "addresses": HERE}, Wish(), "network card Ethernet0", "10.1.2.3,"),
        ({"agent": False}, Wish(), "QEMU-GA", "is not installed"),
        (
            {"registry": {**READY.registry, FAST_START: {"HiberbootEnabled": 1}}},
            Wish(hibernation_off=False),
            "fast start",
            "is on",
        ),
    ],
)
def test_what_a_person_should_know_is_told(change: dict[str, Any], wish: Wish, place: str, words: str) -> None:
    found = [str(finding) for finding in remarks(replace(READY, **change), OFFER, "2k22", wish)]
    assert len(found) == 1 and found[0].startswith(f"{place}: ") and words in found[0]
    assert windows_receipt(replace(READY, **change), OFFER, "2k22", wish)["virtio"] is True


@pytest.mark.parametrize(
    ("change", "offer"),
    [
        ({}, OFFER),
        ({"agent": False}, WITH_AGENT),
        ({"protected": False}, OFFER),
        # An address by DHCP, one of a card that is gone, and none at all.
        (
            {
                "registry": {**READY.registry, **BY_DHCP},
                "addresses": HERE,
            },
            OFFER,
        ),
        ({"registry": {**READY.registry, **STATIC}, "addresses": {"Ethernet0": ("10.9.9.9",)}}, OFFER),
        (
            {
                "registry": {**READY.registry, rf"{INTERFACES}\{{b}}": {"EnableDHCP": 0, "IPAddress": ["0.0.0.0"]}},
                "addresses": {"Ethernet0": ("0.0.0.0",)},
            },
            OFFER,
        ),
    ],
)
def test_nothing_is_told_without_a_reason(change: dict[str, Any], offer: Offer) -> None:
    assert not list(remarks(replace(READY, **change), offer, "2k22", Wish()))


@pytest.mark.parametrize(
    ("version", "architecture", "words"),
    [
        ((10, 0, 14393), "x86_64", ""),
        ((10, 0, 26100), "x86_64", ""),
        ((10, 0, 10586), "x86_64", "is older than Windows 10 1607"),
        ((6, 3, 9600), "x86_64", "is older than Windows 10 1607"),
        ((), "x86_64", "of no version"),
        ((10, 0, 19045), "i386", "runs on i386, not on x86_64"),
    ],
)
def test_a_windows_that_cannot_be_prepared_is_told(version: tuple[int, ...], architecture: str, words: str) -> None:
    found = "".join(map(str, unsupported(System(version, True, architecture))))
    assert (words in found and "vm_convert" in found) if words else found == ""
