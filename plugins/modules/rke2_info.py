#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: rke2_info
short_description: Read everything about RKE2 on a node at once
version_added: 0.1.0
description:
  - Tells which version is installed and which runs, the state of the unit, whether the process works with the files on
    the disk, and whether the node belongs to a cluster.
options:
  role:
    description: What the node is to be.
    type: str
    choices: [server, agent]
    required: true
  install_dir:
    description: Folder in which the digest of the installed release is noted.
    type: path
    default: /var/lib/ironacre/rke2
  probe:
    description:
      - Addresses on which a supervisor of the cluster could answer.
      - They are only asked while the node belongs to no cluster.
    type: list
    elements: str
    default: []
  join_port:
    description: The supervisors' port.
    type: int
    default: 9345
extends_documentation_fragment:
  - ironacre.hci.attributes
  - ironacre.hci.attributes.read_only
  - ironacre.hci.rke2
author:
  - Ironacre contributors (@ironacre)
"""

EXAMPLES = r"""
- name: Read the node's RKE2
  ironacre.hci.rke2_info:
    role: server
    probe: [192.0.2.10, 192.0.2.11]
  register: __rke2_info
"""

RETURN = r"""
rke2:
  description: What was found.
  returned: always
  type: dict
  contains:
    installed:
      description: Version of the installed binary, empty if none.
      type: str
    release_sha256:
      description: Digest of the release that was installed last, empty if it was not noted.
      type: str
    running:
      description: Version of the running process, empty if none.
      type: str
    prefix:
      description: Where it is installed.
      type: str
    active:
      description: State of the role's unit as systemd says it.
      type: str
    enabled:
      description: Whether the role's unit starts at boot.
      type: bool
    other_role_active:
      description: Whether the unit of the other role runs.
      type: bool
    restart_reasons:
      description: Why the process does not work with what lies on the disk.
      type: list
      elements: str
    member:
      description: Whether the node holds the data of a cluster as a member of etcd.
      type: bool
    registered:
      description: Whether the node has joined a cluster once.
      type: bool
    ca_sha256:
      description: Digest of the cluster's authority, empty on agents and before the first start.
      type: str
    config:
      description: Text of config.yaml without its secrets.
      type: str
    supervisors:
      description: Digest of the authority each probed address hands out, empty if it does not answer.
      type: dict
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.rke2_node import (
    Rke2Node,
    supervisor_authority,
)
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.rke2 import RKE2_SPEC
from ansible_collections.ironacre.hci.plugins.module_utils._core.redact import redact
from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2.restart import restart_reasons

ARGUMENT_SPEC = {
    "role": {"type": "str", "choices": ["server", "agent"], "required": True},
    **RKE2_SPEC,
    "install_dir": {"type": "path", "default": "/var/lib/ironacre/rke2"},
    "probe": {"type": "list", "elements": "str", "default": []},
    "join_port": {"type": "int", "default": 9345},
}


def read(module: AnsibleModule) -> dict[str, Any]:
    role = module.params["role"]
    node = Rke2Node(module.run_command, module.params["data_dir"])
    other = node.unit("agent" if role == "server" else "server")
    registered = node.registered()
    facts = {
        **_unit(node, role),
        "prefix": node.prefix(),
        "release_sha256": node.release(module.params["install_dir"]),
        "other_role_active": other.get("ActiveState") in ("active", "activating"),
        "member": bool(node.member()),
        "registered": registered,
        "ca_sha256": node.authority(),
        "config": redact(node.config_text()),
        "supervisors": {} if registered else _supervisors(module),
    }
    return {"changed": False, "rke2": facts}


def _unit(node: Rke2Node, role: str) -> dict[str, Any]:
    unit, disk = node.unit(role), node.disk(role)
    process = node.process(role, int(unit.get("MainPID") or 0))
    return {
        "installed": disk.version,
        "running": process.version if process else "",
        "active": unit.get("ActiveState", "unknown"),
        "enabled": unit.get("UnitFileState") == "enabled",
        "restart_reasons": restart_reasons(process, disk) if process else [],
    }


def _supervisors(module: AnsibleModule) -> dict[str, str]:
    port = module.params["join_port"]
    return {address: supervisor_authority(address, port) for address in module.params["probe"]}


def main() -> None:
    run(AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True), read)


if __name__ == "__main__":
    main()
