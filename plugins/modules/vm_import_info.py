#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vm_import_info
short_description: Read the state of imports
version_added: 0.1.0
description:
  - Reads the journals that M(ironacre.hci.vm_import) keeps in the cluster.
author:
  - Ironacre contributors (@ironacre)
options:
  namespace:
    description:
      - Namespace of the machines. Default is all of them.
    type: str
  name:
    description:
      - Name of one machine. Default is all of them.
    type: str
extends_documentation_fragment:
  - ironacre.hci.attributes
  - ironacre.hci.attributes.read_only
  - ironacre.hci.vm_cluster
"""

EXAMPLES = r"""
- name: Read all imports
  ironacre.hci.vm_import_info:
    kubeconfig: ~/.kube/rack1
    namespace: vms
"""

RETURN = r"""
imports:
  description:
    - One entry per import with phase, disks, time line and, after a failure, its reason.
    - C(progress) has per disk the bytes done and to do, the rate in bytes per second and the seconds left.
    - C(rounds) are the passes over the disks of a machine that runs at its source.
  returned: success
  type: list
  elements: dict
  sample: [{name: web01, phase: done}]
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.import_journal import read_journals
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.vm_options import CLUSTER_SPEC, cluster_of


def read(module: AnsibleModule) -> dict[str, Any]:
    found = read_journals(cluster_of(module.params), module.params["namespace"] or "")
    wanted = module.params["name"]
    return {"changed": False, "imports": [entry for entry in found if wanted in (None, entry["name"])]}


def main() -> None:
    spec = {**CLUSTER_SPEC, "namespace": {"type": "str"}, "name": {"type": "str"}}
    run(AnsibleModule(argument_spec=spec, supports_check_mode=True), read)


if __name__ == "__main__":
    main()
