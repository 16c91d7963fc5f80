#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Stand-in for win_file of ansible.windows."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ansible.windows.plugins.module_utils.standin import Windows

ARGUMENT_SPEC = {
    "path": {"type": "path", "required": True, "aliases": ["dest", "name"]},
    "state": {"type": "str", "choices": ["absent", "directory", "file", "touch"]},
}


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    if module.params["state"] != "directory":
        module.fail_json(msg="the stand-in makes folders only")
    folder = Windows().path(module.params["path"])
    changed = not folder.is_dir()
    if changed and not module.check_mode:
        folder.mkdir(parents=True)
    module.exit_json(changed=changed)


if __name__ == "__main__":
    main()
