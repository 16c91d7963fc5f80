#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vm_import_plan
short_description: Plan the waves in which an estate of virtual machines moves
version_added: 0.1.0
description:
  - Sorts machines into waves and chooses cold or warm for each.
  - Foretells durations by a model of the shared bandwidth.
  - The same input gives the same plan, so that people can review the difference. Nothing is read or changed.
  - With O(imports) it plans what is left, with the rates that were measured.
author:
  - Ironacre contributors (@ironacre)
options:
  vms:
    description:
      - The machines.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the machine.
        type: str
        required: true
      used_mib:
        description: MiB to copy.
        type: float
        required: true
      capacity_mib:
        description: MiB it takes at the target. V(0) means O(vms[].used_mib).
        type: float
        default: 0
      target:
        description: Name at the target, by which O(imports) knows it. Default is O(vms[].name) as a DNS label.
        type: str
        default: ""
      host:
        description: Host it is read from.
        type: str
        default: ""
      datastore:
        description: Datastore it is read from.
        type: str
        default: ""
      network:
        description: Its network, for the choice of pilots.
        type: str
        default: ""
      family:
        description: Family of its system, for the choice of pilots.
        type: str
        default: ""
      group:
        description: Machines of one group move in one wave.
        type: str
        default: ""
      apart:
        description: Machines with the same mark never move in one wave, such as the two halves of a pair.
        type: str
        default: ""
      windows:
        description: Names of the windows it may use. Default is any.
        type: list
        elements: str
        default: []
      after:
        description: Machines that must have moved before.
        type: list
        elements: str
        default: []
      dirty_mib_s:
        description: MiB per second it changes. Negative means unknown.
        type: float
        default: -1
      downtime_limit:
        description: Longest downtime in seconds. V(0) means any.
        type: float
        default: 0
      identity:
        description:
          - What it is at the source, as O(imports) tell it in C(source). Default is to go by the name at the target.
        type: str
        default: ""
      blocked:
        description: Why it cannot move, from M(ironacre.hci.vm_import_assess).
        type: str
        default: ""
  assessment:
    description:
      - Instead of O(vms), the machines and concerns of an assessment, with C(vms) and C(concerns).
      - Machines with a critical concern are blocked.
    type: dict
  machines:
    description:
      - What is wished for machines of O(assessment). Entries of C(hci_estate.machines), see docs/inventory.md.
    type: list
    elements: dict
    default: []
  imports:
    description:
      - Imports so far, as M(ironacre.hci.vm_import_info) returns them. What is done is left out of the plan.
    type: list
    elements: dict
    default: []
  capacity_mib:
    description:
      - Room at the target in MiB, for the machines and not for their replicas. V(0) means enough.
    type: float
    default: 0
  bandwidth:
    description:
      - Rates in MiB per second.
    type: dict
    suboptions:
      link:
        description: Of the controller.
        type: float
        default: 1100
      stream:
        description: Of one copy.
        type: float
        default: 110
      host:
        description: Of one source host.
        type: float
        default: 312
      datastore:
        description: Of one datastore.
        type: float
        default: 1000
      special:
        description: Rates of hosts and datastores that differ, by name, as measured.
        type: dict
        default: {}
  windows:
    description:
      - Times in which machines may be cut over. Without windows, waves follow each other.
      - A warm machine is copied before its window opens; what changed meanwhile is copied inside.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: Name of the window.
        type: str
        required: true
      seconds:
        description: Its length.
        type: float
        required: true
      start:
        description:
          - When it opens, with its time zone.
          - Filter P(ironacre.hci.import_wave#filter) makes of it when a cut-over may begin and has to end.
        type: str
        default: ""
  max_per_wave:
    description:
      - Most machines in one wave.
    type: int
    default: 100
  pilot:
    description:
      - Begin with one easy machine of each kind.
    type: bool
    default: true
extends_documentation_fragment:
  - ironacre.hci.attributes
  - ironacre.hci.attributes.read_only
"""

EXAMPLES = r"""
- name: Plan the waves
  ironacre.hci.vm_import_plan:
    vms:
      - name: db01
        used_mib: 512000
        host: esx3
        downtime_limit: 900
        dirty_mib_s: 2
      - name: web01
        used_mib: 20480
        host: esx1
        after: [db01]
    windows:
      - name: saturday
        seconds: 28800

- name: Plan what is left, with what was measured
  ironacre.hci.vm_import_plan:
    assessment: "{{ lookup('ansible.builtin.file', 'assessment.json') | from_json }}"
    machines: "{{ hci_estate.machines }}"
    imports: "{{ state.imports }}"
"""

RETURN = r"""
waves:
  description: The waves with their machines, durations and what limits them.
  returned: success
  type: list
  elements: dict
  sample: [{number: 0, window: saturday, duration_s: 4600.0, limiting: link}]
unplaced:
  description: Machines that are in no wave, each with the reason.
  returned: success
  type: list
  elements: dict
  sample: [{name: db02, reason: raw device mapping}]
machines:
  description: Number of planned machines.
  returned: success
  type: int
  sample: 2
bytes:
  description: Bytes to copy.
  returned: success
  type: int
  sample: 558345748480
duration_s:
  description: Duration of all waves.
  returned: success
  type: float
  sample: 4600.0
lower_bound_s:
  description: No order of these waves is faster.
  returned: success
  type: float
  sample: 4590.0
moved:
  description: Machines that are through already, by O(imports).
  returned: success
  type: list
  elements: str
  sample: [web01]
bandwidth:
  description: The rates that the plan rests on, measured ones included.
  returned: success
  type: dict
  sample: {link: 1100.0, stream: 96.5, host: 312.0, datastore: 1000.0, special: {esx1: 204.1}}
ratio:
  description: Duration divided by the lower bound.
  returned: success
  type: float
  sample: 1.002
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.estate import items
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.flows import Bandwidth
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.waves import Limits, Window, items_of, replan

VM: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "used_mib": {"type": "float", "required": True},
    "after": {"type": "list", "elements": "str", "default": []},
    "windows": {"type": "list", "elements": "str", "default": []},
    "capacity_mib": {"type": "float", "default": 0},
    "dirty_mib_s": {"type": "float", "default": -1},
    "downtime_limit": {"type": "float", "default": 0},
    **{
        name: {"type": "str", "default": ""}
        for name in ("host", "datastore", "network", "family", "blocked", "target", "identity")
    },
    **{name: {"type": "str", "default": ""} for name in ("group", "apart")},
}
BANDWIDTH: dict[str, Any] = {
    "link": {"type": "float", "default": 1100},
    "stream": {"type": "float", "default": 110},
    "host": {"type": "float", "default": 312},
    "datastore": {"type": "float", "default": 1000},
    "special": {"type": "dict", "default": {}},
}
WINDOW: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "seconds": {"type": "float", "required": True},
    "start": {"type": "str", "default": ""},
}
ARGUMENT_SPEC: dict[str, Any] = {
    "vms": {"type": "list", "elements": "dict", "options": VM},
    "assessment": {"type": "dict"},
    "machines": {"type": "list", "elements": "dict", "default": []},
    "imports": {"type": "list", "elements": "dict", "default": []},
    "capacity_mib": {"type": "float", "default": 0},
    "bandwidth": {"type": "dict", "options": BANDWIDTH, "apply_defaults": True},
    "windows": {"type": "list", "elements": "dict", "default": [], "options": WINDOW},
    "max_per_wave": {"type": "int", "default": 100},
    "pilot": {"type": "bool", "default": True},
}


def propose(module: AnsibleModule) -> dict[str, Any]:
    params = module.params
    special = {name: float(rate) for name, rate in params["bandwidth"]["special"].items()}
    limits = Limits(
        Bandwidth(**{**params["bandwidth"], "special": special}),
        params["max_per_wave"],
        tuple(Window(**window) for window in params["windows"]),
        params["pilot"],
        params["capacity_mib"],
    )
    vms = params["vms"] if params["vms"] is not None else items(params["assessment"], params["machines"])
    return {"changed": False, **replan(items_of(vms), limits, params["imports"])}


def main() -> None:
    one = [("vms", "assessment")]
    module = AnsibleModule(
        argument_spec=ARGUMENT_SPEC, mutually_exclusive=one, required_one_of=one, supports_check_mode=True
    )
    run(module, propose)


if __name__ == "__main__":
    main()
