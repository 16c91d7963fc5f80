#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vm_guest
short_description: Have a Linux guest start on virtio hardware, while it still runs at its source
version_added: 0.1.0
description:
  - Runs on the guest itself, weeks before its import. Nothing about the way it runs today changes.
  - Adds the virtio drivers to the initramfs of every kernel that lacks them, keeps the old image beside the new one
    (C(.before-ironacre)), and lists the new image to be sure. An image that did not become better is put back.
  - Names devices in C(/etc/fstab) and C(/etc/crypttab) by UUID where their name would change.
  - Binds the names of network cards to their addresses, so that the network's configuration fits after the move.
  - Leaves C(open-vm-tools) alone; remove it after the import.
  - Writes C(/etc/ansible/facts.d/ironacre_prepared.fact), which O(ironacre.hci.vm_import#module:overrides.guest)
    takes as evidence.
options:
  names:
    description:
      - Bind the names of network cards to their addresses.
    type: bool
    default: true
extends_documentation_fragment:
  - ironacre.hci.attributes
  - ironacre.hci.attributes.full
notes:
  - Needs root, and a Python that this version of Ansible supports. Convert older guests in the cluster
    with M(ironacre.hci.vm_convert).
seealso:
  - module: ironacre.hci.vm_guest_info
  - module: ironacre.hci.vm_convert
author:
  - Ironacre contributors (@ironacre)
"""

EXAMPLES = r"""
- name: Prepare the guest for its move
  ironacre.hci.vm_guest:
  become: true
  register: guest

- name: Say what a person has to do
  ansible.builtin.debug:
    var: guest.findings
"""

RETURN = r"""
steps:
  description: What was done, or in check mode would be.
  returned: always
  type: list
  elements: str
  sample: [build /boot/initrd.img-6.1.0-21-amd64 again]
findings:
  description: What a person has to do before the guest starts on virtio hardware.
  returned: always
  type: list
  elements: str
  sample: []
prepared:
  description:
    - The evidence, as it is in the fact file.
    - C(virtio) is true when the guest starts on virtio hardware.
  returned: always
  type: dict
  sample: {virtio: true, agent: installed}
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.guest_system import GuestSystem
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._core.guest.model import Guest
from ansible_collections.ironacre.hci.plugins.module_utils._core.guest.plan import (
    FACT_FILE,
    Plan,
    plan_guest,
    receipt,
    receipt_text,
)

ARGUMENT_SPEC: dict[str, Any] = {"names": {"type": "bool", "default": True}}


def prepare(module: AnsibleModule) -> dict[str, Any]:
    system = GuestSystem(module.run_command)
    guest = system.read()
    plan = first = plan_guest(guest, module.params["names"])
    diff = differences(guest, plan)
    if plan.steps and not module.check_mode:
        system.apply(plan)
        guest = system.read()
        plan = plan_guest(guest, module.params["names"])
    prepared = receipt(guest, plan)
    text, before = receipt_text(prepared), system.fact_text()
    steps = list(first.steps)
    if text != before:
        steps.append(f"write {FACT_FILE}")
        diff.append(difference(FACT_FILE, before, text))
        if not module.check_mode:
            system.remember(text)
    return {
        "changed": bool(steps),
        "steps": steps,
        "findings": prepared["findings"],
        "prepared": prepared,
        "diff": diff,
    }


def differences(guest: Guest, plan: Plan) -> list[dict[str, str]]:
    return [difference(path, guest.files.get(path, ""), text) for path, text in plan.files.items()]


def difference(path: str, before: str, after: str) -> dict[str, str]:
    return {"before_header": path, "after_header": path, "before": before, "after": after}


def main() -> None:
    run(AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True), prepare)


if __name__ == "__main__":
    main()
