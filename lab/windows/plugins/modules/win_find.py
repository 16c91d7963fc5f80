#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Stand-in for win_find of ansible.windows."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ansible.windows.plugins.module_utils.standin import Windows, checksum

ARGUMENT_SPEC = {
    "age": {"type": "str"},
    "age_stamp": {"type": "str", "choices": ["atime", "ctime", "mtime"], "default": "mtime"},
    "checksum_algorithm": {"type": "str", "choices": ["md5", "sha1", "sha256", "sha384", "sha512"], "default": "sha1"},
    "depth": {"type": "int"},
    "file_type": {"type": "str", "choices": ["directory", "file", "any"], "default": "file"},
    "follow": {"type": "bool", "default": False},
    "get_checksum": {"type": "bool", "default": True},
    "hidden": {"type": "bool", "default": False},
    "paths": {"type": "list", "elements": "str", "required": True},
    "patterns": {"type": "list", "elements": "str", "aliases": ["regex", "regexp"]},
    "recurse": {"type": "bool", "default": False},
    "size": {"type": "str"},
    "use_regex": {"type": "bool", "default": False},
    "case_sensitive": {"type": "bool", "default": False},
}


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    windows, found = Windows(), []
    for name in module.params["paths"]:
        if not windows.path(name).is_dir():
            module.warn(f"Argument path '{name}' does not exist or is not accessible, skipping")
            continue
        found += files_below(windows, name, module.params)
    files = sorted(found, key=lambda file: str(file["path"]))
    module.exit_json(changed=False, examined=len(files), matched=len(files), files=files)


def files_below(windows: Windows, name: str, wished: dict[str, Any]) -> list[dict[str, Any]]:
    root = windows.path(name)
    listed = root.rglob("*") if wished["recurse"] else root.glob("*")
    return [
        {
            "path": "\\".join([name, *path.relative_to(root).parts]),
            "filename": path.name,
            "exists": True,
            "checksum": checksum(path, wished["checksum_algorithm"]),
        }
        for path in listed
        if path.is_file() and any(fnmatch(path.name, one.lower()) for one in wished["patterns"] or ["*"])
    ]


if __name__ == "__main__":
    main()
