# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Instance types: sizes that a cluster offers by name, and the one that fits a machine. Pure; part of the mapping.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

NEAREST = "nearest"
# The general purpose series of KubeVirt's common-instancetypes; the others promise dedicated processors or huge pages.
SERIES = "u1."


@dataclass(frozen=True)
class Size:
    """A cluster instance type."""

    name: str
    cpus: int
    memory_mib: int


@dataclass(frozen=True)
class Offers:
    """What the target has names for. None: it was not asked."""

    preferences: tuple[str, ...] = ()
    sizes: tuple[Size, ...] | None = None

    def size(self, wanted: str, cpus: int, memory_mib: int) -> Size | None:
        """The one of this name; for `nearest` the smallest of the series that holds the machine."""
        if wanted == NEAREST:
            return _smallest(self.sizes or (), cpus, memory_mib)
        return next((size for size in self.sizes or () if size.name == wanted), None)


UNASKED = Offers()


def _smallest(sizes: Iterable[Size], cpus: int, memory_mib: int) -> Size | None:
    fits = [size for size in sizes if size.name.startswith(SERIES) and size.cpus >= cpus]
    fits = [size for size in fits if size.memory_mib >= memory_mib]
    return min(fits, key=lambda size: (size.memory_mib, size.cpus, size.name), default=None)
