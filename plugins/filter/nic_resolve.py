# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: nic_resolve
short_description: Merge the layers of a node's network to one declaration
version_added: 0.1.0
description:
  - Dictionaries merge, interfaces by their name; null removes, scalars and lists replace. Lists of VLANs, addresses
    and ports may be a map of C(add) and C(remove).
  - The uplinks of VLAN-aware bridges get exactly the VLANs that the VM networks of the node's class use, beside
    their own.
options:
  _input:
    description:
      - Layers, weakest first, each with C(origin) and C(value), where the value holds C(interfaces), C(routes),
        C(rules), C(dns) and C(probes).
    type: list
    elements: dict
    required: true
  networks:
    description: The model of cluster networks and VM networks.
    type: dict
    default: {}
  node_class:
    description: The node's class, by which cluster networks choose their nodes.
    type: str
author:
  - Ironacre contributors
"""

EXAMPLES = r"""
- name: Merge class and host
  ansible.builtin.set_fact:
    network: "{{ [{'origin': 'class compute', 'value': compute}, {'origin': 'host', 'value': hci_node}]
      | ironacre.hci.nic_resolve(networks=hci_networks, node_class='compute') }}"
"""

RETURN = r"""
_value:
  description: C(desired) as M(ironacre.hci.node_nic) takes it, and C(provenance), the origin of every leaf.
  type: dict
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.merge import merge, with_uplinks


def nic_resolve(
    layers: Sequence[Mapping[str, Any]], networks: Mapping[str, Any] | None = None, node_class: str | None = None
) -> dict[str, Any]:
    """Layers -> {desired, provenance}."""
    try:
        desired, provenance = merge([(str(layer["origin"]), layer["value"] or {}) for layer in layers])
        return {"desired": with_uplinks(desired, networks or {}, node_class), "provenance": provenance}
    except (PlatformError, ValueError) as error:
        raise AnsibleFilterError(f"nic_resolve: {error}") from error


class FilterModule:
    """Offers nic_resolve."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"nic_resolve": nic_resolve}
