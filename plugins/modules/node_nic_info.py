#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: node_nic_info
short_description: Read a node's network as it is
version_added: 0.1.0
description:
  - Returns NICs with everything they can be matched by, the kernel's links, the management path and the transactions of
    M(ironacre.hci.node_nic).
author: [Ironacre contributors (@ironacre)]
extends_documentation_fragment: [ironacre.hci.attributes, ironacre.hci.attributes.read_only]
options:
  lldp:
    description: Listen for the neighbours' LLDP announcements, up to 35 seconds.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Read the network
  ironacre.hci.node_nic_info:
  register: network
"""

RETURN = r"""
nics:
  description: Real NICs with name, permanent MAC, PCI slot, path, driver, device ids, speed, port and neighbour.
  returned: always
  type: list
  elements: dict
links:
  description: Links with kind, mtu, up, master, parent, options, addresses, VLANs and static routes.
  returned: always
  type: dict
bridges:
  description: For each bridge the VLANs that its uplinks carry, null where it does not filter.
  returned: always
  type: dict
management:
  description: Devices over which this session and the default route run.
  returned: always
  type: list
  elements: str
pending:
  description: Id of the transaction that waits for its confirmation.
  returned: always
  type: str
transactions:
  description: Past transactions with their state, reason and time line.
  returned: always
  type: dict
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic import neighbours, surroundings
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.examine import session_address
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.journal import Journal
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.links import Links
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import describe, management
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.kernel import read


def gather(module: AnsibleModule) -> Mapping[str, Any]:
    """Everything there is to know."""
    links, journal = Links(), Journal()
    raw = links.read()
    kernel = read(raw)
    names = [item["ifname"] for item in raw["link"] if item["ifname"] != "lo"]
    heard = neighbours.listen(names, len(names)) if module.params["lldp"] else {}
    return {
        "changed": False,
        "nics": [asdict(nic) for nic in links.nics(raw, heard)],
        "links": describe.describe(kernel, names),
        "bridges": describe.bridges(kernel),
        "management": list(management.path(kernel, [session_address()], surroundings.default_devices(raw))),
        "pending": journal.pending(),
        "transactions": {txn: journal.state(txn) for txn in journal.known()},
    }


def main() -> None:
    run(AnsibleModule(argument_spec={"lldp": {"type": "bool", "default": False}}, supports_check_mode=True), gather)


if __name__ == "__main__":
    main()
