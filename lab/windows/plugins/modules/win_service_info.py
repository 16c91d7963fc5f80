#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Stand-in for win_service_info of ansible.windows."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ansible.windows.plugins.module_utils.standin import Windows

ARGUMENT_SPEC = {"name": {"type": "str"}}


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    wanted = module.params["name"]
    services = [{"name": name, "state": "started"} for name in Windows().state["services"] if name == wanted]
    module.exit_json(changed=False, exists=bool(services), services=services)


if __name__ == "__main__":
    main()
