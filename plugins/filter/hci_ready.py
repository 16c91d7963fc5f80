# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: hci_ready
short_description: What a component of the stack misses by its exact conditions
version_added: 0.1.0
description:
  - Judges recorded objects, as M(kubernetes.core.k8s_info) returns them. M(ironacre.hci.stack_ready) waits by it.
author:
  - Ironacre contributors
options:
  _input:
    description: The component's objects by the name of their source.
    type: dict
    required: true
  component:
    description: One of multus, longhorn, kubevirt, cdi, storage_profiles and kinds.
    type: str
    required: true
  expected:
    description: What it shall be, with the options of M(ironacre.hci.stack_ready).
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Poll
  ansible.builtin.assert:
    that: "{'cdis': found.resources} | ironacre.hci.hci_ready('cdi', {'version': 'v1.65.0'}) | length == 0"
"""

RETURN = r"""
_value:
  description: What is missing; empty when it is ready.
  type: list
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.readiness import Expected, judge


def hci_ready(objects: Mapping[str, Any], component: str, expected: Mapping[str, Any] | None = None) -> list[str]:
    return judge(component, objects, Expected(**(expected or {})))


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"hci_ready": hci_ready}
