# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: nic_conflicts
short_description: Everything that contradicts itself in the networks of all nodes
version_added: 0.1.0
description:
  - Checks each node's declaration and all of them together, before any node is touched.
options:
  _input:
    description: For each host its declaration, a dictionary with C(interfaces), C(routes), C(rules), C(dns), C(probes).
    type: dict
    required: true
author:
  - Ironacre contributors
"""

EXAMPLES = r"""
- name: Refuse contradictions
  ansible.builtin.assert:
    that: (declared | ironacre.hci.nic_conflicts) == []
"""

RETURN = r"""
_value:
  description: Sentences with place, finding, way out and the rule's id; empty when all is well.
  type: list
  elements: str
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import fleet


def nic_conflicts(declared: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """{host: declaration} -> findings."""
    try:
        return [str(one) for one in fleet.findings(declared)]
    except PlatformError as error:
        raise AnsibleFilterError(f"nic_conflicts: {error}") from error


class FilterModule:
    """Offers nic_conflicts."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"nic_conflicts": nic_conflicts}
