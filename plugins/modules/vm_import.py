#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vm_import
short_description: Import a virtual machine, byte-true and resumable
version_added: 0.1.0
description:
  - Streams the disks of a machine from its source into volumes of the cluster, without staging them anywhere.
  - Compares digests, creates the machine by a fixed mapping, starts it and waits for the guest's first signs of life.
  - The state is kept in a ConfigMap beside the machine. A run that was interrupted goes on where it stopped,
    a second run of a finished import changes nothing.
  - A source that is an archive or an image is only read. A machine that runs at its source is shut down and fenced
    for the cut-over, and never deleted. Two powered-on copies never exist.
author:
  - Ironacre contributors (@ironacre)
options:
  name:
    description:
      - Name of the import, and of the machine unless O(target.name) says otherwise.
    type: str
    required: true
  state:
    description:
      - V(present) imports the machine completely.
      - V(precopied) copies a machine while it runs at its source, and leaves it running there. Run it as often as you
        like, each time moves what changed.
      - V(cutover) is V(present) that refuses before O(cutover_not_before), where V(present) copies and ends without
        stopping anything.
      - V(rolled_back) stops the machine in the cluster, takes down the fence and powers the source on if it was on.
        What the machine wrote in the cluster is not at the source; the result says since when.
      - V(absent) cancels an import that is not done and removes what it made; its source is as it was before. A
        finished import is left alone.
      - V(precopied), V(cutover) and V(rolled_back) need a source of type V(vcenter) or V(esxi).
    type: str
    choices: [present, precopied, cutover, rolled_back, absent]
    default: present
  target:
    description:
      - Where the machine goes.
    type: dict
    required: true
    suboptions:
      namespace:
        description: Namespace of the machine; created when it is missing.
        type: str
        required: true
      name:
        description: Name of the machine. Characters a name cannot have become V(-).
        type: str
      labels:
        description: Labels of the machine.
        type: dict
        default: {}
  mapping:
    description:
      - What becomes of networks and disks.
    type: dict
    suboptions:
      networks:
        description: One rule per network of the source.
        type: list
        elements: dict
        default: []
        suboptions:
          source:
            description: Name of the network at the source, or V(*) for every other one.
            type: str
            required: true
          target:
            description: C(namespace/name) of a network attachment, V(pod), or V(ignore) to leave the interface out.
            type: str
            required: true
          model:
            description:
              - Model of the interface. Default is chosen by what the guest is known to drive.
              - Not with V(sriov), where the interface is hardware of the node.
            type: str
          binding:
            description:
              - How a network attachment reaches the machine. V(bridge), the default, or V(sriov) for a virtual function
                of the node's card, or the name of a network binding plugin that is registered in KubeVirt.
              - Only for a O(mapping.networks[].target) of C(namespace/name); the pod network is always masqueraded.
              - Of the engines only V(stream) and V(cdi) can do it.
            type: str
      storage:
        description: Rules for the disks. Default is the cluster's default class for all of them.
        type: list
        elements: dict
        default: []
        suboptions:
          source:
            description: A datastore, a file of the source, or V(*).
            type: str
            default: "*"
          storage_class:
            description: Storage class. Default is the cluster's own.
            type: str
          volume_mode:
            description: Mode of the volume.
            type: str
            choices: [Block, Filesystem]
            default: Block
          access_modes:
            description: Access modes of the volume. Live migration needs V(ReadWriteMany).
            type: list
            elements: str
            default: [ReadWriteMany]
      unmapped:
        description: What to do with interfaces of networks without a rule.
        type: str
        choices: [fail, ignore]
        default: fail
  overrides:
    description:
      - What shall differ from the source.
    type: dict
    suboptions:
      prepared:
        description: The guest has virtio drivers and starts from a virtio disk.
        type: bool
        default: false
      guest:
        description:
          - The fact that M(ironacre.hci.vm_guest) left on the guest, C(ansible_local.ironacre_prepared).
          - It stands for O(overrides.prepared) when it says that the guest starts on virtio hardware,
            and is refused when its network cards are those of another machine.
        type: dict
      assume_virtio:
        description: Take the identifier of the guest's system as evidence of virtio drivers.
        type: bool
        default: false
      disk_bus:
        description: Bus of all disks.
        type: str
        choices: [virtio, sata, scsi, usb]
      nic_model:
        description: Model of all interfaces.
        type: str
      cpu_model:
        description: Processor model.
        type: str
      memory_mib:
        description: Memory in MiB.
        type: int
      max_sockets:
        description: Processor sockets that may be plugged in while the machine runs. Default is that none may.
        type: int
      timezone:
        description: Time zone of the hardware clock, such as V(Europe/Berlin). Windows reads that clock as local time.
        type: str
      dedicated_io_thread:
        description: Give each disk a thread of its own. It counts on virtio only.
        type: bool
        default: false
      instancetype:
        description:
          - Name of a cluster instance type that stands for processors and memory,
            or V(nearest) for the smallest of the series V(u1.*) that holds the machine.
          - Default is that the exact size is kept.
        type: str
      preference:
        description: Cluster preference.
        type: str
  run_strategy:
    description:
      - Run strategy of the imported machine.
    type: str
    choices: [Always, RerunOnFailure, Manual, Halted]
    default: Always
  upload:
    description:
      - The way to CDI's upload endpoint.
    type: dict
    suboptions:
      url:
        description: Address of the upload proxy. Default is found in the cluster.
        type: str
      expose:
        description: Make a node port for the upload proxy when nothing leads to it.
        type: bool
        default: true
      wire:
        description: Encoding of the stream. V(auto) is V(zstd) where CDI decodes it, else V(gzip).
        type: str
        choices: [auto, zstd, gzip, raw]
        default: auto
  verify:
    description:
      - How the import is verified.
    type: dict
    suboptions:
      digest:
        description: V(readback) reads the volumes again in the cluster, V(stream) trusts the transport's checksums.
        type: str
        choices: [readback, stream]
        default: readback
      image:
        description: Image of the pod that reads volumes back; needs a shell and sha256sum.
        type: str
        default: quay.io/kubevirt/virt-launcher:v1.8.4
      checks:
        description: Signs of life of the guest.
        type: list
        elements: dict
        default: []
        suboptions:
          type:
            description: Kind of the check.
            type: str
            required: true
            choices: [console, http, tcp, agent]
          text:
            description: Text that the console or the page must hold.
            type: str
          url:
            description: Address of the page.
            type: str
          address:
            description: Address of the port.
            type: str
          port:
            description: The port.
            type: int
          timeout:
            description: Seconds until the check must pass.
            type: int
            default: 300
  slots:
    description:
      - What the copy shares with those of other jobs, on any controller. It begins when one slot of each is free.
      - Slots are Leases in namespace C(ironacre-import). They end with their copy, or a minute after their holder died.
    type: list
    elements: dict
    default: []
    suboptions:
      kind:
        description: What is shared.
        type: str
        required: true
        choices: [link, host, datastore]
      name:
        description: Its name.
        type: str
        required: true
      count:
        description: How many copies may use it at once.
        type: int
        required: true
  slots_timeout:
    description:
      - Seconds until a slot of each must be free.
    type: int
    default: 86400
  wait_timeout:
    description:
      - Seconds for each wait of the cluster (volume ready, machine running).
    type: int
    default: 600
  method:
    description:
      - V(warm) copies while the machine runs and stops it for the last changes only. V(cold) stops it first.
      - V(auto) is warm for a machine that is on and whose source tracks changes, else cold.
    type: str
    choices: [auto, cold, warm]
    default: auto
  shutdown:
    description:
      - How the source is stopped.
    type: dict
    suboptions:
      graceful_timeout:
        description:
          - Seconds the guest may take to shut down.
          - With O(state=rolled_back) also in the cluster, where it is powered off after that, and after 180 at most.
        type: int
        default: 600
      then:
        description: What to do when it does not. V(power_off) is a cut for the guest.
        type: str
        choices: [fail, power_off]
        default: fail
  fence:
    description:
      - Disconnect the interfaces of the stopped source and mark it, so that nobody starts it beside its successor.
    type: bool
    default: true
  quiesce:
    description:
      - Ask the guest to write out its file systems for snapshots of a running source.
    type: bool
    default: true
  cutover_not_before:
    description:
      - ISO 8601 time with its zone before which nothing is stopped.
    type: str
  cutover_not_after:
    description:
      - ISO 8601 time with its zone by which a cut-over must have ended; one that would take longer is refused.
    type: str
  compare:
    description:
      - What the last copy of a warm machine reads while the machine is down.
      - V(changed) believes the change tracking of the source. V(all) reads its disks whole and moves what differs, so
        that tracking that told too little does no harm. The downtime then grows with the size of the disks.
    type: str
    choices: [changed, all]
    default: changed
    version_added: 0.1.0
  delta_threshold_mib:
    description:
      - A warm copy goes on in rounds until one moved less than this, or rounds do not get smaller.
    type: int
    default: 256
  max_downtime:
    description:
      - Seconds the machine may be down, by estimate from the rounds before. A cut-over that would take longer is
        refused before anything is stopped. V(0) means no limit.
    type: int
    default: 0
  sink:
    description:
      - How the disks of archives and images get into volumes. Machines that run at their source always go through the
        receiver.
      - V(cdi_upload) sends them to CDI. A disk that breaks off starts over, and CDI needs a scratch volume of its size.
      - V(receiver) sends them to a pod of ours. Only missing blocks move again, and there is no scratch volume.
    type: str
    choices: [cdi_upload, receiver]
    default: cdi_upload
  receiver:
    description:
      - The pod that writes the volumes of a machine that runs at its source, and those of files with
        O(sink=receiver).
    type: dict
    suboptions:
      image:
        description: Image of the pod; any with python3 (3.9 or later).
        type: str
        default: docker.io/library/python:3.13.5-slim
      url:
        description: Where it is reached as V(host:port). Default is its node port at a node that is ready.
        type: str
