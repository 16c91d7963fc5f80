"""What modules return about a Windows becomes a decision and evidence."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.guest.virtio_win import (
    PACKAGES,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.guest.windows import (
    INTERFACES,
    VERSION_KEY,
    keys,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.guest.windows_plan import (
    Wish,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.guest.windows_read import listed, system_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.guest.windows_role import asks, decide
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.settings import settings_of
from tests.unit.windows_ready import (
    FILES,
    INFS,
    READY,
    ROOT,
    VERSION,
    VIOSTOR,
)

OVERRIDE = rf"{VIOSTOR}\StartOverride"
FACTS = {
    "ansible_distribution_version": "10.0.20348.0",
    "ansible_os_product_type": "domain_controller",
    "ansible_architecture2": "x86_64",
    "ansible_product_uuid": "42158D6A-1111",
    "ansible_interfaces": [
        {"connection_name": "Ethernet0", "macaddress": "00:50:56:AA:BB:01", "ipv4": {"address": "10.1.2.3"}},
        {"connection_name": "isatap", "macaddress": "", "ipv4": None},
    ],
}
LOOKS = [
    {"item": VERSION_KEY, "exists": True, "properties": {"SystemRoot": {"raw_value": "D:\\Windows"}}},
    {"item": INTERFACES, "exists": True, "properties": {}, "sub_keys": "{a}"},
]


def test_what_modules_return_becomes_a_system() -> None:
    system = system_of(FACTS, LOOKS)
    assert (system.version, system.server, system.interfaces) == ((10, 0, 20348), True, ("{a}",))
    assert system.staging == r"D:\ProgramData\ironacre\virtio-win"
    assert not system_of({**FACTS, "ansible_os_product_type": "workstation"}, LOOKS).server
    assert rf"{INTERFACES}\{{a}}" in keys(system)
    assert listed(None) == []


def test_the_folder_has_to_be_named() -> None:
    assert asks(FACTS, LOOKS, ROOT)["missing"] == []
    assert asks(FACTS, LOOKS, "")["missing"][0].startswith("vm_guest_prepare_virtio_win: is not set; ")


def test_an_old_windows_is_refused_with_evidence_that_proves_nothing() -> None:
    asked = asks({**FACTS, "ansible_distribution_version": "6.1.7601.0"}, LOOKS, ROOT)
    assert asked["refusal"]["virtio"] is False and "vm_convert" in asked["refusal"]["findings"][0]


def read(**changes: Any) -> dict[str, Any]:
    def look(key: str, values: Mapping[str, Any]) -> dict[str, Any]:
        return {"item": key, "exists": True, "properties": {name: {"raw_value": one} for name, one in values.items()}}

    store = "".join(
        f"\r\n\r\nName: oem1.inf\r\nName: {inf}\r\nDate: 1 {versions[0]}" for inf, versions in READY.packages.items()
    )
    return {
        "drivers": store,
        "files": [{"path": path.replace("c:", "D:"), "checksum": one} for path, one in READY.files.items()],
        "keys": [*(look(*one) for one in READY.registry.items()), {"item": OVERRIDE, "exists": False}],
        "services": [{"name": "QEMU-GA"}],
        "protection": 1,
        **changes,
    }


def decided(**changes: Any) -> dict[str, Any]:
    files = [{"path": file.path, "checksum": file.checksum} for file in FILES.values()]
    infs = [
        {"source": FILES[path].path, "content": base64.b64encode(text.encode()).decode()} for path, text in INFS.items()
    ]
    return decide(FACTS, LOOKS, read(**changes), {"root": ROOT, "files": files, "infs": infs}, Wish())


def test_what_modules_return_becomes_evidence() -> None:
    found = decided()
    assert (found["steps"], found["missing"], found["remarks"]) == ([], [], [])
    assert (
        json.loads(found["text"])
        == found["prepared"]
        == {
            "version": 1,
            "family": "windows",
            "virtio": True,
            "drivers": {package.name: VERSION for package in PACKAGES},
            "interfaces": {"00:50:56:aa:bb:01": "Ethernet0"},
            "agent": "installed",
            "machine": "42158d6a-1111",
            "findings": [],
        }
    )


@pytest.mark.parametrize(("code", "words"), [(0, "protects it,"), (1, ""), (None, ""), (2, "does not tell")])
def test_the_end_of_manage_bde_tells_about_bitlocker(code: int | None, words: str) -> None:
    found = decided(protection=code)["remarks"]
    assert words in found[0] if words else found == []


def test_the_evidence_is_that_of_an_import() -> None:
    options = {"target": {"namespace": "vms"}, "overrides": {"guest": decided()["prepared"]}}
    assert settings_of(options, "web01").prepared is True
    options["overrides"]["guest"] = decided(keys=[])["prepared"]
    assert settings_of(options, "web01").prepared is False
