# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: dnsmasq_hosts
short_description: The machines dnsmasq gives an address
version_added: 0.1.0
description:
  - One line for each node that is installed from an image, by the MAC address it boots from.
author:
  - Ironacre contributors
options:
  _input:
    description: The nodes by name, each as in C(hci_node).
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show the machines
  ansible.builtin.debug:
    msg: "{{ nodes | ironacre.hci.dnsmasq_hosts }}"
"""

RETURN = r"""
_value:
  description: Text of the file.
  type: str
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.dnsmasq import dnsmasq_hosts as rendered


def dnsmasq_hosts(nodes: Mapping[str, Mapping[str, Any]]) -> str:
    return rendered(nodes)


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"dnsmasq_hosts": dnsmasq_hosts}