extends_documentation_fragment:
  - ironacre.hci.attributes
  - ironacre.hci.vm_source
  - ironacre.hci.vm_cluster
  - ironacre.hci.vm_engine
attributes:
  check_mode:
    support: full
    details:
      - Reads the source and the cluster, renders everything, changes nothing.
  diff_mode:
    support: full
  idempotent:
    support: full
"""

EXAMPLES = r"""
- name: Copy a machine of a vCenter ahead of time, while it runs
  ironacre.hci.vm_import:
    kubeconfig: ~/.kube/rack1
    name: web02
    state: precopied
    source: "{{ web02_source }}"
    target: "{{ web02_target }}"
    mapping: "{{ web02_mapping }}"
  vars: &web02
    web02_source:
      hostname: vcenter.example.com
      username: svc-import@vsphere.local
      password: "{{ vault_vcenter_password }}"
      vm: web02
    web02_target:
      namespace: vms
    web02_mapping:
      networks:
        - source: VLAN 10
          target: vms/vlan10

- name: Cut over at night, within five minutes
  ironacre.hci.vm_import:
    kubeconfig: ~/.kube/rack1
    name: web02
    state: cutover
    source: "{{ web02_source }}"
    target: "{{ web02_target }}"
    mapping: "{{ web02_mapping }}"
    cutover_not_before: "2026-12-05T22:00:00+01:00"
    cutover_not_after: "2026-12-06T02:00:00+01:00"
    max_downtime: 300
  vars: *web02

