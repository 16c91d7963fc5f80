#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: rke2_gate
short_description: Wait until RKE2 is up, with a deadline and a reason
version_added: 0.1.0
description:
  - Asks the gates in their order in one loop until all are open or the time is over.
  - A failure names the gate, what it misses, and what the journal of the unit says about it.
options:
  role:
    description: What the node is.
    type: str
    choices: [server, agent]
    required: true
  gates:
    description:
      - V(unit), the unit is active.
      - V(supervisor), the supervisor answers on this node.
      - V(etcd), this node's member is healthy, votes and has a leader.
      - V(apiserver), the API server of this node is ready.
      - V(nodes), every node of O(nodes) is Ready with a fresh lease at O(version).
      - V(address), the supervisor answers under O(address).
    type: list
    elements: str
    choices: [unit, supervisor, etcd, apiserver, nodes, address]
    required: true
  nodes:
    description: Names of Node objects, for the gate V(nodes).
    type: list
    elements: str
    default: []
  version:
    description: The version every kubelet shall have.
    type: str
    default: ""
  address:
    description: The shared address of the API, for the gate V(address).
    type: str
    default: ""
  join_port:
    description: The supervisors' port.
    type: int
    default: 9345
  timeout:
    description: Seconds for all gates together.
    type: int
    default: 300
extends_documentation_fragment:
  - ironacre.hci.attributes
  - ironacre.hci.attributes.read_only
  - ironacre.hci.rke2
author:
  - Ironacre contributors (@ironacre)
"""

EXAMPLES = r"""
- name: Wait for the first server
  ironacre.hci.rke2_gate:
    role: server
    gates: [unit, supervisor, etcd, apiserver]
    timeout: 600
"""

RETURN = r"""
seconds:
  description: Seconds after which each gate was found open.
  returned: success
  type: dict
missing:
  description: What the gate that stayed shut misses.
  returned: failure
  type: str
journal:
  description: The newest lines of the unit's journal.
  returned: failure
  type: list
  elements: str
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.rke2_gates import Gates, wait_for_gates
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.rke2_node import Rke2Node
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.rke2 import RKE2_SPEC

GATES = ["unit", "supervisor", "etcd", "apiserver", "nodes", "address"]
ARGUMENT_SPEC = {
    "role": {"type": "str", "choices": ["server", "agent"], "required": True},
    "gates": {"type": "list", "elements": "str", "choices": GATES, "required": True},
    "nodes": {"type": "list", "elements": "str", "default": []},
    "version": {"type": "str", "default": ""},
    "address": {"type": "str", "default": ""},
    "join_port": {"type": "int", "default": 9345},
    "timeout": {"type": "int", "default": 300},
    **RKE2_SPEC,
}


def wait(module: AnsibleModule) -> dict[str, Any]:
    params = module.params
    node = Rke2Node(module.run_command, params["data_dir"])
    gates = Gates(
        node,
        params["role"],
        nodes=tuple(params["nodes"]),
        version=params["version"],
        address=params["address"],
        join_port=params["join_port"],
    )
    # In check mode nothing was started, so there is nothing to wait for.
    wanted = [] if module.check_mode else params["gates"]
    return {"changed": False, "seconds": wait_for_gates(gates, wanted, params["timeout"])}


def main() -> None:
    run(AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True), wait)


if __name__ == "__main__":
    main()
