# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of networks and disks of the machines that move here: its shape, and what contradicts in it.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import Finding
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.model import Inventory, entries, part
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.shape import Field
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.networking import rule_findings
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.settings import network_rule

_NETWORK = {
    "source": Field("text", "name of the network at the source, or * for every other one", required=True),
    "target": Field("text", "namespace/name of a network attachment, pod, or ignore", required=True),
    "model": Field("text", "model of the interface; by default one that the guest is known to drive"),
    "binding": Field(
        "text", "how an attachment reaches the VM: bridge, sriov, or a plugin that KubeVirt knows", default="bridge"
    ),
}
_STORAGE = {
    "source": Field("text", "a datastore, a file of the source, or *", default="*"),
    "storage_class": Field("text", "storage class; by default the cluster's own"),
    "volume_mode": Field("text", "mode of the volume", default="Block", choices=("Block", "Filesystem")),
    "access_modes": Field(
        "list", "access modes; by default ReadWriteMany, which live migration needs", items=Field("text", "a mode")
    ),
}


def mapping_field(about: str) -> Field:
    """The mapping of one VM or of many."""
    fields = {
        "networks": Field("list", "one rule per network of the source", items=Field("map", "a rule", fields=_NETWORK)),
        "storage": Field("list", "rules for the disks", items=Field("map", "a rule", fields=_STORAGE)),
        "unmapped": Field(
            "text", "what to do with interfaces without a rule", default="fail", choices=("fail", "ignore")
        ),
    }
    return Field("map", about, fields=fields)


def contradictory_mappings(inventory: Inventory) -> Iterator[Finding]:
    """Rules about networks that no machine could follow."""
    for place, mapping in _mappings(inventory):
        for number, rule in entries(mapping, "networks"):
            if isinstance(rule.get("source"), str) and isinstance(rule.get("target"), str):
                yield from rule_findings(network_rule(rule), f"{place}.networks[{number}]")


def _mappings(inventory: Inventory) -> Iterator[tuple[str, dict[str, Any]]]:
    estate = part(inventory.shared, "hci_estate")
    yield "hci_estate.mapping", part(estate, "mapping")
    for place, listed in (("hci_imports", inventory.shared), ("hci_estate.machines", estate)):
        for number, entry in entries(listed, place.rpartition(".")[2]):
            yield f"{place}[{number}].mapping", part(entry, "mapping")
