# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations


class ModuleDocFragment:
    """Where machines come from."""

    DOCUMENTATION = r"""
options:
  source:
    description:
      - Where the machine is read from.
      - Certificates of web servers are always verified.
    type: dict
    required: true
    suboptions:
      type:
        description:
          - V(ova) is one archive, read straight out of the tar.
          - V(ovf) is a descriptor with its files beside it.
          - V(vmx) and V(libvirt) are descriptions of a machine whose disk images QEMU reads; they need qemu-utils.
        type: str
        choices: [ova, ovf, vmx, libvirt]
        default: ova
      url:
        description:
          - Address of the archive or of the descriptor.
        type: str
      path:
        description:
          - Path of the archive or of the descriptor on the machine that runs the module.
        type: path
      vm:
        description:
          - Name of the machine, when the source holds several.
        type: str
      ca_path:
        description:
          - File with the authority of the web server's certificate. Default are those of the system.
        type: path
      username:
        description:
          - Name for the web server.
        type: str
      password:
        description:
          - Password for the web server.
        type: str
"""
