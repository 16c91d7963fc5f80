# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: vm_networks_superfluous
short_description: The VM networks that are no longer declared and that nobody uses
version_added: 0.1.0
description:
  - Refuses, naming the users, when a VM or a pod is attached to one.
options:
  _input:
    description: The model with C(cluster_networks) and C(vm_networks).
    type: dict
    required: true
  existing:
    description: The NetworkAttachmentDefinitions of this collection in the cluster.
    type: list
    elements: dict
    required: true
  users:
    description: Virtual machines and pods.
    type: list
    elements: dict
    required: true
author:
  - Ironacre contributors
"""

EXAMPLES = r"""
- name: What may go
  ansible.builtin.debug:
    msg: "{{ hci_networks | ironacre.hci.vm_networks_superfluous(existing=found.resources, users=[]) }}"
"""

RETURN = r"""
_value:
  description: C(name) and C(namespace) of each.
  type: list
  elements: dict
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import nads


def vm_networks_superfluous(
    networks: Mapping[str, Any], existing: Sequence[Mapping[str, Any]], users: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The model, definitions and their possible users -> what may be removed."""
    try:
        return nads.superfluous(networks, existing, users)
    except PlatformError as error:
        raise AnsibleFilterError(f"vm_networks_superfluous: {error}") from error


class FilterModule:
    """Offers vm_networks_superfluous."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"vm_networks_superfluous": vm_networks_superfluous}
