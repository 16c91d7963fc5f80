# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: cdi_objects
short_description: The CDI object, storage profiles and the upload service out of the role's variables
version_added: 0.1.0
description:
  - Renders what the operator of CDI works by.
author:
  - Ironacre contributors
options:
  _input:
    description: The settings, each named as the variable of the role cdi without its prefix.
    type: dict
    required: true
  namespace:
    description: Namespace of CDI.
    type: str
    required: true
  profiles:
    description: Storage profiles, each with C(storage_class) and what is wanted of it.
    type: list
    elements: dict
    default: []
  node_port:
    description: Port of every node on which the upload proxy is reached, 0 for none.
    type: int
    default: 0
"""

EXAMPLES = r"""
- name: Render
  ansible.builtin.set_fact:
    objects: "{{ {} | ironacre.hci.cdi_objects(namespace='cdi', node_port=31001) }}"
"""

RETURN = r"""
_value:
  description: Keys V(cdi), with the custom resource, and V(others).
  type: dict
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.cdi import (
    Cdi,
    cdi_object,
    storage_profile,
    upload_service,
)


def cdi_objects(
    settings: Mapping[str, Any], namespace: str, profiles: Sequence[Mapping[str, Any]] = (), node_port: int = 0
) -> dict[str, Any]:
    services = [upload_service(namespace, node_port)] if node_port else []
    return {"cdi": cdi_object(Cdi(**settings)), "others": [*map(storage_profile, profiles), *services]}


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"cdi_objects": cdi_objects}
