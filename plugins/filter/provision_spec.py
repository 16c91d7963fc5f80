# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: provision_spec
short_description: What an installation of a node is bound to
version_added: 0.1.0
description:
  - The machine, its root device and the image. It goes into the ticket, and into the receipt on the node.
author:
  - Ironacre contributors
options:
  _input:
    description: The node, as in C(hci_node).
    type: dict
    required: true
  host:
    description: Name of the node.
    type: str
    required: true
  image:
    description: Artifact of the operating system.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show what would be installed
  ansible.builtin.debug:
    msg: "{{ hci_node | ironacre.hci.provision_spec(host=inventory_hostname, image=image) }}"
"""

RETURN = r"""
_value:
  description: The spec.
  type: dict
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.spec import spec_of


def provision_spec(node: Mapping[str, Any], host: str, image: Mapping[str, Any]) -> dict[str, Any]:
    return spec_of(host, node, image)


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"provision_spec": provision_spec}
