#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vm_disk_copy
short_description: Copy one disk into a file or a block device, resumable and verified
version_added: 0.1.0
description:
  - Streams a disk out of an archive, or an image of any format QEMU reads, into a sparse file or a block device.
  - Keeps a journal beside the target. After a break, and when the source changed, only blocks that differ are written.
  - What lies at O(dest) and was not written by this copy is not touched, see O(overwrite).
author:
  - Ironacre contributors (@ironacre)
options:
  image:
    description:
      - Path of a disk image. Images that refer to other files outside their folder are refused.
    type: path
  format:
    description:
      - Format of O(image) in the words of qemu-img. Default is told by the ending of the file, never by its contents.
    type: str
  dest:
    description:
      - The file or block device.
    type: path
    required: true
  overwrite:
    description:
      - Copy to a file or device that holds other data, or to one that was written to after it had been copied.
        What it holds is lost.
      - A device counts as empty when its first and its last MiB are zeros.
        The journal of a device does not outlive a restart of its machine.
    type: bool
    default: false
  verify:
    description:
      - V(readback) reads the target again and compares every block.
    type: str
    choices: [stream, readback]
    default: stream
  bandwidth_limit:
    description:
      - Bytes per second. V(0) means no limit.
    type: int
    default: 0
extends_documentation_fragment:
  - ironacre.hci.attributes
  - ironacre.hci.attributes.no_diff
  - ironacre.hci.vm_source.archive
"""

EXAMPLES = r"""
- name: Copy an image onto a volume
  ironacre.hci.vm_disk_copy:
    image: /srv/exports/web01.qcow2
    dest: /dev/vg0/web01
    verify: readback
"""

RETURN = r"""
digest:
  description: Digest of the digests of all blocks of 1 MiB.
  returned: success, but not in check mode before the first copy
  type: str
  sample: 1cc4e62d44e89b320ea83e81f425a8fbb1472bf3aff06286f59b709cc18b2201
bytes_virtual:
  description: Size of the disk.
  returned: success
  type: int
  sample: 107374182400
bytes_written:
  description: Bytes that were written.
  returned: success
  type: int
  sample: 21474836480
bytes_skipped:
  description: Bytes that were there already.
  returned: success
  type: int
  sample: 0
seconds:
  description: Duration of the copy.
  returned: success
  type: float
  sample: 12.5
engine:
  description: What decoded the source.
  returned: success
  type: str
  sample: zlib
"""

from dataclasses import asdict
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.disk_copy import DiskCopy, Outcome
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.disk_sources import open_source
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.vm_options import SOURCE_SPEC

ARCHIVE: dict[str, Any] = {
    **{key: value for key, value in SOURCE_SPEC.items() if key != "required"},
    "options": {**SOURCE_SPEC["options"], "disk": {"type": "str"}},
}
ARGUMENT_SPEC: dict[str, Any] = {
    "image": {"type": "path"},
    "format": {"type": "str"},
    "archive": ARCHIVE,
    "dest": {"type": "path", "required": True},
    "overwrite": {"type": "bool", "default": False},
    "verify": {"type": "str", "choices": ["stream", "readback"], "default": "stream"},
    "bandwidth_limit": {"type": "int", "default": 0},
}


def copy(module: AnsibleModule) -> dict[str, Any]:
    params = module.params
    source = open_source(params["image"], params["format"], params["archive"])
    readback = params["verify"] == "readback"
    task = DiskCopy(source, params["dest"], readback, params["bandwidth_limit"], params["overwrite"])
    digest = task.done()
    if digest or module.check_mode:
        return asdict(Outcome(not digest, digest, source.capacity))
    return asdict(task.run())


def main() -> None:
    module = AnsibleModule(
        argument_spec=ARGUMENT_SPEC,
        supports_check_mode=True,
        mutually_exclusive=[("image", "archive")],
        required_one_of=[("image", "archive")],
    )
    run(module, copy)


if __name__ == "__main__":
    main()
