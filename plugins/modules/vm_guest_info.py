#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vm_guest_info
short_description: Read whether a Linux guest would start on virtio hardware
version_added: 0.1.0
description:
  - Runs on the guest itself and changes nothing.
options:
  names:
    description:
      - Whether M(ironacre.hci.vm_guest) shall bind the names of network cards to their addresses.
    type: bool
    default: true
extends_documentation_fragment:
  - ironacre.hci.attributes.read_only
notes:
  - Needs root to read the initramfs.
seealso:
  - module: ironacre.hci.vm_guest
author:
  - Ironacre contributors (@ironacre)
"""

EXAMPLES = r"""
- name: See what would have to be done
  ironacre.hci.vm_guest_info:
  become: true
  register: guest
"""

RETURN = r"""
steps:
  description: What M(ironacre.hci.vm_guest) would do.
  returned: always
  type: list
  elements: str
  sample: [build /boot/initrd.img-6.1.0-21-amd64 again]
findings:
  description: What a person has to do before the guest starts on virtio hardware.
  returned: always
  type: list
  elements: str
  sample: ["/etc/default/grub: GRUB_DISABLE_LINUX_UUID=true; take the line out and make the boot menu again"]
prepared:
  description: The evidence as it would be now.
  returned: always
  type: dict
  sample: {virtio: false, agent: available}
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.guest_system import GuestSystem
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._core.guest.plan import plan_guest, receipt

ARGUMENT_SPEC: dict[str, Any] = {"names": {"type": "bool", "default": True}}


def read(module: AnsibleModule) -> dict[str, Any]:
    guest = GuestSystem(module.run_command).read()
    plan = plan_guest(guest, module.params["names"])
    prepared = receipt(guest, plan)
    return {"changed": False, "steps": list(plan.steps), "findings": prepared["findings"], "prepared": prepared}


def main() -> None:
    run(AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True), read)


if __name__ == "__main__":
    main()
