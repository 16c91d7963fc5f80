# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: report_nodes
short_description: Chooses of each node what a report may tell
version_added: 0.1.0
author: Ironacre contributors (@ironacre)
description:
  - Takes names of hosts, and returns what the report tells of each. Passwords and keys are left behind.
options:
  _input:
    description: Names of the nodes.
    type: list
    elements: str
    required: true
  nodes:
    description: The C(hci_node) of each name, in the same order.
    type: list
    elements: dict
    required: true
  servers:
    description: Names of the nodes that are servers.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: Choose what may be told
  ansible.builtin.set_fact:
    told: "{{ names | ironacre.hci.report_nodes(names | map('extract', hostvars, 'hci_node'), groups['hci_servers']) }}"
"""

RETURN = r"""
_value:
  description: One entry for each node.
  type: list
  elements: dict
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any


def report_nodes(
    names: Iterable[str], nodes: Iterable[Mapping[str, Any]], servers: Iterable[str]
) -> list[dict[str, Any]]:
    among = set(servers)
    return [
        {
            "name": name,
            "role": "server" if name in among else "agent",
            "address": node.get("address", ""),
            "provision": node.get("provision", "existing"),
            "serial": (node.get("identity") or {}).get("serial") or "",
            "vm_host": node.get("vm_host", True),
            "nics": [nic["name"] for nic in node.get("nics") or [] if "name" in nic],
        }
        for name, node in zip(names, nodes)
    ]


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"report_nodes": report_nodes}
