#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: hci_inventory_check
short_description: Tells every contradiction of the inventory at once
version_added: 0.1.0
author: Ironacre contributors (@ironacre)
description:
  - Reads the variables C(hci_cluster), C(hci_stack), C(hci_networks), C(hci_imports) and the C(hci_node) of every host
    in the groups C(hci_servers) and C(hci_agents), and compares all of it, before anything is changed.
  - Finds unknown names (and says the nearest known one), values of the wrong kind, missing values, undefined variables,
    addresses, MACs, BMCs and serial numbers that stand twice, addresses out of their network, a virtual address that
    somebody else has, overlapping networks, interfaces that carry more than what is below them, and groups that
    contradict each other.
  - Each finding says where, what was found, and the way out. What is allowed and seldom meant is a warning.
  - Runs on the controller, once for the whole inventory, and takes no options, so that no password is an argument.
extends_documentation_fragment:
  - ironacre.hci.attributes.read_only
attributes:
  action:
    description: Has an action plugin on the controller.
    support: full
seealso:
  - name: The inventory's reference
    description: Every variable with its meaning.
    link: https://github.com/ironacre/ironacre.hci/blob/main/docs/inventory.md
"""

EXAMPLES = r"""
- name: Check the whole inventory
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Find every contradiction
      ironacre.hci.hci_inventory_check:
"""

RETURN = r"""
nodes:
  description: The nodes that were checked.
  returned: always
  type: list
  elements: str
  sample: [n1, n2, n3]
findings:
  description: What must be corrected. The task fails when there is any.
  returned: on failure
  type: list
  elements: dict
  contains:
    place:
      description: Where the value stands.
      type: str
      sample: n2.hci_node.boot.mac
    found:
      description: What is there.
      type: str
      sample: MAC address 52:54:00:70:00:14 is also that of n1.hci_node.boot.mac
    way_out:
      description: What to do.
      type: str
      sample: give each its own MAC address
"""
