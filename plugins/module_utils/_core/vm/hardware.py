# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processors, firmware, clock and identity of a machine in KubeVirt's words. Pure; part of the mapping.

This module util is private to the collection.
"""

from __future__ import annotations

import struct
import uuid
from typing import Any

from .model import Cpu, Vm
from .settings import Settings
from .sizes import Size


def topology(cpu: Cpu) -> dict[str, int]:
    """The same number of processors. Cores per socket that do not divide the count are dropped."""
    cores = cpu.cores_per_socket
    if cores == 0:
        return {"sockets": 1, "cores": cpu.count, "threads": 1}
    if cpu.count % cores:
        return {"sockets": cpu.count, "cores": 1, "threads": 1}
    return {"sockets": cpu.count // cores, "cores": cores, "threads": 1}


def processors(vm: Vm, settings: Settings) -> dict[str, Any]:
    """maxSockets only where it is asked for: a machine that may grow is placed, and billed, by what it may become."""
    found: dict[str, Any] = dict(topology(vm.cpu))
    if settings.max_sockets:
        found["maxSockets"] = settings.max_sockets
    if settings.cpu_model:
        found["model"] = settings.cpu_model
    return found


def memory_mib(vm: Vm, settings: Settings) -> int:
    """What it gets: as it is asked for, else as it had."""
    return settings.memory_mib or vm.memory_mib


def size(vm: Vm, settings: Settings) -> Size | None:
    """The instance type that stands for processors and memory; None where none was asked for."""
    wanted = settings.instancetype
    return settings.offers.size(wanted, vm.cpu.count, memory_mib(vm, settings)) if wanted else None


def size_of(vm: Vm, settings: Settings) -> dict[str, Any]:
    """Processors and memory; empty where an instance type stands for them: KubeVirt refuses a machine with both."""
    if size(vm, settings):
        return {}
    return {"cpu": processors(vm, settings), "memory": {"guest": f"{memory_mib(vm, settings)}Mi"}}


def resized(vm: Vm, settings: Settings) -> str:
    """What an instance type makes of the machine's size, for its operator; empty where it stays."""
    found, memory = size(vm, settings), memory_mib(vm, settings)
    if not found or (found.cpus, found.memory_mib) == (vm.cpu.count, memory):
        return ""
    return (
        f"instance type {found.name} gives it {found.cpus} processors and {found.memory_mib} MiB; "
        f"it has {vm.cpu.count} and {memory} MiB"
    )


def firmware(vm: Vm) -> dict[str, Any]:
    """The firmware and what a guest reads in it of its own identity."""
    found: dict[str, Any] = {}
    if vm.uuid:
        found["uuid"] = vm.uuid.lower()
        # A guest of libvirt never saw a serial number in VMware's form.
        if vm.source.get("type") != "libvirt":
            found["serial"] = vmware_serial(vm.uuid)
    if vm.firmware == "efi":
        # secureBoot is written out: KubeVirt's default for EFI is true.
        found["bootloader"] = {"efi": {"secureBoot": vm.secure_boot, "persistent": True}}
    else:
        found["bootloader"] = {"bios": {}}
    return found


def vmware_serial(identity: str) -> str:
    """The serial number a guest saw: `VMware-42 37 01 ... -ab cd ...`; licences are bound to it."""
    digits = identity.replace("-", "").lower()
    pairs = [digits[start : start + 2] for start in range(0, len(digits), 2)]
    return f"VMware-{' '.join(pairs[:8])}-{' '.join(pairs[8:])}"


def clock(vm: Vm, settings: Settings) -> dict[str, Any]:
    """The clock of the hardware; empty where KubeVirt's own, UTC, is right. Windows reads it as local time."""
    if vm.guest.family == "windows":
        zone = settings.timezone or "UTC"
        return {"timezone": zone, "timer": {"hpet": {"present": False}, "hyperv": {}}}
    return {"timezone": settings.timezone} if settings.timezone else {}


def generation_id(low: str, high: str) -> str:
    """The two signed numbers of a VMX, `vm.genid` and `vm.genidX`, as the GUID libvirt gives to the same bytes."""
    try:
        return str(uuid.UUID(bytes_le=struct.pack("<qq", int(low), int(high))))
    except (ValueError, struct.error):
        return ""
