#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: boot_service
short_description: Bring the program of the boot service to the boot server
version_added: 0.1.0
description:
  - Packs the service with the parts of the collection that it decides by into one file that Python runs, and copies it.
  - Equal sources give an equal file, so that a second run changes nothing.
options:
  source:
    description: Folder of the service on the controller.
    type: path
    required: true
  dest:
    description: Path of the file on the boot server.
    type: path
    required: true
extends_documentation_fragment:
  - ironacre.hci.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
    details:
      - The file is an archive.
  idempotent:
    support: full
author:
  - Ironacre contributors (@ironacre)
"""

EXAMPLES = r"""
- name: Install the boot service
  ironacre.hci.boot_service:
    source: "{{ role_path }}/files/boot_service"
    dest: /usr/local/lib/ironacre/boot_service.pyz
"""

RETURN = r"""
checksum:
  description: SHA-1 of the file.
  type: str
  returned: success
"""
