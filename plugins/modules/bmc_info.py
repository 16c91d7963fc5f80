#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: bmc_info
short_description: Read power and boot override of many machines through their BMCs
version_added: 0.1.0
description:
  - Reads all BMCs at once, in threads. One that fails does not fail the others.
  - Several machines behind one BMC address are read one after the other, because sessions are few.
options:
  parallel:
    description: How many BMCs are read at the same time.
    type: int
    default: 20
  attempts:
    description: How often a busy, full or silent BMC is asked.
    type: int
    default: 3
extends_documentation_fragment:
  - ironacre.hci.attributes
  - ironacre.hci.attributes.read_only
  - ironacre.hci.bmc
  - ironacre.hci.bmc.targets
author:
  - Ironacre contributors (@ironacre)
"""

EXAMPLES = r"""
- name: Read the power of a machine
  ironacre.hci.bmc_info:
    targets:
      - "{{ hci_node.bmc | combine({'name': inventory_hostname}) }}"
  delegate_to: localhost
  register: power
"""

RETURN = r"""
machines:
  description: One entry per machine. Either power, boot and driver, or error and kind.
  type: dict
  returned: success
  sample: {"n1": {"power": "on", "boot": {"target": "none", "mode": "uefi", "once": true}, "driver": "redfish"}}
failed_machines:
  description: Names of the machines whose BMC could not be read.
  type: list
  elements: str
  returned: success
"""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.bmc import SystemClock, open_bmc
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.bmc import BMC_SPEC
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.converge import Journal
from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.endpoint import Endpoint, endpoint_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.errors import BmcError
from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.patience import PatientBmc, retry

ARGUMENT_SPEC: dict[str, Any] = {
    "targets": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {"name": {"type": "str", "required": True}, **BMC_SPEC},
    },
    "parallel": {"type": "int", "default": 20},
    "attempts": {"type": "int", "default": 3},
}
PAUSE_SECONDS = 1.0


def read_all(module: AnsibleModule) -> dict[str, Any]:
    """The BMCs grouped by address, the groups in threads."""
    params = module.params
    groups: dict[str, dict[str, Endpoint]] = defaultdict(dict)
    for target in params["targets"]:
        groups[target["address"]][target["name"]] = endpoint_of(target)
    with ThreadPoolExecutor(params["parallel"]) as pool:
        parts = pool.map(lambda group: read_group(group, params["attempts"]), groups.values())
    machines = {name: facts for part in parts for name, facts in part.items()}
    return {
        "machines": machines,
        "failed_machines": sorted(name for name, facts in machines.items() if "kind" in facts),
    }


def read_group(group: dict[str, Endpoint], attempts: int) -> dict[str, dict[str, object]]:
    return {name: read_one(endpoint, attempts) for name, endpoint in group.items()}


def read_one(endpoint: Endpoint, attempts: int) -> dict[str, object]:
    journal = Journal(SystemClock())
    try:
        with retry(lambda: open_bmc(endpoint), attempts, PAUSE_SECONDS, journal) as session:
            state = PatientBmc(session, attempts, PAUSE_SECONDS, journal).read()
    except BmcError as error:
        return {"error": error.message, "kind": error.kind}
    return {**state.as_dict(), "driver": session.driver}


def main() -> None:
    run(AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True), read_all)


if __name__ == "__main__":
    main()
