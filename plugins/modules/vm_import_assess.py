#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vm_import_assess
short_description: Tell what imports of virtual machines would stumble over
version_added: 0.1.0
description:
  - Looks at machines as M(ironacre.hci.vm_source_info) returns them, with a catalogue of rules.
  - Each concern has an id, a severity and a way out. Networks and datastores without a mapping are critical.
  - With O(kubeconfig) the cluster's machines and nodes are looked at, too. Nothing is changed.
author:
  - Ironacre contributors (@ironacre)
options:
  vms:
    description:
      - The machines.
    type: list
    elements: dict
    required: true
  namespace:
    description:
      - Namespace they shall go to.
    type: str
    required: true
  mapping:
    description:
      - Mapping of networks and storage, as of M(ironacre.hci.vm_import).
    type: dict
    default: {}
  overrides:
    description:
      - What shall differ from the source, as of M(ironacre.hci.vm_import).
    type: dict
    default: {}
  machines:
    description:
      - What is wished for single machines. Entries of C(hci_estate.machines), see docs/inventory.md.
      - Their C(target), C(mapping) and C(overrides) count before those for all.
    type: list
    elements: dict
    default: []
  datastores:
    description:
      - The source's datastores as M(ironacre.hci.vm_source_info) returns them.
    type: list
    elements: dict
    default: []
  target_facts:
    description:
      - What is known of the target where it is not asked. Stated facts count before those of O(kubeconfig).
      - What is not known raises no concern.
    type: dict
    default: {}
    suboptions:
      node_cpus:
        description: Processors of the largest node.
        type: int
      node_memory_mib:
        description: Memory of the largest node in MiB.
        type: int
      free_bytes:
        description: Bytes that volumes may have, by storage class. An empty name is the default class.
        type: dict
      names:
        description: Names that the namespace has already.
        type: list
        elements: str
      macs:
        description: Addresses in use, each with the machine that has it.
        type: dict
      storage_classes:
        description: Names of the storage classes.
        type: list
        elements: str
      networks:
        description: Network attachments as C(namespace/name).
        type: list
        elements: str
      bindings:
        description: Network binding plugins that are registered in KubeVirt.
        type: list
        elements: str
  kubeconfig:
    description:
      - Path of a kubeconfig of the target.
    type: path
  context:
    description:
      - Context of the kubeconfig. Default is its current one.
    type: str
  fail_on:
    description:
      - The least severity that fails the task.
    type: str
    choices: [critical, warning, never]
    default: never
  rules_disabled:
    description:
      - Ids of rules to leave out. docs/vm-import-rules.md lists all of them.
    type: list
    elements: str
    default: []
extends_documentation_fragment:
  - ironacre.hci.attributes
  - ironacre.hci.attributes.read_only
"""

EXAMPLES = r"""
- name: Assess the machines of an archive
  ironacre.hci.vm_import_assess:
    vms: "{{ web01.vms }}"
    namespace: vms
    mapping:
      networks:
        - source: VM Network
          target: vms/vlan10

- name: Assess an estate before there is a cluster
  ironacre.hci.vm_import_assess:
    vms: "{{ source.vms }}"
    datastores: "{{ source.datastores }}"
    namespace: vms
    mapping:
      networks:
        - source: "*"
          target: vms/vlan10
    machines:
      - name: legacy9
        overrides:
          disk_bus: sata
    target_facts:
      node_cpus: 64
      node_memory_mib: 524288
      free_bytes:
        longhorn: 70368744177664
"""

RETURN = r"""
concerns:
  description: The concerns, the critical ones of each machine first.
  returned: success
  type: list
  elements: dict
  sample: [{vm: web01, id: device.usb, severity: info, found: "has a USB device: dongle"}]
ready:
  description: Machines without a critical concern.
  returned: success
  type: list
  elements: str
  sample: [web01]
blocked:
  description: Machines with a critical concern.
  returned: success
  type: list
  elements: str
  sample: []
summary:
  description: Number of concerns by severity.
  returned: success
  type: dict
  sample: {critical: 0, warning: 0, info: 1}
"""

from dataclasses import replace
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.target_facts import TargetFacts
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.vm_options import cluster_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.concerns import Subject, Target, report
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.estate import settings_for, wishes_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Vm

FACTS: dict[str, Any] = {
    "node_cpus": {"type": "int"},
    "node_memory_mib": {"type": "int"},
    "free_bytes": {"type": "dict"},
    "names": {"type": "list", "elements": "str"},
    "macs": {"type": "dict"},
    "storage_classes": {"type": "list", "elements": "str"},
    "networks": {"type": "list", "elements": "str"},
    "bindings": {"type": "list", "elements": "str"},
}
ARGUMENT_SPEC: dict[str, Any] = {
    "vms": {"type": "list", "elements": "dict", "required": True},
    "namespace": {"type": "str", "required": True},
    "mapping": {"type": "dict", "default": {}},
    "overrides": {"type": "dict", "default": {}},
    "machines": {"type": "list", "elements": "dict", "default": []},
    "datastores": {"type": "list", "elements": "dict", "default": []},
    "target_facts": {"type": "dict", "default": {}, "options": FACTS},
    "kubeconfig": {"type": "path"},
    "context": {"type": "str"},
    "fail_on": {"type": "str", "choices": ["critical", "warning", "never"], "default": "never"},
    "rules_disabled": {"type": "list", "elements": "str", "default": []},
}


def target_of(params: dict[str, Any]) -> Target:
    """What the cluster tells, and what is stated beside it."""
    asked = TargetFacts(cluster_of(params)).target(params["namespace"]) if params["kubeconfig"] else Target()
    stated = {key: value for key, value in params["target_facts"].items() if value is not None}
    if "free_bytes" in stated:
        stated["free_bytes"] = {name: int(size) for name, size in stated["free_bytes"].items()}
    return replace(asked, **stated)


def assess(module: AnsibleModule) -> dict[str, Any]:
    params = module.params
    target = target_of(params)
    vms = [Vm.from_dict(vm) for vm in params["vms"]]
    wishes = wishes_of(params["machines"], [vm.name for vm in vms])
    subjects = [Subject(vm, settings_for(vm, params, wishes.get(vm.name) or {}), target) for vm in vms]
    datastores = {str(one.get("name")): str(one.get("type") or "") for one in params["datastores"]}
    found = report(subjects, params["rules_disabled"], datastores)
    refused = {"critical": ("critical",), "warning": ("critical", "warning"), "never": ()}[params["fail_on"]]
    grave = [concern for concern in found["concerns"] if concern["severity"] in refused]
    if grave:
        lines = [f"{item['vm']}: {item['found']} ({item['id']}); {item['way_out']}" for item in grave]
        raise PlatformError("\n".join(lines), **found)
    return {"changed": False, **found}


def main() -> None:
    run(AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True), assess)


if __name__ == "__main__":
    main()
