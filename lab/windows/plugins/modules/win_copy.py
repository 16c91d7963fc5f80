#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Stand-in for win_copy of ansible.windows."""

from __future__ import annotations

import shutil

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ansible.windows.plugins.module_utils.standin import Windows, checksum

ARGUMENT_SPEC = {
    "content": {"type": "str"},
    "decrypt": {"type": "bool", "default": True},
    "dest": {"type": "path", "required": True},
    "backup": {"type": "bool", "default": False},
    "force": {"type": "bool", "default": True},
    "local_follow": {"type": "bool", "default": True},
    "remote_src": {"type": "bool", "default": False},
    "src": {"type": "path"},
}
# What the action plugin of the same name, which is the genuine one here, tells its module besides.
INTERNAL = {
    "_copy_mode": {"type": "str", "required": True},
    "_original_basename": {"type": "str"},
    "files": {"type": "list", "elements": "dict"},
    "directories": {"type": "list", "elements": "dict"},
    "symlinks": {"type": "list", "elements": "dict"},
}


def main() -> None:
    module = AnsibleModule(argument_spec={**ARGUMENT_SPEC, **INTERNAL}, supports_check_mode=True)
    # A path of Windows is nothing that Python may expand.
    windows, wanted = Windows(), str(module.params["dest"])
    if module.params["_copy_mode"] == "query":
        differing = [
            file
            for file in module.params["files"]
            if not (there := windows.path(f"{wanted}\\{file['dest']}")).is_file() or checksum(there) != file["checksum"]
        ]
        module.exit_json(changed=False, files=differing, directories=[], symlinks=[])
    if module.params["_copy_mode"] != "single":
        module.fail_json(msg="the stand-in copies single files only")
    target = windows.path(wanted)
    if not target.parent.is_dir():
        module.fail_json(msg=f"Destination directory '{wanted.rpartition(chr(92))[0]}' does not exist")
    shutil.copyfile(module.params["src"], target)
    module.exit_json(changed=True)


if __name__ == "__main__":
    main()
