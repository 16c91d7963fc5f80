#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: node_nic_probe
short_description: Check that a node's network does what its configuration says
version_added: 0.1.0
description:
  - Runs live checks and returns the evidence of each. Fails when one does not hold.
author: [Ironacre contributors (@ironacre)]
extends_documentation_fragment: [ironacre.hci.attributes, ironacre.hci.attributes.read_only]
options:
  probes:
    description:
      - Each says what to check. C(carrier) of links. C(lacp) of a bond, partner and aggregator, with C(min_ports).
        C(pmtu) to an address with packets of C(size) bytes. C(gateway), an address that must answer. C(duplicate), an
        own address that nobody else may hold. C(tcp), C(host:port) that must accept. C(dev) names the link to use.
    type: list
    elements: dict
    required: true
  patience:
    description: Seconds a check may keep failing. By default each kind has its own.
    type: float
"""

EXAMPLES = r"""
- name: Check bond, jumbo frames and the storage gateway
  ironacre.hci.node_nic_probe:
    probes:
      - {lacp: bond-vm, min_ports: 2}
      - {pmtu: 10.0.100.1, size: 9000, dev: br-vm.100}
      - {gateway: [10.0.100.1]}
"""

RETURN = r"""
probes:
  description: For each target C(probe), C(target), C(ok), C(evidence) and C(ms).
  returned: always
  type: list
  elements: dict
"""

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic import probes
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.links import Links
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.parse import parse


def check(module: AnsibleModule) -> Mapping[str, Any]:
    """Run them all; every failure is told."""
    wanted = parse({"probes": module.params["probes"]}).probes
    answers = probes.run(wanted, Links(), module.params["patience"])
    facts = [answer.facts() for answer in answers]
    failed = [f"{answer.probe} {answer.target}: {answer.evidence}" for answer in answers if not answer.ok]
    if failed:
        raise PlatformError("\n".join(failed), probes=facts)
    return {"changed": False, "probes": facts}


def main() -> None:
    spec = {"probes": {"type": "list", "elements": "dict", "required": True}, "patience": {"type": "float"}}
    run(AnsibleModule(argument_spec=spec, supports_check_mode=True), check)


if __name__ == "__main__":
    main()
