# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: vm_networks_to_nads
short_description: The NetworkAttachmentDefinitions of the declared VM networks
version_added: 0.1.0
description:
  - One definition a network and namespace, for the CNI bridge plugin.
options:
  _input:
    description: The model with C(cluster_networks) and C(vm_networks).
    type: dict
    required: true
author:
  - Ironacre contributors
"""

EXAMPLES = r"""
- name: Show them
  ansible.builtin.debug:
    msg: "{{ hci_networks | ironacre.hci.vm_networks_to_nads }}"
"""

RETURN = r"""
_value:
  description: Kubernetes objects.
  type: list
  elements: dict
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import nads


def vm_networks_to_nads(networks: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
    """The model -> objects."""
    try:
        return nads.definitions(networks)
    except PlatformError as error:
        raise AnsibleFilterError(f"vm_networks_to_nads: {error}") from error


class FilterModule:
    """Offers vm_networks_to_nads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"vm_networks_to_nads": vm_networks_to_nads}
