#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Stand-in for setup of ansible.windows."""

from __future__ import annotations

import json
from typing import Any

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.ansible.windows.plugins.module_utils.standin import Windows

ARGUMENT_SPEC = {
    "fact_path": {"type": "path"},
    "gather_subset": {"type": "list", "elements": "str", "default": ["all"]},
    "gather_timeout": {"type": "int", "default": 10},
}


def main() -> None:
    module = AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    windows, subsets = Windows(), module.params["gather_subset"]
    if subsets[:2] != ["!all", "!min"]:
        module.fail_json(msg="the stand-in gathers named subsets only")
    facts: dict[str, Any] = {"module_setup": True}
    for name in subsets[2:]:
        facts |= gathered(windows, name)
    if "local" in subsets and module.params["fact_path"]:
        for path in sorted(windows.path(module.params["fact_path"]).glob("*.json")):
            facts[f"ansible_{path.stem}"] = json.loads(path.read_text())
    module.exit_json(changed=False, ansible_facts=facts)


def gathered(windows: Windows, subset: str) -> dict[str, Any]:
    state = windows.state
    known: dict[str, dict[str, Any]] = {
        "bios": {"ansible_product_uuid": state["uuid"]},
        "distribution": {
            "ansible_distribution_version": state["version"],
            "ansible_os_product_type": state["product_type"],
            "ansible_os_family": "Windows",
        },
        "platform": {"ansible_architecture2": state["architecture"]},
        "interfaces": {"ansible_interfaces": state["interfaces"]},
    }
    return known.get(subset, {})


if __name__ == "__main__":
    main()
