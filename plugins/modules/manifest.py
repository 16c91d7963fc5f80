#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: manifest
short_description: Have the objects of a manifest in a cluster as declared
version_added: 0.1.0
description:
  - Runs on the controller. Reads each object, and applies those that are not as declared, server-side and with force.
  - An object that is right already is not applied. It is right when every declared field has its value in the cluster,
    and nothing left the declaration since it was applied; the annotation C(ironacre.hci/declared) keeps its digest.
  - Objects are applied in the order given. What is not declared stays as it is, no object is deleted.
author:
  - Ironacre contributors (@ironacre)
options:
  objects:
    description: The objects, each with C(apiVersion), C(kind) and C(metadata.name).
    type: list
    elements: dict
    required: true
  create_namespaces:
    description: Create the namespaces of the objects first, where they are not there.
    type: bool
    default: false
extends_documentation_fragment:
  - ironacre.hci.attributes
  - ironacre.hci.attributes.full
  - ironacre.hci.vm_cluster
seealso:
  - name: Server-side apply
    description: How the API server merges and who owns a field.
    link: https://kubernetes.io/docs/reference/using-api/server-side-apply/
"""

EXAMPLES = r"""
- name: Have the operator
  ironacre.hci.manifest:
    kubeconfig: ~/.kube/rack1
    objects: "{{ lookup('ansible.builtin.file', 'operator.yaml') | from_yaml_all | select | list }}"

- name: Have a service, and its namespace
  ironacre.hci.manifest:
    kubeconfig: ~/.kube/rack1
    create_namespaces: true
    objects:
      - apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: vms}
        spec: {ports: [{port: 80}]}
"""

RETURN = r"""
differences:
  description: One line for each object that was not as declared, with the first place where it differs.
  returned: success
  type: list
  elements: str
  sample: ["Deployment longhorn-system/longhorn-ui: spec.replicas is 1, declared is 2"]
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.manifests import Manifests, name_of
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.vm_options import CLUSTER_SPEC, cluster_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.stack import drift

ARGUMENT_SPEC = {
    **CLUSTER_SPEC,
    "objects": {"type": "list", "elements": "dict", "required": True},
    "create_namespaces": {"type": "bool", "default": False},
}


def have(module: AnsibleModule) -> dict[str, Any]:
    cluster, before, after, told = Manifests(cluster_of(module.params)), {}, {}, []
    wanted = [drift.marked(one) for one in module.params["objects"]]
    if module.params["create_namespaces"]:
        # Not marked: one that is there is right, and keeps what others declared of it.
        wanted = [*drift.namespaces(wanted), *wanted]
    for one in wanted:
        live, name = cluster.get(one), name_of(one)
        difference = drift.difference(one, live)
        if not difference:
            continue
        there = drift.plain(live)
        here = drift.plain(cluster.apply(one, module.check_mode) or one)
        if here != there:
            told.append(f"{name}: {difference}")
            before[name], after[name] = there, here
    diff = {"diff": {"before": before, "after": after}} if module._diff else {}
    return {"changed": bool(told), "differences": told, **diff}


def main() -> None:
    run(AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True), have)


if __name__ == "__main__":
    main()
