# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: stack_manifest
short_description: An upstream manifest, prepared for our cluster
version_added: 0.1.0
description:
  - Puts the namespace first and lets it hold privileged pods, and puts Deployments and DaemonSets on selected nodes.
author:
  - Ironacre contributors
options:
  _input:
    description: The objects of the manifest.
    type: list
    elements: dict
    required: true
  namespace:
    description: The component's namespace.
    type: str
    required: true
  node_selector:
    description: Labels of the nodes for its pods.
    type: dict
    default: {}
  replicas:
    description: Replicas of its Deployments, 0 for what upstream says.
    type: int
    default: 0
"""

EXAMPLES = r"""
- name: Prepare
  ansible.builtin.set_fact:
    objects: "{{ lookup('file', path) | from_yaml_all | ironacre.hci.stack_manifest('cdi') }}"
"""

RETURN = r"""
_value:
  description: The objects.
  type: list
  elements: dict
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.manifest import prepare


def stack_manifest(
    objects: Iterable[dict[str, Any]],
    namespace: str,
    node_selector: Mapping[str, str] | None = None,
    replicas: int = 0,
) -> list[dict[str, Any]]:
    return prepare(objects, namespace, node_selector, replicas)


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"stack_manifest": stack_manifest}
