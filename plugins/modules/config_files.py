#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: config_files
short_description: Write a node's configuration files as one set
version_added: 0.1.0
description:
  - Compares all files with what lies there and writes those that differ, each by a private temporary file and a rename,
    so that a secret is at no time readable by others and no file is ever half written.
  - Tells whether one of the changed files is read only at start, so that a restart is needed.
options:
  files:
    description: The whole set.
    type: list
    elements: dict
    required: true
    suboptions:
      path:
        description: Absolute path. Folders that are missing are made, for their owner only.
        type: path
        required: true
      content:
        description: Text of the file. Values of keys that hold secrets are left out of the difference.
        type: str
        required: true
      mode:
        description: Mode bits in octal.
        type: str
        default: "0600"
      restarts:
        description: Whether a change of this file takes a restart to have effect.
        type: bool
        default: true
  absent:
    description: Files that must not be there.
    type: list
    elements: path
    default: []
extends_documentation_fragment:
  - ironacre.hci.attributes
  - ironacre.hci.attributes.full
author:
  - Ironacre contributors (@ironacre)
"""

EXAMPLES = r"""
- name: Write the node's configuration
  ironacre.hci.config_files:
    files:
      - path: /etc/rancher/rke2/config.yaml
        content: "{{ node_config | to_nice_yaml }}"
      - path: /etc/systemd/system/example.service
        content: "{{ lookup('ansible.builtin.template', 'example.service.j2') }}"
        mode: "0644"
"""

RETURN = r"""
written:
  description: Paths that differed.
  returned: always
  type: list
  elements: str
removed:
  description: Paths that were removed.
  returned: always
  type: list
  elements: str
restart_needed:
  description: Whether one of them is read only at start.
  returned: always
  type: bool
"""

from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.files import TextFile, read_text
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._core.redact import redact

FILE = {
    "path": {"type": "path", "required": True},
    "content": {"type": "str", "required": True, "no_log": True},
    "mode": {"type": "str", "default": "0600"},
    "restarts": {"type": "bool", "default": True},
}
ARGUMENT_SPEC = {
    "files": {"type": "list", "elements": "dict", "required": True, "options": FILE},
    "absent": {"type": "list", "elements": "path", "default": []},
}


def write(module: AnsibleModule) -> dict[str, Any]:
    wanted = [(one, _text_file(one)) for one in module.params["files"]]
    differing = [(one, file) for one, file in wanted if file.differs()]
    gone = [Path(path) for path in module.params["absent"] if Path(path).exists()]
    diff = [_difference(file) for _one, file in differing]
    if not module.check_mode:
        for _one, file in differing:
            file.write()
        for path in gone:
            path.unlink()
    return {
        "changed": bool(differing or gone),
        "written": [str(file.path) for _one, file in differing],
        "removed": [str(path) for path in gone],
        "restart_needed": any(one["restarts"] for one, _file in differing) or bool(gone),
        "diff": diff,
    }


def _text_file(one: dict[str, Any]) -> TextFile:
    return TextFile(Path(one["path"]), one["content"], int(one["mode"], 8))


def _difference(file: TextFile) -> dict[str, str]:
    header = str(file.path)
    return {
        "before_header": header,
        "after_header": header,
        "before": redact(read_text(file.path)),
        "after": redact(file.content),
    }


def main() -> None:
    run(AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True), write)


if __name__ == "__main__":
    main()
