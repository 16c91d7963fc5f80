#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: stack_ready
short_description: Wait until a component of the stack is ready by its exact conditions
version_added: 0.1.0
description:
  - Runs on the controller. Reads what a component is judged by over one connection, until it is ready or time is over.
  - A failure tells what is missing and which pods or events explain it.
options:
  kubeconfig:
    description: Path of the cluster's kubeconfig.
    type: path
    required: true
  component:
    description: What to judge. V(kinds) only waits until the API serves O(kinds).
    type: str
    choices: [kinds, multus, longhorn, kubevirt, cdi, storage_profiles]
    required: true
  version:
    description: The version the component's operator must report.
    type: str
    default: ""
  namespace:
    description: Namespace of the component.
    type: str
    default: ""
  node_selector:
    description: Labels of the nodes that carry virtual machines.
    type: dict
    default: {}
  emulation:
    description: Whether nodes may be without KVM.
    type: bool
    default: false
  settings:
    description: Longhorn settings that must have been taken over.
    type: dict
    default: {}
  profiles:
    description: Storage profiles that must have been taken over, each with C(storage_class) and what is wanted of it.
    type: list
    elements: dict
    default: []
  kinds:
    description: Kinds as group, version and plural, e.g. V(kubevirt.io/v1/kubevirts).
    type: list
    elements: str
    default: []
  daemon_set:
    description: Name of the component's DaemonSet, where it has no fixed one.
    type: str
    default: ""
  timeout:
    description: Seconds after which to give up and explain.
    type: int
    default: 600
extends_documentation_fragment:
  - ironacre.hci.attributes
  - ironacre.hci.attributes.read_only
author:
  - Ironacre contributors (@ironacre)
"""

EXAMPLES = r"""
- name: Wait for KubeVirt
  ironacre.hci.stack_ready:
    kubeconfig: /etc/ironacre/kubeconfig
    component: kubevirt
    namespace: kubevirt
    version: v1.8.4
"""

RETURN = r"""
seconds:
  description: Seconds until it was ready.
  returned: success
  type: float
missing:
  description: What is missing.
  returned: failure
  type: list
  elements: str
stall:
  description: What keeps it from becoming ready.
  returned: failure
  type: list
  elements: str
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubeconfig import load_connection
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubernetes_api import KubernetesApi
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.stack import Stack
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.longhorn import setting_text
from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.readiness import Expected

COMPONENTS = ["kinds", "multus", "longhorn", "kubevirt", "cdi", "storage_profiles"]
EXPECTED = {
    "version": {"type": "str", "default": ""},
    "namespace": {"type": "str", "default": ""},
    "node_selector": {"type": "dict", "default": {}},
    "emulation": {"type": "bool", "default": False},
    "settings": {"type": "dict", "default": {}},
    "profiles": {"type": "list", "elements": "dict", "default": []},
    "kinds": {"type": "list", "elements": "str", "default": []},
    "daemon_set": {"type": "str", "default": ""},
}
ARGUMENT_SPEC = {
    "kubeconfig": {"type": "path", "required": True},
    "component": {"type": "str", "choices": COMPONENTS, "required": True},
    "timeout": {"type": "int", "default": 600},
    **EXPECTED,
}


def wait(module: AnsibleModule) -> dict[str, Any]:
    # In check mode nothing was applied, so there is nothing to wait for.
    if module.check_mode:
        return {"changed": False, "seconds": 0.0}
    client = KubernetesApi(load_connection(module.params["kubeconfig"]), timeout=15, tries=1)
    given = {name: module.params[name] for name in EXPECTED}
    given["settings"] = {name: setting_text(value) for name, value in given["settings"].items()}
    expected = Expected(**given)
    seconds = Stack(client).wait(module.params["component"], expected, module.params["timeout"])
    return {"changed": False, "seconds": seconds}


def main() -> None:
    run(AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True), wait)


if __name__ == "__main__":
    main()
