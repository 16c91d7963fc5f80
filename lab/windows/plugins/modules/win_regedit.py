#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Stand-in for win_regedit of ansible.windows."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ansible.windows.plugins.module_utils.standin import Windows

ARGUMENT_SPEC = {
    "path": {"type": "str", "required": True, "aliases": ["key"]},
    "name": {"type": "str", "aliases": ["entry", "value"]},
    "data": {"type": "raw"},
    "type": {
        "type": "str",
        "choices": ["none", "binary", "dword", "expandstring", "multistring", "string", "qword"],
        "default": "string",
        "aliases": ["datatype"],
    },
    "state": {"type": "str", "choices": ["absent", "present"], "default": "present"},
    "delete_key": {"type": "bool", "default": True},
    "hive": {"type": "path"},
}
KINDS = {"dword": "REG_DWORD", "string": "REG_SZ", "expandstring": "REG_EXPAND_SZ"}


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    windows = Windows()
    result = removed(windows, module.params) if module.params["state"] == "absent" else kept(windows, module.params)
    if result["changed"] and not module.check_mode:
        windows.save()
    module.exit_json(**result)


def removed(windows: Windows, wished: dict[str, Any]) -> dict[str, Any]:
    key = wished["path"]
    there = windows.exists(key)
    start = f"{key.lower()}\\"
    registry = windows.state["registry"]
    for name in [one for one in registry if f"{one}\\".startswith(start)]:
        del registry[name]
    return {"changed": there, "diff": {"before": {key: {}} if there else "", "after": {} if there else ""}}


def kept(windows: Windows, wished: dict[str, Any]) -> dict[str, Any]:
    key, name, kind = wished["path"], wished["name"], KINDS[wished["type"]]
    data = int(wished["data"]) if kind == "REG_DWORD" else str(wished["data"])
    found = windows.entry(key, name)
    changed = found is None or found[1] != [kind, data]
    before = {key: {name: found[1]}} if found else {}
    windows.set_value(key, name, kind, data)
    return {"changed": changed, "diff": {"before": before, "after": {key: {name: [kind, data]}}}}


if __name__ == "__main__":
    main()
