#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vm_convert
short_description: Convert an imported guest inside the cluster, so that it starts on virtio hardware
version_added: 0.1.0
description:
  - Runs C(virt-v2v-in-place) as a Job on the volumes of a machine that is halted. For guests that could not be
    prepared at their source with M(ironacre.hci.vm_guest), Windows above all.
  - What was converted is marked on the volumes, so that a second run changes nothing. A run that was cut off goes on
    watching the same Job.
  - virt-v2v changes the disks in place. When it breaks off, their state is unknown, and the module refuses to go on
    with them unless O(again) says otherwise.
author:
  - Ironacre contributors (@ironacre)
options:
  name:
    description:
      - Name of the machine; the Job is called C(convert-NAME).
    type: str
    required: true
  namespace:
    description:
      - Namespace of the volumes.
    type: str
    required: true
  state:
    description:
      - V(present) converts.
      - V(absent) removes the Job that a failed conversion left for its log.
    type: str
    choices: [present, absent]
    default: present
  volumes:
    description:
      - Claims of the machine's disks, the boot disk first. Needed for O(state=present).
    type: list
    elements: str
    default: []
  image:
    description:
      - Image with C(virt-v2v-in-place) 2.6 or newer, a shell, and a kernel for libguestfs that user 107 may read.
        Needed for O(state=present).
      - From 2.7 on RV(inspection) tells what was found inside the guest.
    type: str
  firmware:
    description:
      - Firmware of the machine.
    type: str
    choices: [bios, efi]
    default: bios
  root:
    description:
      - Which system is converted where there are several, V(first), V(single), or the device of its root file system.
    type: str
    default: first
  addresses:
    description:
      - Static addresses that cards shall keep. Windows binds them to the old card; Linux guests do not need this.
    type: list
    elements: dict
    default: []
    suboptions:
      mac:
        description: Address of the card.
        type: str
        required: true
      ip:
        description: Its IP address.
        type: str
        required: true
      prefix:
        description: Length of the network's prefix.
        type: int
      gateway:
        description: Gateway.
        type: str
      nameservers:
        description: Name servers.
        type: list
        elements: str
        default: []
  virtio_win:
    description:
      - Where the Windows drivers come from. Default are those of the image, if it has any.
    type: dict
    suboptions:
      image:
        description: Image whose files are mounted; the cluster must support image volumes.
        type: str
      claim:
        description: Claim that holds them.
        type: str
      path:
        description: Path of the ISO or folder in it. A folder needs less memory and time.
        type: str
        default: virtio-win.iso
  kvm:
    description:
      - Run libguestfs with KVM. Without it a conversion takes a multiple of the time.
    type: bool
    default: true
  memory_mib:
    description:
      - Memory of the Job in MiB. 512 of it are kept for the emulator, without O(kvm) 1536; the machine in which the
        guest is changed gets the rest, and needs 1024. Drivers in an ISO take a second machine of half its size.
    type: int
    default: 4096
  timeout:
    description:
      - Seconds until the conversion must be over.
    type: int
    default: 7200
  again:
    description:
      - Convert volumes that an earlier conversion left half way, or that were converted with other options.
    type: bool
    default: false
extends_documentation_fragment:
  - ironacre.hci.attributes
  - ironacre.hci.attributes.full
  - ironacre.hci.vm_cluster
seealso:
  - module: ironacre.hci.vm_guest
  - module: ironacre.hci.vm_import
"""

EXAMPLES = r"""
- name: Import the machine without starting it
  ironacre.hci.vm_import:
    kubeconfig: ~/.kube/rack1
    name: files01
    source:
      path: /exports/files01.ova
    target:
      namespace: vms
    overrides:
      prepared: true
    run_strategy: Halted

- name: Give it virtio drivers and its address
  ironacre.hci.vm_convert:
    kubeconfig: ~/.kube/rack1
    name: files01
    namespace: vms
    volumes: [files01-disk0]
    image: registry.example.com/virt-v2v:2.10
    addresses:
      - mac: 00:50:56:01:02:03
        ip: 192.0.2.30
        prefix: 24
        gateway: 192.0.2.1
        nameservers: [192.0.2.53]
