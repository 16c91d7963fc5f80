# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: vm_networks_labels
short_description: The labels that tell which VM networks a node really carries
version_added: 0.1.0
description:
  - A network is ready on a node whose bridge is there and, where it filters, carries all its VLANs to the uplink.
options:
  _input:
    description: The model with C(cluster_networks) and C(vm_networks).
    type: dict
    required: true
  nodes:
    description:
      - Each with C(name), and C(carries) with the VLANs of the uplink for each bridge of the node.
      - The VLANs are null where the bridge does not filter.
    type: list
    elements: dict
    required: true
author:
  - Ironacre contributors
"""

EXAMPLES = r"""
- name: What is said about this node
  ansible.builtin.debug:
    msg: "{{ hci_networks | ironacre.hci.vm_networks_labels(nodes=[{'name': 'n1', 'carries': {'br-vm': none}}]) }}"
"""

RETURN = r"""
_value:
  description: A patch for each Node object; a label is null where it must go.
  type: list
  elements: dict
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import nads


def vm_networks_labels(networks: Mapping[str, Any], nodes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The model and what the nodes carry -> patches of Node objects."""
    try:
        return [
            {
                "apiVersion": "v1",
                "kind": "Node",
                "metadata": {"name": node["name"], "labels": nads.labels(networks, node["carries"])},
            }
            for node in nodes
        ]
    except PlatformError as error:
        raise AnsibleFilterError(f"vm_networks_labels: {error}") from error


class FilterModule:
    """Offers vm_networks_labels."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"vm_networks_labels": vm_networks_labels}
