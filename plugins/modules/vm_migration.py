#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vm_migration
short_description: Move a running virtual machine to another node
version_added: 0.1.0
description:
  - Starts a live migration, waits for its end and tells where the machine runs.
  - With O(target_node) a machine that already runs there is left alone. Without it every run moves the machine.
  - While the machine moves its web page can be asked again and again; the answers that were lost are counted.
author:
  - Ironacre contributors (@ironacre)
options:
  name:
    description:
      - Name of the machine.
    type: str
    required: true
  namespace:
    description:
      - Namespace of the machine.
    type: str
    required: true
  target_node:
    description:
      - Node that the machine shall run on. Default is any other one.
    type: str
  timeout:
    description:
      - Seconds until the migration must be over.
    type: int
    default: 600
  probe:
    description:
      - A page of the guest that is asked while it moves.
    type: dict
    suboptions:
      url:
        description: Address of the page.
        type: str
        required: true
      interval:
        description: Seconds between two questions.
        type: float
        default: 0.25
      timeout:
        description: Seconds until an answer counts as lost.
        type: float
        default: 1.0
extends_documentation_fragment:
  - ironacre.hci.attributes
  - ironacre.hci.vm_cluster
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
  idempotent:
    support: partial
    details:
      - Only with O(target_node).
"""

EXAMPLES = r"""
- name: Move the machine to another node and count lost answers
  ironacre.hci.vm_migration:
    kubeconfig: ~/.kube/rack1
    name: web01
    namespace: vms
    probe:
      url: http://192.0.2.21/
"""

RETURN = r"""
source_node:
  description: Node that the machine ran on before.
  returned: success
  type: str
  sample: n1
node:
  description: Node that the machine runs on now.
  returned: success
  type: str
  sample: n2
seconds:
  description: Duration of the migration.
  returned: changed
  type: float
  sample: 4.0
probe:
  description: Questions asked, answers lost, and the longest time without an answer in seconds.
  returned: when O(probe) is given and the machine moved
  type: dict
  sample: {asked: 40, lost: 1, longest_gap: 0.6}
"""

import contextlib
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.guest_probe import GuestProbe
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.vm_mover import VmMover
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.vm_options import CLUSTER_SPEC, cluster_of

ARGUMENT_SPEC: dict[str, Any] = {
    **CLUSTER_SPEC,
    "name": {"type": "str", "required": True},
    "namespace": {"type": "str", "required": True},
    "target_node": {"type": "str"},
    "timeout": {"type": "int", "default": 600},
    "probe": {
        "type": "dict",
        "options": {
            "url": {"type": "str", "required": True},
            "interval": {"type": "float", "default": 0.25},
            "timeout": {"type": "float", "default": 1.0},
        },
    },
}


def move(module: AnsibleModule) -> dict[str, Any]:
    params = module.params
    mover = VmMover(cluster_of(params), params["name"], params["namespace"])
    before = mover.node()
    if before == params["target_node"]:
        return {"changed": False, "source_node": before, "node": before}
    if module.check_mode:
        return {"changed": True, "source_node": before, "node": params["target_node"] or ""}
    probe = GuestProbe(**params["probe"]) if params["probe"] else None
    with probe or contextlib.nullcontext():
        seconds = mover.move(params["target_node"] or "", params["timeout"])
    result = {"changed": True, "source_node": before, "node": mover.node(), "seconds": seconds}
    return {**result, "probe": probe.report()} if probe else result


def main() -> None:
    run(AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True), move)


if __name__ == "__main__":
    main()
