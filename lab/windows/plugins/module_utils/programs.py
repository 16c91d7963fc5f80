# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The programs of Windows that the role runs: pnputil, powercfg, manage-bde."""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.ansible.windows.plugins.module_utils.standin import Windows

POWER = r"HKLM:\SYSTEM\CurrentControlSet\Control\Power"
DRIVER_VERSION = re.compile(r"^\s*DriverVer\s*=\s*([\d/]+)\s*,\s*([\d.]+)", re.MULTILINE | re.IGNORECASE)
# As pnputil of Windows Server 2022 prints them: (heading, labels).
LANGUAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "en": (
        "Microsoft PnP Utility",
        (
            "Published Name:     ",
            "Original Name:      ",
            "Provider Name:      ",
            "Class Name:         ",
            "Class GUID:         ",
            "Driver Version:     ",
            "Signer Name:        ",
        ),
    ),
    "de": (
        "Microsoft-PnP-Hilfsprogramm",
        (
            "Ver\ufffdffentlichter Name:     ",
            "Originalname:      ",
            "Anbietername:      ",
            "Klassenname:         ",
            "Klassen-GUID:         ",
            "Treiberversion:     ",
            "Name des Signaturgebers:        ",
        ),
    ),
}
FIELDS = ("published", "original", "provider", "class", "guid", "version", "signer")


def enumerated(windows: Windows) -> str:
    """What `pnputil /enum-drivers` prints; it ends its lines as DOS does."""
    heading, labels = LANGUAGES[windows.state["language"]]
    blocks = []
    for package in windows.state["store"]:
        texts = {**package, "version": f"{package['date']} {package['version']}"}
        blocks.append("".join(f"{label}{texts[name]}\r\n" for label, name in zip(labels, FIELDS, strict=True)))
    return "\r\n".join([f"{heading}\r\n", *blocks, ""])


def pnputil(windows: Windows, arguments: list[str]) -> tuple[int, str]:
    if arguments == ["/enum-drivers"]:
        return 0, enumerated(windows)
    if len(arguments) == 2 and arguments[0] == "/add-driver":
        return add_driver(windows, arguments[1])
    return 87, "not imitated"


def add_driver(windows: Windows, inf: str) -> tuple[int, str]:
    """A package is only taken whole: with its catalogue and the driver."""
    path = windows.path(inf)
    name = path.name
    files = [path, path.with_suffix(".cat"), path.with_suffix(".sys")]
    if not all(file.is_file() for file in files):
        return 2, f"Adding driver package:  {name}\r\nFailed to add driver package: {name}\r\n"
    if name in windows.state.get("ignored", []):
        return 259, f"Adding driver package:  {name}\r\n"
    content = path.read_bytes()
    text = content.decode("utf-16" if content[:2] == b"\xff\xfe" else "utf-8-sig")
    date, version = DRIVER_VERSION.findall(text)[0]
    store = windows.state["store"]
    if not any((one["original"], one["version"]) == (name, version) for one in store):
        published = f"oem{len(store)}.inf"
        store.append(package(published, name, "Red Hat, Inc.", date, version))
        windows.save()
    return 0, f"Adding driver package:  {name}\r\nDriver package added successfully.\r\n"


def package(published: str, original: str, provider: str, date: str, version: str) -> dict[str, Any]:
    return {
        "published": published,
        "original": original,
        "provider": provider,
        "class": "SCSIAdapter",
        "guid": "{4d36e97b-e325-11ce-bfc1-08002be10318}",
        "date": date,
        "version": version,
        "signer": "Microsoft Windows Hardware Compatibility Publisher",
    }


def powercfg(windows: Windows, arguments: list[str]) -> tuple[int, str]:
    if arguments != ["/hibernate", "off"]:
        return 1, "not imitated"
    windows.set_value(POWER, "HibernateEnabled", "REG_DWORD", 0)
    windows.save()
    return 0, ""


def manage_bde(windows: Windows, arguments: list[str]) -> tuple[int, str]:
    """With -protectionaserrorlevel it ends with 0 for a protected disk."""
    if arguments != ["-status", "C:", "-protectionaserrorlevel"]:
        return -1, "not imitated"
    return windows.state["protected"], "BitLocker Drive Encryption: Configuration Tool\r\n"


PROGRAMS = {"pnputil.exe": pnputil, "powercfg.exe": powercfg, "manage-bde.exe": manage_bde}
