#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Stand-in for win_command of ansible.windows."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ansible.windows.plugins.module_utils.programs import PROGRAMS
from ansible_collections.ansible.windows.plugins.module_utils.standin import Windows

ARGUMENT_SPEC = {
    "_raw_params": {"type": "str"},
    "cmd": {"type": "str"},
    "argv": {"type": "list", "elements": "str"},
    "creates": {"type": "path"},
    "removes": {"type": "path"},
    "chdir": {"type": "path"},
    "stdin": {"type": "str"},
    "output_encoding_override": {"type": "str"},
}


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=False)
    argv = module.params["argv"]
    given = [name for name, value in module.params.items() if value is not None]
    if given != ["argv"]:
        module.fail_json(msg=f"the stand-in imitates argv only, not {given}")
    windows = Windows()
    folder, _slash, name = argv[0].rpartition("\\")
    if folder.lower() != r"c:\windows\system32" or name.lower() not in PROGRAMS:
        module.fail_json(msg=f"the stand-in has no {argv[0]}")
    windows.note(argv)
    code, output = PROGRAMS[name.lower()](windows, argv[1:])
    result = {"changed": True, "cmd": " ".join(argv), "rc": code, "stdout": output, "stderr": ""}
    if code:
        module.fail_json(msg="non-zero return code", **result)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
