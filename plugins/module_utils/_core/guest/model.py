# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was read of a guest that runs at its source, before it moves to virtio hardware.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# What a disk and its bus need to start from, in the order a person reads them. The kernel must have these.
REQUIRED = ("virtio_pci", "virtio_blk", "virtio_net")
# Wanted as well; a kernel without it can still start from a virtio disk.
WANTED = (*REQUIRED, "virtio_scsi")


@dataclass(frozen=True)
class Kernel:
    """One installed kernel. image: path of its initramfs. holds: drivers inside it. builtin: those without a file.

    offers: wanted drivers that its modules folder has. stale: names of cards were bound after the image was made.
    size: bytes of the image; free: bytes of its file system.
    """

    release: str
    image: str
    holds: frozenset[str] = frozenset()
    builtin: frozenset[str] = frozenset()
    offers: frozenset[str] = frozenset()
    stale: bool = False
    size: int = 0
    free: int = 0

    @property
    def has(self) -> frozenset[str]:
        """Drivers this kernel can load before it sees its disk."""
        return self.holds | self.builtin

    @property
    def lacking(self) -> tuple[str, ...]:
        """Drivers a rebuilt image would bring."""
        return tuple(name for name in WANTED if name not in self.has and name in self.offers)

    @property
    def without(self) -> tuple[str, ...]:
        """Drivers this kernel does not have at all, though it must."""
        return tuple(name for name in REQUIRED if name not in self.has and name not in self.offers)


@dataclass(frozen=True)
class Card:
    """A network card. mac: its permanent address. pinned: something binds the name to the address already."""

    name: str
    mac: str
    pinned: bool = False


@dataclass(frozen=True)
class Guest:
    """tool: initramfs-tools, dracut, mkinitrd or empty. files: texts by path, without those that are not there.

    devices: UUID by path of a block device. agent: installed, available or absent. links: udev reads .link files.
    """

    tool: str = ""
    kernels: tuple[Kernel, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    devices: Mapping[str, str] = field(default_factory=dict)
    command_line: str = ""
    cards: tuple[Card, ...] = ()
    links: bool = True
    agent: str = "absent"
    machine: str = ""
