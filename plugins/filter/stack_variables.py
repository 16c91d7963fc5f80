# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: stack_variables
short_description: The inventory's stack as variables of its roles
version_added: 0.1.0
description:
  - Turns C(hci_stack) into the variables of the roles multus, longhorn, kubevirt and cdi, and refuses unknown keys.
author:
  - Ironacre contributors
options:
  _input:
    description: C(hci_stack) of the inventory.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Take the inventory's settings
  ansible.builtin.set_fact:
    "{{ item.key }}": "{{ item.value }}"
  loop: "{{ hci_stack | ironacre.hci.stack_variables | dict2items }}"
"""

RETURN = r"""
_value:
  description: Variables by name.
  type: dict
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.stack import options


def stack_variables(stack: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return options.stack_variables(stack)
    except PlatformError as error:
        raise AnsibleFilterError(error.message) from error


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"stack_variables": stack_variables}
