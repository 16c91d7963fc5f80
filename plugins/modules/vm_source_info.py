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
  - Reads the machines of a vCenter or an ESXi host, of archives and descriptors, and of disk images, and returns them
    in one form.
  - Only descriptions are read, never disks. Nothing is changed at the source.
  - A vCenter is read in a handful of round trips, however many machines it has.
author:
  - Ironacre contributors (@ironacre)
options:
  names:
    description:
      - Names of machines, for vSphere also their identifiers. A name that no machine has is an error. Default are all.
    type: list
    elements: str
    default: []
  pattern:
    description:
      - Only machines whose name matches, with V(*), V(?) and V([]) as in a shell.
    type: str
  folder:
    description:
      - Only machines in this folder of vSphere or below it, such as V(/prod/web).
    type: str
  gather:
    description:
      - What is read of vSphere's machines beside their configuration. V(guest) are addresses, tools and file systems,
        V(storage) is what disks take up, V(snapshots) are their names.
    type: list
    elements: str
    choices: [guest, storage, snapshots]
    default: [guest, storage, snapshots]
  page_size:
    description:
      - Objects of vSphere in one answer.
    type: int
    default: 250
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

- name: Read the estate of a vCenter
  ironacre.hci.vm_source_info:
    source:
      hostname: vcenter.example.com
      username: import@vsphere.local
      password: "{{ vault_vcenter_password }}"
      ca_path: /etc/pki/vcenter.pem
    folder: /prod
    pattern: web*
  register: estate

- name: Read a host by its thumbprint
  ironacre.hci.vm_source_info:
    source:
      type: esxi
      hostname: esx1.example.com
      username: root
      thumbprint: 9F:11:C2:4E:0B:7D:65:A1:F0:38:5C:DD:92:6E:41:B7:03:AA:18:54
    names: [web01]
"""

RETURN = r"""
vms:
  description: The machines, each with its processors, memory, disks and interfaces.
  returned: success
  type: list
  elements: dict
  sample: [{name: web01, memory_mib: 4096}]
identity:
  description:
    - Text that changes when the source changes. For vSphere it names the server, or the machine of O(source.vm).
  returned: success
  type: str
  sample: 'https://exports.example.com/web01.ova 512000 "5f3e"'
manifest:
  description: Whether the source carries a manifest with digests.
  returned: success
  type: bool
  sample: true
networks:
  description: Networks and port groups.
  returned: success, for vSphere
  type: list
  elements: dict
  sample: [{id: dvportgroup-21, name: VLAN 10, type: distributed, datacenter: DC0}]
datastores:
  description: Datastores, sizes in bytes.
  returned: success, for vSphere
  type: list
  elements: dict
  sample: [{id: datastore-11, name: ds1, type: VMFS, capacity: 1099511627776, free: 549755813888, accessible: true}]
hosts:
  description: Hosts, memory in bytes.
  returned: success, for vSphere
  type: list
  elements: dict
  sample: [{id: host-15, name: esx1, cluster: c1, datacenter: DC0, cpus: 32, memory: 549755813888, connected: true}]
api:
  description: What answers. V(type) is vcenter or esxi.
  returned: success, for vSphere
  type: dict
  sample: {type: vcenter, version: 8.0.2.0, name: VMware vCenter Server 8.0.2}
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.packages import is_live, open_package, open_vsphere
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.vm_options import SOURCE_SPEC
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.vsphere_estate import Wanted
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.vsphere_paths import SUBSETS

ARGUMENT_SPEC: dict[str, Any] = {
    "source": SOURCE_SPEC,
    "names": {"type": "list", "elements": "str", "default": []},
    "pattern": {"type": "str"},
    "folder": {"type": "str"},
    "gather": {"type": "list", "elements": "str", "choices": list(SUBSETS), "default": list(SUBSETS)},
    "page_size": {"type": "int", "default": 250},
}


def read(module: AnsibleModule) -> dict[str, Any]:
    params = module.params
    source = params["source"]
    names = tuple(params["names"]) or tuple(filter(None, [source.get("vm")]))
    wanted = Wanted(names, params["pattern"] or "", params["folder"] or "", source.get("datacenter") or "")
    return read_live(params, wanted) if is_live(source) else read_files(params, wanted)


def read_live(params: dict[str, Any], wanted: Wanted) -> dict[str, Any]:
    package = open_vsphere(params["source"], params["page_size"])
    try:
        vms = package.vms(wanted, tuple(params["gather"]))
        found = {"vms": [vm.to_dict() for vm in vms], "identity": package.identity, **package.around()}
    finally:
        package.close()
    return {"changed": False, "manifest": False, **found}


def read_files(params: dict[str, Any], wanted: Wanted) -> dict[str, Any]:
    if wanted.folder:
        raise PlatformError("folder: only vSphere has folders; leave it out")
    package = open_package(params["source"])
    vms = [package.vm(name) for name in wanted.names] or [vm for vm in package.descriptor.vms if wanted.fits(vm.name)]
    found = {"vms": [vm.to_dict() for vm in vms], "identity": package.identity, "manifest": bool(package.manifest)}
    return {"changed": False, **found}


def main() -> None:
    run(AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True), read)


if __name__ == "__main__":
    main()