"""

RETURN = r"""
inspection:
  description:
    - What virt-v2v found inside the guest. RV(ignore:virtio) says whether it can start on virtio hardware now; without
      drivers for it a conversion succeeds, too. The other keys need virt-v2v 2.7 or newer.
  returned: when it was converted, now or earlier
  type: dict
  sample: {virtio: true, operating_system: {name: windows, osinfo: win2k19}, firmware: bios, disks: [42949672960]}
rc:
  description: Exit status of virt-v2v.
  returned: when it ran, also in a failure
  type: int
  sample: 0
log:
  description: Last lines of its log.
  returned: when it ran, also in a failure
  type: list
  elements: str
  sample: ["[ 412.3] Finishing off"]
domain:
  description: The libvirt domain that virt-v2v reads.
  returned: when O(state=present)
  type: str
  sample: <domain type="kvm">...</domain>
job:
  description: The Job as it was created, or in check mode as it would be.
  returned: when changed and O(state=present)
  type: dict
  sample: {kind: Job}
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.convert_job import ConvertJob
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.vm_options import CLUSTER_SPEC, cluster_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.convert import Address, Conversion, domain_xml
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.convert_job import job

_ADDRESS: dict[str, Any] = {
    "mac": {"type": "str", "required": True},
    "ip": {"type": "str", "required": True},
    "prefix": {"type": "int"},
    "gateway": {"type": "str"},
    "nameservers": {"type": "list", "elements": "str", "default": []},
}
_DRIVERS: dict[str, Any] = {
    "image": {"type": "str"},
    "claim": {"type": "str"},
    "path": {"type": "str", "default": "virtio-win.iso"},
}
ARGUMENT_SPEC: dict[str, Any] = {
    **CLUSTER_SPEC,
    "name": {"type": "str", "required": True},
    "namespace": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "volumes": {"type": "list", "elements": "str", "default": []},
    "image": {"type": "str"},
    "firmware": {"type": "str", "choices": ["bios", "efi"], "default": "bios"},
    "root": {"type": "str", "default": "first"},
    "addresses": {"type": "list", "elements": "dict", "default": [], "options": _ADDRESS},
    "virtio_win": {"type": "dict", "options": _DRIVERS},
    "kvm": {"type": "bool", "default": True},
    "memory_mib": {"type": "int", "default": 4096},
    "timeout": {"type": "int", "default": 7200},
    "again": {"type": "bool", "default": False},
}


def wish_of(params: dict[str, Any]) -> Conversion:
    drivers = params["virtio_win"] or {}
    return Conversion(
        name=params["name"],
        namespace=params["namespace"],
        claims=tuple(params["volumes"]),
        image=params["image"] or "",
        firmware=params["firmware"],
        root=params["root"],
        addresses=tuple(
            Address(
                option["mac"].lower(),
                option["ip"],
                option["gateway"] or "",
                option["prefix"] or 0,
                tuple(option["nameservers"]),
            )
            for option in params["addresses"]
        ),
        drivers_image=drivers.get("image") or "",
        drivers_claim=drivers.get("claim") or "",
        drivers_path=drivers.get("path") or "virtio-win.iso",
        kvm=params["kvm"],
        memory_mib=params["memory_mib"],
        deadline=params["timeout"],
    )


def convert(module: AnsibleModule) -> dict[str, Any]:
    wish = wish_of(module.params)
    converter = ConvertJob(cluster_of(module.params), wish)
    if module.params["state"] == "absent":
        return {"changed": converter.exists() if module.check_mode else converter.remove()}
    converter.load()
    result: dict[str, Any] = {"changed": False, "domain": domain_xml(wish, converter.modes)}
    if converter.is_done:
        return {**result, "inspection": converter.remembered()}
    converter.check(module.params["again"])
    after = job(wish, converter.modes)
    result.update(changed=True, job=after, diff={"before": {}, "after": after})
    if module.check_mode:
        return result
    told = converter.run()
    return {**result, "inspection": dict(told.inspection), "rc": told.status, "log": list(told.tail)}


def main() -> None:
    spec = AnsibleModule(
        argument_spec=ARGUMENT_SPEC,
        required_if=[("state", "present", ("volumes", "image"))],
        supports_check_mode=True,
    )
    run(spec, convert)


if __name__ == "__main__":
    main()
