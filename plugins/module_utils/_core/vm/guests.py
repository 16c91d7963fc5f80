# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a guest identifier tells: family, preference, and whether the guest carries virtio drivers by itself.

This module util is private to the collection.
"""

from __future__ import annotations

import re

# First match wins. Identifier (lower case, without the Guest suffix) -> name of the cluster preference.
_PREFERENCES = (
    (r"rhel(7|8|9|10)(_64)?", r"rhel.\1"),
    (r"centos7(_64)?", "centos.7"),
    (r"centos([89])(_64)?", r"centos.stream\1"),
    (r"ubuntu(_?64)?", "ubuntu"),
    (r"debian\d*(_64)?", "debian"),
    (r"fedora(_?64)?", "fedora"),
    (r"sles(\d*)(_64)?", "sles"),
    (r"opensuse(_?64)?", "opensuse.leap"),
    (r"windows9(_64)?", "windows.10"),
    (r"windows11_64", "windows.11"),
    (r"windows9server(_?64)?", "windows.2k16"),
    (r"windows2019srv_64", "windows.2k19"),
    (r"windows2019srvnext_64", "windows.2k22"),
    (r"windows2022srvnext_64", "windows.2k25"),
    (r"windows8server(_?64)?", "windows.2k12"),
    (r"windows7server(_?64)?", "windows.2k8"),
    (r"other(\dx)?linux(_?64)?|other\dxlinux(_64)?", "linux"),
)
# Guests whose stock initramfs starts from a virtio disk.
_VIRTIO_READY = re.compile(
    r"rhel([89]|10)|centos[89]|debian(1[1-9])|fedora|sles1[5-9]|oraclelinux[89]|rockylinux|almalinux"
)
_LINUX = re.compile(
    r"linux|rhel|centos|ubuntu|debian|fedora|suse|sles|oracle|rocky|alma|photon|coreos|mandrake|asianux|amazon|redhat"
)


def guest_id(name: str) -> str:
    """The vSphere identifier of a VMX short name: `rhel8-64` becomes `rhel8_64Guest`; others stay as they are."""
    if not name or name.endswith("Guest"):
        return name
    return name.replace("-", "_") + "Guest"


def family_of(identifier: str, full_name: str = "") -> str:
    """linux, windows or other, by the identifier or, without a telling one, by the descriptive name."""
    for text in (identifier.lower(), full_name.lower()):
        if "windows" in text or text.startswith("win"):
            return "windows"
        if _LINUX.search(text):
            return "linux"
    return "other"


def preference_of(identifier: str) -> str:
    """Name of the preference that fits a vSphere guest identifier, or an empty string."""
    short = _short(identifier)
    for pattern, preference in _PREFERENCES:
        match = re.fullmatch(pattern, short)
        if match:
            return match.expand(preference)
    return ""


def carries_virtio(identifier: str) -> bool:
    """True for guests whose stock initramfs has the virtio drivers."""
    return bool(_VIRTIO_READY.match(_short(identifier)))


def _short(identifier: str) -> str:
    name = identifier[:-5] if identifier.endswith("Guest") else identifier
    return name.lower()
