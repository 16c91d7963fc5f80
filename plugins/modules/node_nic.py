#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: node_nic
short_description: Configure a node's network without locking yourself out
version_added: 0.1.0
description:
  - Brings NICs, bonds, VLANs, bridges, addresses, routes, rules and resolvers to the declared state, in the files of
    the node's network daemon and in the kernel, and reads the kernel back. What the daemon did not do is done by this
    module; what is still different afterwards is a failure.
  - A change is a transaction. It is written down and its rollback armed before anything is touched, applied while no
    session is needed, proved by probes, and kept only after the controller has reached the node over a new connection.
    Otherwise the node puts everything back by itself, also after a power cut.
  - The keys of O(interfaces) are described in the collection's page on node networks.
author: [Ironacre contributors (@ironacre)]
extends_documentation_fragment: [ironacre.hci.attributes]
attributes:
  check_mode:
    support: full
    details:
      - Returns the whole plan; reads the node only.
  diff_mode:
    support: full
  idempotent:
    support: full
requirements:
  - "on the node: Python 3.9 or later, iproute2, ping"
options:
  state:
    description:
      - V(present) brings the node to the declared state.
      - V(rolled_back) undoes the pending transaction, or the committed one named by O(txn).
      - V(confirmed) keeps the pending transaction, for when the controller was lost and the change is known to be good.
    type: str
    choices: [present, rolled_back, confirmed]
    default: present
  backend:
    description: The daemon that owns the network files. V(auto) takes the one that runs.
    type: str
    choices: [auto, networkd, networkmanager, netplan, wicked, ifcfg, kernel]
    default: auto
  scope:
    description:
      - V(managed) touches only what is declared or was declared before.
      - V(exclusive) also removes bonds, bridges and VLANs that nobody declared, and other addresses, VLANs and routes
        of declared links. The way to the node, container networks, guests, their bridges and their VLANs stay.
    type: str
    choices: [managed, exclusive]
    default: managed
  interfaces:
    description: The declared interfaces, each a dictionary with at least C(name) and C(type).
    type: list
    elements: dict
    default: []
  routes:
    description: Static routes with C(to), C(via), C(dev), C(metric), C(table), C(onlink).
    type: list
    elements: dict
    default: []
  rules:
    description: Routing rules with C(from), C(to), C(iif), C(fwmark), C(table), C(priority).
    type: list
    elements: dict
    default: []
  dns:
    description: Resolvers with C(servers), C(search), C(dev).
    type: dict
    default: {}
  probes:
    description: Live checks that must hold before the change is kept; see M(ironacre.hci.node_nic_probe).
    type: list
    elements: dict
    default: []
  protect_management:
    description: What to do when the change touches the devices over which the node is reached.
    type: str
    choices: [refuse, confirm]
    default: confirm
  allow_disruption:
    description: The most disruptive class of change that is done.
    type: str
    choices: [live, bounce, rebuild]
    default: bounce
  rollback:
    description: How the node undoes an unconfirmed change.
    type: dict
    default: {}
    suboptions:
      timeout:
        description: Seconds from arming until the node undoes the change.
        type: int
        default: 120
      on_failure:
        description: What to do when the former state cannot be verified after it was put back.
        type: str
        choices: [leave, reboot]
        default: leave
      keep:
        description: How many finished transactions the node keeps.
        type: int
        default: 5
  confirm:
    description: How the controller reaches the node again.
    type: dict
    default: {}
    suboptions:
      host:
        description: Address at which the node is reached after the change, when that changes.
        type: str
      retries_every:
        description: Seconds between attempts.
        type: int
        default: 2
      attempt_limit:
        description:
          - Seconds after which one attempt is given up, however it hangs.
          - A third of it may pass without an answer of the node's SSH server. Raise it for slow nodes.
        type: int
        default: 12
  txn:
    description: The transaction that O(state=rolled_back) or O(state=confirmed) means. The pending one when omitted.
    type: str
  management_addresses:
    description: Addresses of the node that are protected beside that of the session, as that towards the API server.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Two NICs as an LACP bond under a VLAN-aware bridge
  ironacre.hci.node_nic:
    interfaces:
      - {name: uplink0, type: ethernet, match: {mac: "52:54:00:80:00:14"}, mtu: 9000}
      - {name: uplink1, type: ethernet, match: {mac: "52:54:00:80:00:15"}, mtu: 9000}
      - name: bond-vm
        type: bond
        ports: [uplink0, uplink1]
        mtu: 9000
        bond: {mode: 802.3ad, lacp_rate: fast, miimon: 100, xmit_hash_policy: layer3+4}
      - name: br-vm
        type: bridge
        ports: [{name: bond-vm, vlans: ["100", "200-209"]}]
        bridge: {vlan_filtering: true, default_pvid: 0, self_vlans: [100]}
      - {name: br-vm.100, type: vlan, parent: br-vm, id: 100, ipv4: {addresses: [10.0.100.11/24]}}
    probes:
      - {lacp: bond-vm, min_ports: 2}
      - {gateway: [10.0.100.1]}

- name: Undo the last change
  ironacre.hci.node_nic:
    state: rolled_back
    txn: "{{ network_change.txn }}"
"""

RETURN = r"""
txn:
  description: Id of the transaction.
  returned: when something was or is to be undone
  type: str
