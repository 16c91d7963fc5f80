# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: longhorn_manifest
short_description: Longhorn's manifest beside the storage classes out of the role's variables
version_added: 0.1.0
description:
  - Longhorn makes a class of its own, C(longhorn), and marks it as the cluster's default.
  - When one of the given classes is the default, the mark is taken out of the manifest.
author:
  - Ironacre contributors
options:
  _input:
    description: The objects of the manifest.
    type: list
    elements: dict
    required: true
  storage_classes:
    description: Storage classes, each with C(name), and C(default) where it is the default.
    type: list
    elements: dict
    default: []
"""

EXAMPLES = r"""
- name: Read the manifest
  ansible.builtin.set_fact:
    objects: >-
      {{ lookup('ansible.builtin.file', 'longhorn.yaml') | from_yaml_all
         | ironacre.hci.longhorn_manifest(storage_classes=[{'name': 'longhorn-vm', 'default': true}]) }}
"""

RETURN = r"""
_value:
  description: The objects.
  type: list
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.storage_classes import yield_default


def longhorn_manifest(
    objects: Iterable[dict[str, Any]], storage_classes: Sequence[Mapping[str, Any]] = ()
) -> list[dict[str, Any]]:
    return yield_default(objects, storage_classes)


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"longhorn_manifest": longhorn_manifest}