- name: Import a machine from an archive
  ironacre.hci.vm_import:
    kubeconfig: ~/.kube/rack1
    name: web01
    source:
      url: https://exports.example.com/web01.ova
    target:
      namespace: vms
    mapping:
      networks:
        - source: VM Network
          target: vms/vlan10
    verify:
      checks:
        - type: tcp
          address: 192.0.2.21
          port: 22

- name: Let Forklift move a machine warm, and end it on Saturday night
  ironacre.hci.vm_import:
    kubeconfig: ~/.kube/rack1
    name: db01
    source:
      type: vcenter
      hostname: vcenter.example.com
      username: reader
      password: "{{ vault_vcenter_password }}"
      vm: db01
    target:
      namespace: vms
    mapping:
      networks:
        - source: VLAN 20
          target: vms/vlan20
      storage:
        - source: datastore1
          storage_class: longhorn
    engine: forklift
    engine_options:
      secret: vcenter-credentials
      namespace: konveyor-forklift
      vddk_image: registry.example.com/vddk:8
      warm: true
      cutover: "2027-01-30T22:00:00Z"
"""

RETURN = r"""
method:
  description: C(warm) or C(cold) for a machine that runs at its source, else empty.
  returned: success
  type: str
  sample: warm
rounds:
  description: One entry per pass over the disks of a machine that runs at its source, with times and bytes.
  returned: success
  type: list
  elements: dict
  sample: [{started: 1.0, ended: 61.0, bytes_read: 1048576, bytes_sent: 1048576, snapshot: true, compared: []}]
