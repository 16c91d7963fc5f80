# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a running RKE2 works with what lies on the disk, computed from the node: a run that broke off between writing
a file and restarting is seen by the next one.

This module util is private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Process:
    """The main process. version: what its executable says. replaced: that file is no longer the one on the disk.

    started: seconds since the epoch. started_with: digest of the files noted when it was last started by this
    collection, or an empty text.
    """

    version: str
    replaced: bool
    started: float
    started_with: str


@dataclass(frozen=True)
class Disk:
    """What lies on the disk. digest: of all files RKE2 reads at its start; changed: newest of their times."""

    version: str
    digest: str
    changed: float
    force_restart: bool


def restart_reasons(process: Process, disk: Disk) -> list[str]:
    """Why the process is not what the disk says; empty when it is."""
    reasons = []
    if disk.version and process.version != disk.version:
        reasons.append(f"runs {process.version}, installed is {disk.version}")
    elif process.replaced:
        reasons.append("its binary was replaced")
    # The time alone would call for a restart after a file was touched, the digest alone after a restart by hand.
    if disk.digest != process.started_with and disk.changed > process.started:
        reasons.append("its configuration was changed after it started")
    if disk.force_restart:
        reasons.append("RKE2 asks for it (force-restart)")
    return reasons
