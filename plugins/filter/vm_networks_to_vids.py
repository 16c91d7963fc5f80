# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: vm_networks_to_vids
short_description: The VLANs that the VM networks need on the uplinks of a node class
version_added: 0.1.0
description:
  - For each bridge the union over its networks, written in ranges.
options:
  _input:
    description: The model with C(cluster_networks) and C(vm_networks).
    type: dict
    required: true
  node_class:
    description: The node class; without one, cluster networks that name classes are left out.
    type: str
author:
  - Ironacre contributors
"""

EXAMPLES = r"""
- name: Show them
  ansible.builtin.debug:
    msg: "{{ hci_networks | ironacre.hci.vm_networks_to_vids('compute') }}"
"""

RETURN = r"""
_value:
  description: For each bridge C(uplink) and C(vlans).
  type: dict
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import vids
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.merge import vids_of_class


def vm_networks_to_vids(networks: Mapping[str, Any], node_class: str | None = None) -> dict[str, dict[str, Any]]:
    """The model -> VLANs of each bridge's uplink."""
    try:
        found = vids_of_class(networks, node_class)
    except (PlatformError, ValueError) as error:
        raise AnsibleFilterError(f"vm_networks_to_vids: {error}") from error
    return {bridge: {"uplink": one["uplink"], "vlans": vids.compact(one["vids"])} for bridge, one in found.items()}


class FilterModule:
    """Offers vm_networks_to_vids."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"vm_networks_to_vids": vm_networks_to_vids}
