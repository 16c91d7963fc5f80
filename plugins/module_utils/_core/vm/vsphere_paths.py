# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which properties of vSphere's objects are read. Leaf paths only: a composite one drags in what nobody asked for.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Collection

from .vsphere_cluster import DRS, GROUPS, RULES

VM = "VirtualMachine"
NETWORK, DATASTORE = "Network", "Datastore"
HOST, CLUSTER, FOLDER, DATACENTER = "HostSystem", "ComputeResource", "Folder", "Datacenter"
DRS_CLUSTER = "ClusterComputeResource"
GUEST, STORAGE, SNAPSHOTS = "guest", "storage", "snapshots"
SUBSETS = (GUEST, STORAGE, SNAPSHOTS)

# Enough to choose machines by name and folder.
SHORT = ("name", "parent", "config.template")
CONFIG = (
    "name",
    "parent",
    "config.template",
    "config.uuid",
    "config.instanceUuid",
    "config.firmware",
    "config.guestId",
    "config.guestFullName",
    "config.version",
    "config.annotation",
    "config.changeTrackingEnabled",
    "config.cpuHotAddEnabled",
    "config.memoryHotAddEnabled",
    "config.nestedHVEnabled",
    "config.keyId",
    "config.cpuAffinity.affinitySet",
    "config.hardware.numCPU",
    "config.hardware.numCoresPerSocket",
    "config.hardware.memoryMB",
    "config.hardware.device",
    "config.bootOptions.efiSecureBootEnabled",
    "config.extraConfig",
    "runtime.powerState",
    "runtime.connectionState",
    "runtime.consolidationNeeded",
    "runtime.faultToleranceState",
    "runtime.host",
)
_SUBSETS = {
    GUEST: (
        "guest.toolsRunningStatus",
        "guest.toolsVersionStatus2",
        "guest.guestFamily",
        "guest.hostName",
        "guest.net",
        "guest.ipStack",
        "guest.disk",
    ),
    STORAGE: ("summary.storage.committed", "layoutEx.disk", "layoutEx.file"),
    SNAPSHOTS: ("snapshot.rootSnapshotList",),
}
# What machines refer to. Small beside the machines, so it is always read whole.
AROUND: dict[str, tuple[str, ...]] = {
    HOST: ("name", "parent", "summary.hardware.numCpuCores", "summary.hardware.memorySize", "runtime.connectionState"),
    CLUSTER: ("name", "parent"),
    # What single hosts are in does not have these.
    DRS_CLUSTER: ("name", "parent", DRS, RULES, GROUPS),
    FOLDER: ("name", "parent"),
    DATACENTER: ("name", "parent", "vmFolder"),
    NETWORK: ("name", "parent", "tag"),
    DATASTORE: ("name", "parent", "summary.type", "summary.capacity", "summary.freeSpace", "summary.accessible"),
}


def vm_paths(subsets: Collection[str] = SUBSETS) -> tuple[str, ...]:
    """The paths of a machine with the chosen subsets."""
    return CONFIG + tuple(path for name in SUBSETS if name in subsets for path in _SUBSETS[name])
