#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: rke2_service
short_description: Start, restart or stop RKE2 without waiting for it
version_added: 0.1.0
description:
  - The unit becomes active only when the node has joined, and retries for ever when it cannot. So this does not wait;
    M(ironacre.hci.rke2_gate) does, with a deadline and an explanation.
  - Remembers with which configuration the process was started, so that a later run knows whether a restart is due.
options:
  role:
    description: Which of the two units.
    type: str
    choices: [server, agent]
    required: true
  state:
    description:
      - V(started) does nothing when the unit is active or on its way.
      - V(restarted) always restarts. Decide with RV(ironacre.hci.rke2_info#module:rke2.restart_reasons).
    type: str
    choices: [started, restarted, stopped]
    default: started
  enabled:
    description: Whether it starts at boot.
    type: bool
    default: true
extends_documentation_fragment:
  - ironacre.hci.attributes
  - ironacre.hci.rke2
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
  idempotent:
    support: partial
    details:
      - Not with O(state=restarted).
author:
  - Ironacre contributors (@ironacre)
"""

EXAMPLES = r"""
- name: Start the server
  ironacre.hci.rke2_service:
    role: server
"""

RETURN = r"""
commands:
  description: What was (or would be) run.
  returned: always
  type: list
  elements: str
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.rke2_node import Rke2Node
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.rke2 import RKE2_SPEC
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError

ARGUMENT_SPEC = {
    "role": {"type": "str", "choices": ["server", "agent"], "required": True},
    "state": {"type": "str", "choices": ["started", "restarted", "stopped"], "default": "started"},
    "enabled": {"type": "bool", "default": True},
    **RKE2_SPEC,
}
_UP = ("active", "activating", "reloading")


def steer(module: AnsibleModule) -> dict[str, Any]:
    role, state = module.params["role"], module.params["state"]
    node = Rke2Node(module.run_command, module.params["data_dir"])
    unit = f"rke2-{role}.service"
    found = node.unit(role)
    commands = _commands(unit, state, found, module.params["enabled"])
    if not module.check_mode:
        if any(command[1] == "--no-block" and command[2] != "stop" for command in commands):
            node.note_start(role)
        for command in commands:
            _run(module, command)
    return {"changed": bool(commands), "commands": [" ".join(command) for command in commands]}


def _commands(unit: str, state: str, found: dict[str, str], enabled: bool) -> list[list[str]]:
    commands = []
    if (found.get("UnitFileState") == "enabled") is not enabled:
        commands.append(["systemctl", "enable" if enabled else "disable", unit])
    up = found.get("ActiveState") in _UP
    if state == "restarted":
        commands.append(["systemctl", "--no-block", "restart", unit])
    elif up is not (state == "started"):
        commands.append(["systemctl", "--no-block", "start" if state == "started" else "stop", unit])
    return commands


def _run(module: AnsibleModule, command: list[str]) -> None:
    code, _output, error = module.run_command(command)
    if code:
        raise PlatformError(f"{' '.join(command)}: {error.strip() or code}; look at the journal of the unit")


def main() -> None:
    run(AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True), steer)


if __name__ == "__main__":
    main()
