# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Initramfs tools: what an image holds, how drivers get into it for good, and how it is built again.

This module util is private to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from .model import WANTED

INITRAMFS_TOOLS, DRACUT, MKINITRD = "initramfs-tools", "dracut", "mkinitrd"
# Names of an image by kernel release; the first that exists is the kernel's own.
IMAGES = ("/boot/initrd.img-{}", "/boot/initramfs-{}.img", "/boot/initrd-{}")
MODULES_FILE = "/etc/initramfs-tools/modules"
DRACUT_FILE = "/etc/dracut.conf.d/90-ironacre.conf"
SYSCONFIG_FILE = "/etc/sysconfig/kernel"
CONFIG = {INITRAMFS_TOOLS: MODULES_FILE, DRACUT: DRACUT_FILE, MKINITRD: SYSCONFIG_FILE}
HEAD = "# Written by ironacre.hci: drivers of the hardware this machine moves to.\n"
_MODULE = re.compile(r"/([A-Za-z0-9_-]+)\.ko(?:\.(?:gz|xz|zst|bz2|lzma))?\s*$")
_INITRD_MODULES = re.compile(r'^INITRD_MODULES="([^"]*)"', re.MULTILINE)


def modules_in(listing: str) -> frozenset[str]:
    """Names of the kernel modules among the paths of a listing (lsinitramfs, lsinitrd, modules.builtin)."""
    found = (_MODULE.search(line) for line in listing.splitlines())
    return frozenset(match.group(1).replace("-", "_") for match in found if match)


def config_text(tool: str, before: str, drivers: Iterable[str] = WANTED) -> str:
    """The tool's configuration with these drivers in it; the text stays as it is when they are there."""
    if tool == DRACUT:
        return f'{HEAD}add_drivers+=" {" ".join(drivers)} "\n'
    if tool == MKINITRD:
        return _sysconfig(before, drivers)
    named = {line.split()[0] for line in before.splitlines() if line.split() and not line.startswith("#")}
    missing = [name for name in drivers if name not in named]
    if not missing:
        return before
    begin = before if not before or before.endswith("\n") else before + "\n"
    return begin + HEAD + "".join(f"{name}\n" for name in missing)


def _sysconfig(before: str, drivers: Iterable[str]) -> str:
    match = _INITRD_MODULES.search(before)
    if not match:
        return f'{before}INITRD_MODULES="{" ".join(drivers)}"\n'
    named = match.group(1).split()
    named += [name for name in drivers if name not in named]
    return before[: match.start()] + f'INITRD_MODULES="{" ".join(named)}"' + before[match.end() :]


def list_command(tool: str, image: str) -> list[str]:
    """Lists the paths inside an image."""
    return ["lsinitramfs" if tool == INITRAMFS_TOOLS else "lsinitrd", image]


def build_command(tool: str, release: str, image: str) -> list[str]:
    """Builds the image of one kernel again, in place of the old one."""
    if tool == INITRAMFS_TOOLS:
        return ["update-initramfs", "-u", "-k", release]
    if tool == DRACUT:
        return ["dracut", "--force", "--kver", release, image]
    # mkinitrd wants names relative to /boot, the kernel's first.
    kernel = f"vmlinuz-{release}"
    return ["mkinitrd", "-k", kernel, "-i", image.rpartition("/")[2]]