downtime_s:
  description: Seconds between the shutdown of the source and the start of the target.
  returned: success
  type: float
  sample: 41.5
heard:
  description: What the guest answered to each of O(verify.checks).
  returned: success
  type: list
  elements: str
  sample: [IRONACRE-GUEST-UP 4.21, 200 17.30]
phase:
  description: The phase that was reached.
  returned: success
  type: str
  sample: done
disks:
  description: One entry per disk with its volume, digests, bytes read, bytes on the wire and seconds.
  returned: success
  type: list
  elements: dict
  sample: [{volume: web01-disk0, sha256: 5b3a79fc}]
timeline:
  description: The phases with their start and end in seconds since the epoch.
  returned: success
  type: list
  elements: dict
  sample: [{phase: copied, started: 1.0, ended: 3.5}]
machine:
  description: The VirtualMachine as it was applied, or in check mode as it would be.
  returned: success
  type: dict
  sample: {kind: VirtualMachine}
objects:
  description: The objects of the engine, as they are rendered.
  returned: with another O(engine) than V(stream)
  type: list
  elements: dict
  sample: [{kind: Plan}]
engine:
  description: The engine's own phase and progress, why it waits, and the machine's name.
  returned: with another O(engine) than V(stream), when it ran
  type: dict
  sample: {phase: Completed, progress: 1 of 1 machines, reason: "", machine: web01}
volumes:
  description: The DataVolumes as they are rendered.
  returned: success
  type: list
  elements: dict
  sample: [{kind: DataVolume}]
notes:
  description: What the mapping could not carry over.
  returned: success
  type: list
  elements: str
  sample: []
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.packages import is_live
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.machine_importer import (
    ArchiveImporter,
    MachineImporter,
)
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.vm_engines import ForeignImport
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.vm_import_options import ARGUMENT_SPEC
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.vm_importer import Importer
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError


def drive(module: AnsibleModule) -> dict[str, Any]:
    params, importer = module.params, importer_of(module)
    if params["state"] == "absent":
        return importer.absent()
    if params["state"] != "present" and not is_move(importer):
        raise PlatformError(
            f"state: {params['state']} needs a source whose machine can be asked to stop, and the engine stream; "
            "import this one with state present"
        )
    return importer.move() if isinstance(importer, MachineImporter) else importer.present()


def is_move(importer: Importer | ForeignImport) -> bool:
    return isinstance(importer, MachineImporter) and not isinstance(importer, ArchiveImporter)


def importer_of(module: AnsibleModule) -> Importer | ForeignImport:
    if module.params["engine"] != "stream":
        return ForeignImport(Importer(module.params, module.check_mode))
    if is_live(module.params["source"]):
        return MachineImporter(module.params, module.check_mode)
    kind = ArchiveImporter if module.params["sink"] == "receiver" else Importer
    return kind(module.params, module.check_mode)


def main() -> None:
    run(AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True), drive)


if __name__ == "__main__":
    main()
