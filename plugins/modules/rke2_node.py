#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: rke2_node
short_description: Keep labels and taints of Node objects right, or remove Nodes from the cluster
version_added: 0.1.0
description:
  - Runs on a server and works for all nodes at once.
  - Sets what is declared and removes what was declared before and no longer is. What others set stays.
  - With O(state=absent), deletes the Node and the secret that holds its password, and has its member of etcd removed.
options:
  nodes:
    description: The nodes.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the Node.
        type: str
        required: true
      labels:
        description: Labels by key.
        type: dict
        default: {}
      taints:
        description: Taints as V(key=value:Effect) or V(key:Effect).
        type: list
        elements: str
        default: []
  state:
    description: Whether the nodes belong to the cluster.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - ironacre.hci.attributes
  - ironacre.hci.attributes.full
  - ironacre.hci.rke2
author:
  - Ironacre contributors (@ironacre)
"""

EXAMPLES = r"""
- name: Label the hosts of virtual machines
  ironacre.hci.rke2_node:
    nodes:
      - name: n1
        labels:
          hci.ironacre.io/vm-host: "true"
"""

RETURN = r"""
patches:
  description: What was changed, by node.
  returned: always
  type: dict
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kube_connection import node_connection
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubernetes_api import KubernetesApi
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.rke2_node import Rke2Node
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.rke2 import RKE2_SPEC
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2.nodes import node_patch

NODE = {
    "name": {"type": "str", "required": True},
    "labels": {"type": "dict", "default": {}},
    "taints": {"type": "list", "elements": "str", "default": []},
}
ARGUMENT_SPEC = {
    "nodes": {"type": "list", "elements": "dict", "required": True, "options": NODE},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    **RKE2_SPEC,
}
REMOVE = {"metadata": {"annotations": {"etcd.rke2.cattle.io/remove": "true"}}}


def reconcile(module: AnsibleModule) -> dict[str, Any]:
    client = _client(module)
    found = {node["metadata"]["name"]: node for node in client.list("Node")}
    act = _removed if module.params["state"] == "absent" else _patched
    patches = act(module, client, found)
    diff = {"before": "", "after": "".join(f"{name}: {patch}\n" for name, patch in patches.items())}
    return {"changed": bool(patches), "patches": patches, "diff": diff}


def _client(module: AnsibleModule) -> KubernetesApi:
    text = Rke2Node(module.run_command, module.params["data_dir"]).kubeconfig()
    if not text:
        raise PlatformError("This node has no /etc/rancher/rke2/rke2.yaml; run the module on a server that is up.")
    return KubernetesApi(node_connection(text), timeout=15)


def _patched(module: AnsibleModule, client: KubernetesApi, found: dict[str, Any]) -> dict[str, Any]:
    wanted = module.params["nodes"]
    missing = [one["name"] for one in wanted if one["name"] not in found]
    if missing and not module.check_mode:
        known = ", ".join(sorted(found)) or "none"
        raise PlatformError(f"No Node is called {', '.join(missing)} (found: {known}); wait until it has joined.")
    patches = {
        one["name"]: node_patch(found.get(one["name"], {}), _texts(one["labels"]), one["taints"]) for one in wanted
    }
    patches = {name: patch for name, patch in patches.items() if patch}
    if not module.check_mode:
        for name, patch in patches.items():
            client.merge("Node", name, patch)
    return patches


def _texts(labels: dict[str, Any]) -> dict[str, str]:
    """Labels are texts; YAML gives true as a boolean."""
    return {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in labels.items()}


def _removed(module: AnsibleModule, client: KubernetesApi, found: dict[str, Any]) -> dict[str, Any]:
    there = [one["name"] for one in module.params["nodes"] if one["name"] in found]
    if not module.check_mode:
        for name in there:
            client.merge("Node", name, REMOVE)
            client.delete("Node", name)
            # A node that comes back under its name is refused as long as its old password is known.
            client.delete("Secret", f"{name}.node-password.rke2", "kube-system")
    return {name: {"deleted": True} for name in there}


def main() -> None:
    run(AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True), reconcile)


if __name__ == "__main__":
    main()
