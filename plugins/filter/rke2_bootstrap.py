# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: rke2_bootstrap
short_description: Who creates the cluster and who joins it
version_added: 0.1.0
description:
  - Decides from what the servers hold, not from their order. Stops where a wrong answer could make a second cluster.
author:
  - Ironacre contributors
options:
  _input:
    description: Name of each server with the result of M(ironacre.hci.rke2_info), or null for one that was not reached.
    type: dict
    required: true
  force:
    description: Create a cluster although a server was not reached or something answers as a cluster.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Decide
  ansible.builtin.set_fact:
    bootstrap: "{{ infos | ironacre.hci.rke2_bootstrap }}"
"""

RETURN = r"""
_value:
  description: Keys V(init) (name or empty) and V(members).
  type: dict
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2.bootstrap import plan_bootstrap


def rke2_bootstrap(infos: Mapping[str, Any], force: bool = False) -> dict[str, Any]:
    try:
        plan = plan_bootstrap({name: info or None for name, info in infos.items()}, force)
    except PlatformError as error:
        raise AnsibleFilterError(error.message) from error
    return {"init": plan.init or "", "members": list(plan.members)}


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rke2_bootstrap": rke2_bootstrap}
