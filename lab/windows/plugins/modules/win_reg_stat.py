#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Stand-in for win_reg_stat of ansible.windows."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ansible.windows.plugins.module_utils.standin import Windows

ARGUMENT_SPEC = {
    "path": {"type": "str", "required": True, "aliases": ["key"]},
    "name": {"type": "str", "aliases": ["entry", "value", "property"]},
}


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    if module.params["name"] is not None:
        module.fail_json(msg="the stand-in reads whole keys only")
    windows, key = Windows(), module.params["path"]
    if not windows.exists(key):
        module.exit_json(changed=False, exists=False)
    properties = {
        name: {"type": kind, "value": value, "raw_value": value}
        for name, (kind, value) in (windows.key(key) or {}).items()
    }
    module.exit_json(changed=False, exists=True, properties=properties, sub_keys=windows.below(key))


if __name__ == "__main__":
    main()
