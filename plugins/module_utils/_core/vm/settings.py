# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator says about the target of an import: networks, storage, overrides.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .sizes import UNASKED, Offers

POD, IGNORE = "pod", "ignore"
BRIDGE, SRIOV, MASQUERADE = "bridge", "sriov", "masquerade"


@dataclass(frozen=True)
class NetworkRule:
    """source: name of the source's network. target: `namespace/name` of a network attachment, `pod` or `ignore`.

    binding: how an attachment reaches the machine: `bridge` (also when empty), `sriov`, or a plugin of KubeVirt.
    """

    source: str
    target: str
    model: str = ""
    binding: str = ""

    @property
    def plugin(self) -> str:
        """Name of the network binding plugin it needs; empty when KubeVirt does it by itself."""
        return "" if self.binding in (BRIDGE, SRIOV) else self.binding


@dataclass(frozen=True)
class StorageRule:
    """source: a datastore, a file or `*`. storage_class empty: the cluster's default."""

    source: str = "*"
    storage_class: str = ""
    volume_mode: str = "Block"
    access_modes: tuple[str, ...] = ("ReadWriteMany",)


@dataclass(frozen=True)
class Settings:
    """What the mapping needs besides the machine. unmapped: fail or ignore. prepared: the guest has virtio drivers.

    guest: the fact that vm_guest left on the guest, as evidence of the same. timezone: that of the hardware clock.
    max_sockets: how many processor sockets may be plugged in while the machine runs. instancetype: `nearest` or a name.
    offers: what the target has names for.
    """

    name: str
    namespace: str
    networks: tuple[NetworkRule, ...] = ()
    storage: tuple[StorageRule, ...] = (StorageRule(),)
    unmapped: str = "fail"
    prepared: bool = False
    guest: Mapping[str, Any] = field(default_factory=dict)
    assume_virtio: bool = False
    disk_bus: str = ""
    nic_model: str = ""
    cpu_model: str = ""
    memory_mib: int = 0
    max_sockets: int = 0
    timezone: str = ""
    dedicated_io_thread: bool = False
    instancetype: str = ""
    run_strategy: str = "Always"
    preference: str = ""
    offers: Offers = UNASKED
    labels: Mapping[str, str] = field(default_factory=dict)

    def network(self, source: str) -> NetworkRule | None:
        """The rule of a source network; `*` fits every one."""
        fits = [rule for rule in self.networks if rule.source == source]
        fits += [rule for rule in self.networks if rule.source == "*"]
        return fits[0] if fits else None

    def storage_for(self, datastore: str, file: str) -> StorageRule | None:
        """The first rule that names the datastore or the file, else the one for `*`."""
        fits = [rule for rule in self.storage if rule.source and rule.source in (datastore, file)]
        fits += [rule for rule in self.storage if rule.source == "*"]
        return fits[0] if fits else None


def network_rule(rule: Mapping[str, Any]) -> NetworkRule:
    """A rule from an entry of `mapping.networks`."""
    return NetworkRule(rule["source"], rule["target"], rule.get("model") or "", rule.get("binding") or "")


def settings_of(options: Mapping[str, Any], name: str, offers: Offers = UNASKED) -> Settings:
    """Settings from the module's options `target`, `mapping` and `overrides`."""
    mapping, overrides = options.get("mapping") or {}, options.get("overrides") or {}
    rules: list[Mapping[str, Any]] = mapping.get("storage") or [{}]
    storage = tuple(
        StorageRule(
            rule.get("source") or "*",
            rule.get("storage_class") or "",
            rule.get("volume_mode") or "Block",
            tuple(rule.get("access_modes") or ("ReadWriteMany",)),
        )
        for rule in rules
    )
    return Settings(
        name=name,
        namespace=options["target"]["namespace"],
        networks=tuple(network_rule(rule) for rule in mapping.get("networks") or ()),
        storage=storage,
        unmapped=mapping.get("unmapped") or "fail",
        prepared=bool(overrides.get("prepared")) or (overrides.get("guest") or {}).get("virtio") is True,
        guest=overrides.get("guest") or {},
        assume_virtio=bool(overrides.get("assume_virtio")),
        disk_bus=overrides.get("disk_bus") or "",
        nic_model=overrides.get("nic_model") or "",
        cpu_model=overrides.get("cpu_model") or "",
        memory_mib=overrides.get("memory_mib") or 0,
        max_sockets=overrides.get("max_sockets") or 0,
        timezone=overrides.get("timezone") or "",
        dedicated_io_thread=bool(overrides.get("dedicated_io_thread")),
        instancetype=overrides.get("instancetype") or "",
        run_strategy=options.get("run_strategy") or "Always",
        preference=overrides.get("preference") or "",
        offers=offers,
        labels=options["target"].get("labels") or {},
    )
