# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: rke2_node_files
short_description: All files RKE2 reads on one node
version_added: 0.1.0
description:
  - Merges what is declared, validates every key, guards what a cluster keeps for life, and renders the files.
author:
  - Ironacre contributors
options:
  _input:
    description: The cluster, as the inventory's C(hci_cluster).
    type: dict
    required: true
  node:
    description: Keys V(name), V(role), V(address), and V(labels), V(taints), V(config) where needed.
    type: dict
    required: true
  info:
    description: What M(ironacre.hci.rke2_info) found on the node, with C(config) parsed.
    type: dict
    required: true
  join:
    description: Address by which the node joins, empty for the one that creates the cluster.
    type: str
    default: ""
  chart_values:
    description: Name of a chart RKE2 brings with the values it gets.
    type: dict
    default: {}
  kube_vip_image:
    description: Image that announces the API address, when the cluster's C(api.vip.type) is V(kube_vip).
    type: str
    default: ""
  data_dir:
    description: RKE2's data folder.
    type: str
    default: /var/lib/rancher/rke2
  manifests:
    description: Name of a file in the manifests folder of servers with its objects.
    type: dict
    default: {}
  registries:
    description: Content of registries.yaml; none is written when empty.
    type: dict
    default: {}
  environment:
    description: Variables for the unit, e.g. a proxy; no file is written when empty.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Write the files
  ironacre.hci.config_files:
    files: "{{ hci_cluster | ironacre.hci.rke2_node_files(node=node, info=info, join=join) }}"
"""

RETURN = r"""
_value:
  description: Files as the module ironacre.hci.config_files takes them.
  type: list
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2.config import Node
from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2.files import Extras, node_files


def rke2_node_files(
    cluster: Mapping[str, Any], node: Mapping[str, Any], info: Mapping[str, Any], join: str = "", **extras: Any
) -> list[dict[str, Any]]:
    wanted = Node(**{**node, "taints": tuple(node.get("taints") or ())})
    try:
        return node_files(cluster, wanted, info, join, Extras(**extras))
    except PlatformError as error:
        raise AnsibleFilterError(error.message) from error


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rke2_node_files": rke2_node_files}
