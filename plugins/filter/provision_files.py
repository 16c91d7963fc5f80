# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: provision_files
short_description: The files a node is given at its installation
version_added: 0.1.0
description:
  - Name, first network, authorized keys and the host key of SSH.
author:
  - Ironacre contributors
options:
  _input:
    description: The node, as in C(hci_node).
    type: dict
    required: true
  host:
    description: Name of the node.
    type: str
    required: true
  network:
    description: Network of the boot server. Keys V(subnet), V(router) and V(dns).
    type: dict
    required: true
  host_key:
    description: Private host key of the node.
    type: str
    required: true
  public_key:
    description: Public host key of the node.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Render the files
  ansible.builtin.set_fact:
    files: "{{ hci_node | ironacre.hci.provision_files(host='n1', network=net, host_key=key, public_key=pub) }}"
"""

RETURN = r"""
_value:
  description: Files with path, mode and content in Base64.
  type: list
  elements: dict
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.files import node_files


def provision_files(
    node: Mapping[str, Any], host: str, network: Mapping[str, Any], host_key: str, public_key: str
) -> list[dict[str, str]]:
    return node_files(host, node, network, host_key, public_key)


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"provision_files": provision_files}
