# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of the catalogue that is about disks and guests; catalogue.py has the rest.

This module util is private to the collection.
"""

from __future__ import annotations

from . import concern_rules as rules
from .concern_rules import CRITICAL, INFO, WARNING, Entry

DISKS_AND_GUESTS: tuple[Entry, ...] = (
    Entry(
        "hardware.missing",
        CRITICAL,
        "no processor or no memory",
        "correct the source or set overrides",
        rules.no_hardware,
    ),
    Entry(
        "disk.rdm",
        CRITICAL,
        "a raw device mapping",
        "convert it to a virtual disk",
        rules.disks(lambda disk: disk.rdm, "is a raw device mapping"),
    ),
    Entry(
        "disk.capacity",
        CRITICAL,
        "a disk without a size",
        "repair it at the source",
        rules.disks(lambda disk: disk.capacity <= 0, "has no size"),
    ),
    Entry(
        "disk.sharing",
        CRITICAL,
        "a disk that several machines write",
        "move it by hand",
        rules.disks(lambda disk: disk.sharing not in ("", "none"), "is shared"),
    ),
    Entry("disk.datastore", CRITICAL, "a disk on no datastore", "move it to a datastore", rules.nowhere),
    Entry("disk.key", CRITICAL, "two disks with one key", "correct the descriptor or export again", rules.same_key),
    Entry(
        "disk.independent",
        WARNING,
        "a disk that snapshots leave out",
        "import cold",
        rules.disks(lambda disk: disk.mode.startswith("independent"), "is independent: snapshots leave it out"),
    ),
    Entry("disk.count", WARNING, f"more than {rules.MOST_DISKS} disks", "join some in the guest", rules.many_disks),
    Entry("disk.tracking", INFO, "changes of one disk are not tracked", "switch it on for that disk", rules.untracked),
    Entry("disk.no_files", INFO, "a disk on vSAN or a virtual volume", "it is read by an export", rules.no_files),
    Entry(
        "disk.serial",
        INFO,
        "the guest sees serial numbers of disks",
        "mount by file system identifier in the guest",
        rules.long_serial,
    ),
    Entry(
        "guest.space",
        CRITICAL,
        f"a file system with less than {rules.LEAST_FREE >> 20} MiB left",
        "free some before the conversion",
        rules.full_file_system,
    ),
    Entry(
        "guest.unknown",
        WARNING,
        "a system that is neither Linux nor Windows",
        "set overrides.disk_bus and overrides.nic_model after a test import",
        rules.unknown_guest,
    ),
    Entry(
        "guest.old",
        WARNING,
        "a system that was given up long ago",
        "import a copy first; keep sata and e1000",
        rules.old_guest,
    ),
    Entry(
        "guest.drivers",
        WARNING,
        "Windows without virtio drivers",
        "run playbook prepare_guests before, or vm_convert after the copy, or let it start from sata",
        rules.windows_drivers,
    ),
    Entry(
        "guest.bitlocker",
        WARNING,
        "Windows with a TPM",
        "suspend BitLocker before, or keep the recovery key",
        rules.bitlocker,
    ),
    Entry("guest.hostname", INFO, "no host name, or localhost", "give the guest a name", rules.hostname),
    Entry(
        "guest.addresses",
        WARNING,
        "a running guest without known addresses",
        "start the tools or write down the addresses",
        rules.no_addresses,
    ),
    Entry(
        "guest.tools",
        WARNING,
        "a running guest that cannot be asked to shut down",
        "start the tools, or allow power off",
        rules.tools,
    ),
)
