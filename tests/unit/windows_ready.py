"""A Windows that is prepared, one that is bare, and what the controller offers: values for unit tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.guest.model import Card
from ansible_collections.ironacre.hci.plugins.module_utils._core.guest.virtio_win import (
    AGENT,
    BOOT,
    PACKAGES,
    File,
    Offer,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.guest.windows import (
    FAST_START,
    PARTITIONS,
    POWER,
    SERVICES,
    System,
    WindowsGuest,
)

ROOT, NEWER, VERSION = "/srv/virtio-win", "100.100.104.27100", "100.95.104.26200"
SERVER = System((10, 0, 20348), True, "x86_64", interfaces=("{a}", "{b}"))
PATHS = [
    f"{package.folder}/2k22/amd64/{package.name}.{ending}" for package in PACKAGES for ending in ("inf", "cat", "sys")
]
FILES = {path.lower(): File(f"{ROOT}/{path}", f"sum of {path}") for path in PATHS}
INFS = {path: f"DriverVer = 07/01/2024,{VERSION}" for path in FILES if path.endswith(".inf")}
OFFER = Offer(ROOT, FILES, INFS)
WITH_AGENT = replace(OFFER, files={**FILES, AGENT: File(f"{ROOT}/{AGENT}", "sum of the agent")})
CALM = {POWER: {"HibernateEnabled": 0}, FAST_START: {"HiberbootEnabled": 0}, PARTITIONS: {"SanPolicy": 1}}
BARE = WindowsGuest(SERVER, registry=CALM, agent=True, cards=(Card("Ethernet0", "00:50:56:aa:bb:01"),))


def boot_start(name: str, bus: int) -> dict[str, Mapping[str, Any]]:
    key = rf"{SERVICES}\{name}"
    values = {"Type": 1, "Start": 0, "ErrorControl": 1, "Group": "SCSI miniport"}
    return {
        key: {**values, "ImagePath": rf"system32\drivers\{name}.sys"},
        rf"{key}\Parameters": {"BusType": bus},
        rf"{key}\Parameters\PnpInterface": {"5": 1},
    }


READY = replace(
    BARE,
    packages={package.inf: (VERSION,) for package in PACKAGES},
    files={rf"c:\windows\system32\drivers\{one.sys}": f"sum of {one.folder}/2k22/amd64/{one.sys}" for one in BOOT},
    registry={**CALM, **boot_start("viostor", 1), **boot_start("vioscsi", 10)},
)
VIOSTOR = rf"{SERVICES}\viostor"
