# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bus of the disks and model of the cards, by what is known of the guest's drivers. Pure; part of the mapping.

This module util is private to the collection.
"""

from __future__ import annotations

from .guests import carries_virtio
from .model import Nic, Vm
from .settings import Settings

_LEGACY_MODELS = {"pcnet32": "pcnet", "vlance": "pcnet", "e1000": "e1000"}


def disk_bus(vm: Vm, settings: Settings) -> str:
    """One bus for all disks, by evidence: what the operator says, a prepared guest, a guest known to carry virtio."""
    if settings.disk_bus:
        return settings.disk_bus
    if settings.prepared or (settings.assume_virtio and carries_virtio(vm.guest.id)):
        return "virtio"
    return "sata"


def nic_model(nic: Nic, vm: Vm, settings: Settings) -> str:
    """virtio where the guest is known to have the driver, else a card every guest knows."""
    rule = settings.network(nic.network)
    if rule and rule.model:
        return rule.model
    if settings.nic_model:
        return settings.nic_model
    if disk_bus(vm, settings) == "virtio" or nic.model in ("virtio", "virtionet"):
        return "virtio"
    return _LEGACY_MODELS.get(nic.model, "e1000e")
