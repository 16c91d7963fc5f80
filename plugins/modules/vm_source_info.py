#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vm_source_info
short_description: Read the machines that a source describes
version_added: 0.1.0
description:
  - Reads OVA archives and OVF descriptors, local or on a web server, and returns their machines in one form.
  - Only descriptors and manifests are read, never disks.
author:
  - Ironacre contributors (@ironacre)
extends_documentation_fragment:
  - ironacre.hci.attributes
  - ironacre.hci.attributes.read_only
  - ironacre.hci.vm_source
"""

EXAMPLES = r"""
- name: Read what the archive describes
  ironacre.hci.vm_source_info:
    source:
      url: https://exports.example.com/web01.ova
  register: web01
"""

RETURN = r"""
vms:
  description: The machines, each with its processors, memory, disks and interfaces.
  returned: success
  type: list
  elements: dict
  sample: [{name: web01, memory_mib: 4096}]
identity:
  description: Text that changes when the source changes.
  returned: success
  type: str
  sample: 'https://exports.example.com/web01.ova 512000 "5f3e"'
manifest:
  description: Whether the source carries a manifest with digests.
  returned: success
  type: bool
  sample: true
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.packages import open_package
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.vm_options import SOURCE_SPEC


def read(module: AnsibleModule) -> dict[str, Any]:
    package = open_package(module.params["source"])
    wanted = module.params["source"].get("vm")
    vms = [package.vm(wanted)] if wanted else list(package.descriptor.vms)
    return {
        "changed": False,
        "vms": [vm.to_dict() for vm in vms],
        "identity": package.identity,
        "manifest": bool(package.manifest),
    }


def main() -> None:
    run(AnsibleModule(argument_spec={"source": SOURCE_SPEC}, supports_check_mode=True), read)


if __name__ == "__main__":
    main()
