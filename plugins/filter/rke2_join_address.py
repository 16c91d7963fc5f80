# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: rke2_join_address
short_description: The address by which a node joins
version_added: 0.1.0
description:
  - The shared address of the API if there is one, else a member other than the node itself.
author:
  - Ironacre contributors
options:
  _input:
    description: Result of P(ironacre.hci.rke2_bootstrap#filter).
    type: dict
    required: true
  name:
    description: Name of the node.
    type: str
    required: true
  api:
    description: The cluster's C(api).
    type: dict
    required: true
  servers:
    description: Every server by name, with its C(address).
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Find it
  ansible.builtin.set_fact:
    join: "{{ plan | ironacre.hci.rke2_join_address('n2', hci_cluster.api, servers) }}"
"""

RETURN = r"""
_value:
  description: The address, empty for the server that creates the cluster.
  type: str
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2.bootstrap import Bootstrap, join_address


def rke2_join_address(
    plan: Mapping[str, Any], name: str, api: Mapping[str, Any], servers: Mapping[str, Mapping[str, Any]]
) -> str:
    bootstrap = Bootstrap(plan["init"] or None, tuple(plan["members"]))
    return join_address(name, bootstrap, api, {server: str(peer["address"]) for server, peer in servers.items()})


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rke2_join_address": rke2_join_address}
