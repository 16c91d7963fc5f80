#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Stand-in for win_package of ansible.windows."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ansible.windows.plugins.module_utils.standin import Windows

ARGUMENT_SPEC = {
    "arguments": {"type": "raw"},
    "chdir": {"type": "path"},
    "checksum": {"type": "str"},
    "checksum_algorithm": {"type": "str", "choices": ["md5", "sha1", "sha256", "sha384", "sha512"], "default": "sha1"},
    "creates_path": {"type": "path"},
    "creates_service": {"type": "str"},
    "creates_version": {"type": "str"},
    "expected_return_code": {"type": "list", "elements": "int", "default": [0, 3010]},
    "log_path": {"type": "path"},
    "path": {"type": "str"},
    "product_id": {"type": "str"},
    "provider": {"type": "str", "choices": ["auto", "msi", "msix", "msp", "registry"], "default": "auto"},
    "state": {"type": "str", "choices": ["absent", "present"], "default": "present"},
    "wait_for_children": {"type": "bool", "default": False},
}


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    windows, service = Windows(), module.params["creates_service"]
    if not windows.path(module.params["path"]).is_file():
        module.fail_json(msg=f"the file at the path '{module.params['path']}' cannot be reached")
    changed = service not in windows.state["services"]
    if changed and not module.check_mode:
        windows.note(["msiexec", module.params["path"]])
        windows.state["services"].append(service)
        windows.save()
    module.exit_json(changed=changed, rc=0, reboot_required=False)


if __name__ == "__main__":
    main()
