# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: dnsmasq_config
short_description: Configuration of dnsmasq for a boot server
version_added: 0.1.0
description:
  - DHCP and TFTP for known machines only, or the answers of a proxy beside another DHCP server.
author:
  - Ironacre contributors
options:
  _input:
    description: The network. Keys V(mode), V(interface), V(subnet), V(router), V(dns), V(ipv6_prefix).
    type: dict
    required: true
  paths:
    description: Paths of V(hosts), V(leases) and V(tftp).
    type: dict
    required: true
  base_url:
    description: Address of the boot service.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Configure dnsmasq
  ansible.builtin.copy:
    content: "{{ network | ironacre.hci.dnsmasq_config(paths=paths, base_url='http://192.0.2.2:8080') }}"
    dest: /etc/ironacre/dnsmasq.conf
    mode: "0644"
"""

RETURN = r"""
_value:
  description: Text of the file.
  type: str
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.dnsmasq import dnsmasq_config as rendered
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError


def dnsmasq_config(network: Mapping[str, Any], paths: Mapping[str, str], base_url: str) -> str:
    try:
        return rendered(network, paths, base_url)
    except PlatformError as error:
        raise AnsibleFilterError(error.message) from error


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"dnsmasq_config": dnsmasq_config}
