# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from textwrap import indent

# OPTION stands for the name of the module's option.
PLACE = """\
type:
  description:
    - V(auto) takes a source with O(OPTION.hostname) for vSphere, and tells others by the ending of the name, or
      by the files of the folder. What has no telling name is an OVA.
    - V(vcenter) and V(esxi) are asked over the API of vSphere. They need the Python library pyVmomi.
    - V(ova) is one archive, read straight out of the tar.
    - V(ovf) is a descriptor with its files beside it.
    - V(vmx) and V(libvirt) are descriptions of a machine with its disk images beside it, V(image) is one image
      that nobody described. QEMU reads the images; they need qemu-utils.
  type: str
  choices: [auto, vcenter, esxi, ova, ovf, vmx, libvirt, image]
  default: auto
url:
  description:
    - Address of the archive or of the descriptor.
  type: str
path:
  description:
    - Path of the archive, the descriptor or the image on the machine that runs the module, or of the folder that
      holds one of them.
  type: path
hostname:
  description:
    - Name or address of the vCenter or the ESXi host.
  type: str
port:
  description:
    - Port of the vCenter or the ESXi host.
  type: int
  default: 443
datacenter:
  description:
    - Path of a datacenter, to which the machines are limited. Default are all.
  type: str
vm:
  description:
    - Name of the machine, when the source holds several. For vSphere also its identifier, such as V(vm-57).
  type: str
transport:
  description:
    - How the disks of a vSphere machine that is off are read.
    - V(folder) reads its files by ranges, in several streams; a break costs nothing.
    - V(nfc) is an export, in one stream from the beginning.
    - V(auto) reads 64 KiB by V(folder), and takes V(nfc) when the datastore does not allow that.
  type: str
  choices: [auto, folder, nfc]
  default: auto
validate_certs:
  description:
    - Certificates are always verified. V(false) is accepted for vSphere together with O(OPTION.thumbprint) only,
      which is compared instead.
  type: bool
  default: true
ca_path:
  description:
    - File with the authority of the server's certificate. Default are those of the system.
  type: path
thumbprint:
  description:
    - SHA-256 or SHA-1 of the certificate of the vCenter or the ESXi host, in hexadecimal digits. It is compared
      before anything is sent, instead of asking an authority.
  type: str
username:
  description:
    - Name for the server.
  type: str
password:
  description:
    - Password for the server. Default is the environment variable E(VMIMPORT_SOURCE_PASSWORD).
  type: str
"""
DISK = """\
disk:
  description:
    - Key of the disk, when the machine has several.
  type: str
"""


def suboptions(option: str, *parts: str) -> str:
    return indent("".join(parts).replace("OPTION", option), " " * 6)


class ModuleDocFragment:
    """Where machines come from."""

    # Annotated: ansible-test takes a plain assignment for a literal.
    DOCUMENTATION: str = f"""
options:
  source:
    description:
      - Where the machine is read from.
      - Exactly one of O(source.url), O(source.path) and O(source.hostname) is given.
      - Certificates are always verified.
    type: dict
    required: true
    suboptions:
{suboptions("source", PLACE)}"""

    # One disk of a machine, for modules whose option is called `archive`.
    ARCHIVE: str = f"""
options:
  archive:
    description:
      - A disk of a machine of a source.
      - Exactly one of O(archive.url), O(archive.path) and O(archive.hostname) is given.
    type: dict
    suboptions:
{suboptions("archive", PLACE, DISK)}"""
