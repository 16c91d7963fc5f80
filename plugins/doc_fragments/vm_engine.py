# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Options of the engines of vm_import."""

    DOCUMENTATION = r"""
options:
  engine:
    description:
      - What moves the machine. The others are for sources V(vcenter) and V(esxi), and for clusters that have them.
      - V(stream) copies by itself, without staging, resumable and verified.
      - V(cdi) lets CDI's importer read with VMware's VDDK library; the machine must be off. Created by our mapping.
      - V(forklift) makes Provider, maps, Plan and Migration, and watches them. Forklift makes the machine.
      - V(harvester) makes VmwareSource and VirtualMachineImport, watches them, and mends processors and memory of the
        machine that the controller made.
    type: str
    choices: [stream, cdi, forklift, harvester]
    default: stream
  engine_options:
    description:
      - What the other engines need to know.
    type: dict
    suboptions:
      secret:
        description:
          - Name of the Secret with the credentials of the source, beside the engine's objects.
          - V(cdi) wants C(accessKeyId) and C(secretKey), V(forklift) C(user), C(password) and C(thumbprint),
            V(harvester) C(username) and C(password).
        type: str
      namespace:
        description: Namespace of Forklift's objects. Default is that of the target.
        type: str
      vddk_image:
        description: Image with the VDDK library, for V(cdi) and for a warm V(forklift). It is VMware's; bring your own.
        type: str
      certificates:
        description: ConfigMap with the authority of the source's certificate, for V(cdi).
        type: str
      warm:
        description: Migrate warm, with V(forklift).
        type: bool
        default: false
      cutover:
        description:
          - Time at which a warm migration ends, as V(2027-01-31T22:00:00Z). It may be given or changed later.
        type: str
      convert:
        description: Let V(forklift) convert the guest. Prepared guests need no conversion.
        type: bool
        default: true
      destination:
        description: Name of Forklift's provider for this cluster.
        type: str
        default: host
      timeout:
        description: Seconds until the engine must be done. It goes on without the module; a later run watches again.
        type: int
        default: 86400
"""
