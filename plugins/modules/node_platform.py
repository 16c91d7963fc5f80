#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: node_platform
short_description: Have a node's operating system as the platform needs it
version_added: 0.1.0
description:
  - Reads kernel modules, sysctls, units, programs, KVM and time at once, and changes only what differs.
  - What nobody can change from here is told with all other faults at once, before anything is changed.
options:
  modules:
    description: Kernel modules that are loaded or built in.
    type: list
    elements: str
    default: []
  sysctls:
    description: Sysctls with their exact value.
    type: dict
    default: {}
  sysctl_minimums:
    description: Sysctls that have at least this value.
    type: dict
    default: {}
  services:
    description: Units that run and start at boot.
    type: list
    elements: str
    default: []
  programs:
    description: Programs that must be installed.
    type: list
    elements: str
    default: []
  files:
    description: Texts of configuration files by path.
    type: dict
    default: {}
  kvm:
    description: Whether a virtual machine must be possible with KVM. It is tried, not looked up.
    type: str
    choices: [required, wanted, ignored]
    default: ignored
  time:
    description: Whether the clock must be synchronized.
    type: str
    choices: [required, wanted, ignored]
    default: ignored
  shared_kernel:
    description:
      - The kernel belongs to another system, as in a container.
      - What it lacks is then a note in the result and no fault.
    type: bool
    default: false
extends_documentation_fragment:
  - ironacre.hci.attributes
  - ironacre.hci.attributes.full
author:
  - Ironacre contributors (@ironacre)
"""

EXAMPLES = r"""
- name: Have what RKE2 needs
  ironacre.hci.node_platform:
    modules: [overlay, br_netfilter]
    sysctls:
      net.ipv4.ip_forward: 1
"""

RETURN = r"""
steps:
  description: What was done.
  returned: always
  type: list
  elements: str
notes:
  description: What is worth knowing and was no fault.
  returned: always
  type: list
  elements: str
kvm:
  description: Whether KVM makes virtual machines. False when nobody asked.
  returned: always
  type: bool
"""

from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.files import TextFile, read_text
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.operating_system import OperatingSystem
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import refuse
from ansible_collections.ironacre.hci.plugins.module_utils._core.node.platform import (
    Wanted,
    kept_files,
    plan_platform,
)

NEED = ["required", "wanted", "ignored"]
ARGUMENT_SPEC = {
    "modules": {"type": "list", "elements": "str", "default": []},
    "sysctls": {"type": "dict", "default": {}},
    "sysctl_minimums": {"type": "dict", "default": {}},
    "services": {"type": "list", "elements": "str", "default": []},
    "programs": {"type": "list", "elements": "str", "default": []},
    "files": {"type": "dict", "default": {}},
    "kvm": {"type": "str", "choices": NEED, "default": "ignored"},
    "time": {"type": "str", "choices": NEED, "default": "ignored"},
    "shared_kernel": {"type": "bool", "default": False},
}


def prepare(module: AnsibleModule) -> dict[str, Any]:
    wanted = _wanted(module)
    system = OperatingSystem(module.run_command)
    state = system.read(wanted)
    plan = plan_platform(state, wanted, module.params["shared_kernel"])
    refuse(plan.faults)
    texts = {**kept_files(wanted), **module.params["files"]}
    files = [TextFile(Path(path), text, 0o644) for path, text in texts.items()]
    differing = [file for file in files if file.differs()]
    diff = [_difference(file) for file in differing]
    if not module.check_mode:
        system.apply(plan)
        for file in differing:
            file.write()
    steps = [*plan.steps, *(f"write {file.path}" for file in differing)]
    return {"changed": bool(steps), "steps": steps, "notes": list(plan.notes), "kvm": state.kvm, "diff": diff}


def _wanted(module: AnsibleModule) -> Wanted:
    params = module.params
    return Wanted(
        modules=params["modules"],
        sysctls={name: str(value) for name, value in params["sysctls"].items()},
        minimums={name: int(value) for name, value in params["sysctl_minimums"].items()},
        services=params["services"],
        programs=params["programs"],
        kvm=params["kvm"],
        time=params["time"],
    )


def _difference(file: TextFile) -> dict[str, str]:
    header = str(file.path)
    return {
        "before_header": header,
        "after_header": header,
        "before": read_text(file.path),
        "after": file.content,
    }


def main() -> None:
    run(AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True), prepare)


if __name__ == "__main__":
    main()
