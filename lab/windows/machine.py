"""A Windows that is not there, to begin with: a server on VMware, and a folder as an unpacked virtio-win ISO."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CURRENT = r"HKLM:\SYSTEM\CurrentControlSet"
CARD = "{3f2a9c1e-0000-4a1b-9c2d-000000000001}"
VERSION = "100.95.104.26200"
# folder: name of its files
DRIVERS = {"viostor": "viostor", "vioscsi": "vioscsi", "NetKVM": "netkvm", "vioserial": "vioser", "Balloon": "balloon"}


def server_2022(**changes: Any) -> dict[str, Any]:
    """The state of a guest that knows only VMware's hardware."""
    return {
        "version": "10.0.20348.0",
        "product_type": "server",
        "architecture": "x86_64",
        "uuid": "42158D6A-1111-2222-3333-444455556666",
        "language": "en",
        "protected": 1,
        "interfaces": [
            {
                "connection_name": "Ethernet0",
                "macaddress": "00:50:56:AA:BB:01",
                "ipv4": {"address": "10.1.2.3", "prefix": "24"},
            }
        ],
        "services": ["VMTools"],
        "store": [
            {
                "published": "oem0.inf",
                "original": "vmxnet3.inf",
                "provider": "VMware, Inc.",
                "class": "Net",
                "guid": "{4d36e972-e325-11ce-bfc1-08002be10318}",
                "date": "08/13/2022",
                "version": "1.9.11.0",
                "signer": "Microsoft Windows Hardware Compatibility Publisher",
            }
        ],
        "registry": {key.lower(): values for key, values in registry().items()},
        **changes,
    }


def registry() -> dict[str, dict[str, list[Any]]]:
    return {
        r"HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion": {"SystemRoot": ["REG_SZ", r"C:\Windows"]},
        rf"{CURRENT}\Services\Tcpip\Parameters\Interfaces\{CARD}": {"EnableDHCP": ["REG_DWORD", 1]},
        rf"{CURRENT}\Services\partmgr\Parameters": {"SanPolicy": ["REG_DWORD", 2]},
        rf"{CURRENT}\Control\Power": {"HibernateEnabled": ["REG_DWORD", 1]},
        rf"{CURRENT}\Control\Session Manager\Power": {"HiberbootEnabled": ["REG_DWORD", 1]},
    }


def make(folder: Path, state: dict[str, Any]) -> None:
    """The folder that IRONACRE_WINDOWS names."""
    system = folder / "disk/c/windows/system32"
    (system / "drivers").mkdir(parents=True)
    (system / "drivers/storahci.sys").write_text("a driver of Windows\n")
    if state["protected"] is not None:
        (system / "manage-bde.exe").write_text("BitLocker\n")
    (folder / "state.json").write_text(json.dumps(state, indent=1, sort_keys=True))


def virtio_win(root: Path, *systems: str, version: str = VERSION, agent: bool = True) -> Path:
    """A folder as the ISO has it, with texts in place of drivers."""
    for folder, name in DRIVERS.items():
        for system in systems:
            place = root / folder / system / "amd64"
            place.mkdir(parents=True)
            text = f"[Version]\r\nCatalogFile={name}.cat\r\nDriverVer = 07/01/2024,{version}\r\n"
            # Red Hat's INF files have either encoding.
            (place / f"{name}.inf").write_bytes(text.encode("utf-16" if folder == "NetKVM" else "utf-8"))
            for ending in ("cat", "sys", "pdb"):
                (place / f"{name}.{ending}").write_text(f"{name}.{ending} {version} {system}\n")
    if agent:
        (root / "guest-agent").mkdir(parents=True)
        (root / "guest-agent/qemu-ga-x86_64.msi").write_text("an installer\n")
    return root