state:
  description: V(unchanged), V(committed), V(rolled_back) or V(refused).
  returned: always
  type: str
plan:
  description: Ordered operations with C(object), C(change), C(from), C(to), C(class) and C(commands).
  returned: when O(state=present)
  type: list
  elements: dict
disruption:
  description: The most disruptive class, the devices that lose traffic, and whether the management path is touched.
  returned: when O(state=present)
  type: dict
differs:
  description: Whether files or kernel are not as declared.
  returned: when O(state=present)
  type: bool
before:
  description: Declared devices as the kernel has them before the change.
  returned: when O(state=present)
  type: dict
after:
  description: The same afterwards; in check mode as predicted.
  returned: when O(state=present)
  type: dict
bridges:
  description: For each bridge the VLANs that its uplinks carry before the change, null where it does not filter.
  returned: when O(state=present)
  type: dict
matched:
  description: For each declared NIC the devices it stands for.
  returned: when O(state=present)
  type: dict
probes:
  description: Outcome of each probe with its evidence.
  returned: when a change was applied
  type: list
  elements: dict
timeline:
  description: When the transaction was armed, applied, confirmed or undone.
  returned: when a change was applied
  type: list
  elements: dict
warnings_of_rules:
  description: Findings that do not refuse the change.
  returned: when O(state=present)
  type: list
  elements: str
"""

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic import change, request
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.examine import Examination, examine
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.journal import Journal
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.links import Links
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import describe

ROLLBACK = {
    "timeout": {"type": "int", "default": 120},
    "on_failure": {"type": "str", "choices": ["leave", "reboot"], "default": "leave"},
    "keep": {"type": "int", "default": 5},
}
CONFIRM = {
    "host": {"type": "str"},
    "retries_every": {"type": "int", "default": 2},
    "attempt_limit": {"type": "int", "default": 12},
}
SPEC: dict[str, Any] = {
    "state": {"type": "str", "choices": ["present", "rolled_back", "confirmed"], "default": "present"},
    "backend": {
        "type": "str",
        "choices": ["auto", "networkd", "networkmanager", "netplan", "wicked", "ifcfg", "kernel"],
        "default": "auto",
    },
    "scope": {"type": "str", "choices": ["managed", "exclusive"], "default": "managed"},
    "interfaces": {"type": "list", "elements": "dict", "default": []},
    "routes": {"type": "list", "elements": "dict", "default": []},
    "rules": {"type": "list", "elements": "dict", "default": []},
    "dns": {"type": "dict", "default": {}},
    "probes": {"type": "list", "elements": "dict", "default": []},
    "protect_management": {"type": "str", "choices": ["refuse", "confirm"], "default": "confirm"},
    "allow_disruption": {"type": "str", "choices": ["live", "bounce", "rebuild"], "default": "bounce"},
    "rollback": {"type": "dict", "default": {}, "options": ROLLBACK},
    "confirm": {"type": "dict", "default": {}, "options": CONFIRM},
    "txn": {"type": "str"},
    "management_addresses": {"type": "list", "elements": "str", "default": []},
}
DECLARED = ("interfaces", "routes", "rules", "dns", "probes")


def main_present(module: AnsibleModule, journal: Journal, links: Links) -> Mapping[str, Any]:
    """Examine; change nothing more than what is allowed; arm."""
    params = module.params
    if not module.check_mode:
        change.conclude(journal)
    change.refuse_pending(journal)
    desired = {key: params[key] for key in DECLARED}
    found = examine(desired, params["backend"], journal, links, params["management_addresses"], params["scope"])
    result = facts(found)
    if not found.changed:
        if not module.check_mode:
            journal.commit(found.record)
        return {**result, "state": "unchanged"}
    change.refuse_unwanted(found, params["allow_disruption"], params["protect_management"])
    if module.check_mode:
        return {**result, "state": "unchanged"}
    txn = change.start(found, settings(params), journal)
    return {**result, **request.armed(txn, settings(params))}


def settings(params: Mapping[str, Any]) -> dict[str, Any]:
    """The rollback's settings with their defaults."""
    return {name: (params["rollback"] or {}).get(name, spec["default"]) for name, spec in ROLLBACK.items()}


def facts(found: Examination) -> dict[str, Any]:
    """What is returned of an examination."""
    before = describe.describe(found.kernel, found.touched())
    after = describe.predict(before, found.found)
    return {
        "changed": found.changed,
        "differs": found.changed,
        "backend": found.backend.name,
        "plan": [step.facts() for step in found.steps],
        "disruption": found.disruption(),
        "management": list(found.management),
        "before": before,
        "after": after,
        "matched": found.matched,
        "bridges": describe.bridges(found.kernel),
        "warnings_of_rules": found.warnings,
        "diff": describe.diffs(before, after, (found.files_before, found.files_after)),
    }


def act(module: AnsibleModule) -> Mapping[str, Any]:
    """Branch by the wanted state."""
    journal, links = Journal(), Links()
    if module.params["state"] == "present":
        return main_present(module, journal, links)
    return request.settle(
        module.params["state"], module.params["txn"], settings(module.params), journal, links, module.check_mode
    )


def main() -> None:
    run(AnsibleModule(argument_spec=SPEC, supports_check_mode=True), act)


if __name__ == "__main__":
    main()
