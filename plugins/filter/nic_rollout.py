# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: nic_rollout
short_description: The end of a staged network rollout
version_added: 0.1.0
description:
  - Sorts the hosts of a play by what became of them.
options:
  _input:
    description: Hosts of the play in order.
    type: list
    elements: str
    required: true
  states:
    description: For each host that was reached, the state its change ended in.
    type: dict
    required: true
author:
  - Ironacre contributors
"""

EXAMPLES = r"""
- name: Say how far the rollout came
  ansible.builtin.debug:
    msg: "{{ ansible_play_hosts_all | ironacre.hci.nic_rollout(states={'n1': 'committed'}) }}"
"""

RETURN = r"""
_value:
  description: C(committed), C(rolled_back), C(unchanged), C(untouched), and C(text) in one line.
  type: dict
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import rollout


def nic_rollout(hosts: Sequence[str], states: Mapping[str, str]) -> dict[str, Any]:
    """Hosts and states -> the outcome."""
    try:
        told = rollout.outcome(hosts, states)
    except PlatformError as error:
        raise AnsibleFilterError(f"nic_rollout: {error}") from error
    return {**told, "text": rollout.text(told)}


class FilterModule:
    """Offers nic_rollout."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"nic_rollout": nic_rollout}
