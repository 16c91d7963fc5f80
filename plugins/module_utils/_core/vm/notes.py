# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator should read of an import beside its errors. Pure; part of the mapping.

This module util is private to the collection.
"""

from __future__ import annotations

from .buses import disk_bus
from .hardware import resized
from .model import Vm
from .settings import POD, SRIOV, Settings


def warnings_of(vm: Vm, settings: Settings) -> list[str]:
    """What the mapping cannot carry over, one sentence each."""
    found = []
    cores = vm.cpu.cores_per_socket
    if cores and vm.cpu.count % cores:
        found.append(f"{cores} cores per socket do not divide {vm.cpu.count} processors; each became a socket")
    if vm.tpm:
        found.append(
            "the contents of the TPM are not moved; suspend disk encryption in the guest or keep its recovery key"
        )
    if told := resized(vm, settings):
        found.append(told)
    if vm.guest.family == "windows" and not settings.timezone:
        found.append("its hardware clock runs in UTC, and Windows reads it as local time; set overrides.timezone")
    bus = disk_bus(vm, settings)
    if settings.dedicated_io_thread and bus != "virtio":
        found.append(f"its disks are on {bus}; overrides.dedicated_io_thread counts on virtio only")
    for nic in vm.nics:
        rule = settings.network(nic.network)
        if rule and rule.binding == SRIOV:
            found.append(f"interface {nic.key} becomes a virtual function of the node's card, and needs its driver")
        if rule and rule.target == POD and nic.ips:
            found.append(f"interface {nic.key} moves to the pod network and loses its addresses {', '.join(nic.ips)}")
    return found
