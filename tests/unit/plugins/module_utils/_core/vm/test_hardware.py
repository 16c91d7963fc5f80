"""Processors, clock and identity of a machine in KubeVirt's words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import InputErrors
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.mapping import render
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Cpu, Disk, Guest, Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.settings import Settings

UUID = "42371a2b-3c4d-5e6f-7081-92a3b4c5d6e7"
VM = Vm("Web 01", cpu=Cpu(8, 8), memory_mib=64, uuid=UUID, disks=(Disk("2000", 1 << 30, "a.vmdk"),))
SETTINGS = Settings("web-01", "vms")


def template(vm: Vm = VM, settings: Settings = SETTINGS) -> dict[str, Any]:
    found: dict[str, Any] = render(vm, settings).machine["spec"]["template"]["spec"]
    return found


def test_windows_gets_its_clock() -> None:
    assert template(replace(VM, guest=Guest("windows9_64Guest", "", "windows")))["domain"]["clock"]["timezone"] == "UTC"


WINDOWS = replace(VM, guest=Guest("windows9_64Guest", "", "windows"))


def test_the_hardware_clock_has_the_zone_that_is_asked_for() -> None:
    zone = replace(SETTINGS, timezone="Europe/Berlin")
    assert template(WINDOWS, zone)["domain"]["clock"]["timezone"] == "Europe/Berlin"
    assert template(VM, zone)["domain"]["clock"] == {"timezone": "Europe/Berlin"}
    assert "clock" not in template()["domain"]


def test_windows_without_a_zone_is_told_of() -> None:
    assert [text for text in render(WINDOWS, SETTINGS).warnings if "overrides.timezone" in text]
    assert not render(WINDOWS, replace(SETTINGS, timezone="UTC")).warnings
    assert not render(VM, SETTINGS).warnings


def test_processors_can_be_plugged_in_only_where_that_is_asked_for() -> None:
    assert "maxSockets" not in template(replace(VM, cpu=Cpu(8, 8, hotadd=True)))["domain"]["cpu"]
    found = template(replace(VM, cpu=Cpu(8, 4)), replace(SETTINGS, max_sockets=4))["domain"]["cpu"]
    assert found == {"sockets": 2, "cores": 4, "threads": 1, "maxSockets": 4}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"max_sockets": 1}, "overrides.max_sockets: 1 sockets at most, and Web 01 has 8"),
        ({"timezone": "Berlin; rm"}, "overrides.timezone: 'Berlin; rm' is no time zone"),
    ],
)
def test_overrides_that_cannot_be_are_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(InputErrors, match=told):
        render(replace(VM, cpu=Cpu(8, 1)), replace(SETTINGS, **changes))


def test_the_generation_is_kept_as_an_annotation() -> None:
    vm = replace(VM, extra={"generation_id": "0a512cc5-8f79-8798-b950-f54f63108115"})
    annotations = render(vm, SETTINGS).machine["metadata"]["annotations"]
    assert annotations["import.ironacre.io/generation-id"] == "0a512cc5-8f79-8798-b950-f54f63108115"
    assert "import.ironacre.io/generation-id" not in render(VM, SETTINGS).machine["metadata"]["annotations"]


def test_a_guest_of_libvirt_gets_no_serial_number_of_vmware() -> None:
    found = template(replace(VM, source={"type": "libvirt"}))["domain"]["firmware"]
    assert found == {"uuid": UUID, "bootloader": {"bios": {}}}
