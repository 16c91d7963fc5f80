"""A machine of one small disk, for tests that need any."""

from __future__ import annotations

import random

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Disk, Guest, Vm

RAW = random.Random(1).randbytes(3 << 20).ljust(4 << 20, b"\0")
VM = Vm(
    "web01",
    memory_mib=64,
    id="web01",
    guest=Guest("debian12_64Guest"),
    disks=(Disk("d0", len(RAW), "disk0.vmdk", "streamOptimized"),),
)
