# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: rke2_kubeconfig
short_description: A kubeconfig under another address and name
version_added: 0.1.0
description:
  - Takes the kubeconfig RKE2 wrote for its own host and makes one for the controller.
author:
  - Ironacre contributors
options:
  _input:
    description: Text of the kubeconfig.
    type: str
    required: true
  address:
    description: Address of the API.
    type: str
    required: true
  port:
    description: Port of the API.
    type: int
    default: 6443
  name:
    description: Name of the cluster, the user and the context.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Make the kubeconfig of the controller
  ansible.builtin.set_fact:
    kubeconfig: "{{ text | ironacre.hci.rke2_kubeconfig(address='192.0.2.5', name='rack1') }}"
"""

RETURN = r"""
_value:
  description: Text of the new kubeconfig.
  type: str
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2.kubeconfig import (
    api_url,
    parse_kubeconfig,
    render_kubeconfig,
)


def rke2_kubeconfig(text: str, address: str, name: str, port: int = 6443) -> str:
    try:
        return render_kubeconfig(parse_kubeconfig(text, "rke2.yaml"), api_url(address, port), name)
    except PlatformError as error:
        raise AnsibleFilterError(error.message) from error


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rke2_kubeconfig": rke2_kubeconfig}
