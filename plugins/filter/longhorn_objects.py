# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: longhorn_objects
short_description: Longhorn's settings and the classes out of the role's variables
version_added: 0.1.0
description:
  - Renders Setting, StorageClass and VolumeSnapshotClass objects.
author:
  - Ironacre contributors
options:
  _input:
    description: Values of settings by their name.
    type: dict
    required: true
  namespace:
    description: Namespace of Longhorn.
    type: str
    required: true
  storage_classes:
    description: Storage classes, each with C(name) and C(parameters).
    type: list
    elements: dict
    default: []
  snapshot_classes:
    description: Snapshot classes, each with C(name) and C(type).
    type: list
    elements: dict
    default: []
"""

EXAMPLES = r"""
- name: Render
  ansible.builtin.set_fact:
    objects: "{{ {} | ironacre.hci.longhorn_objects(namespace='longhorn-system') }}"
"""

RETURN = r"""
_value:
  description: The objects.
  type: list
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.longhorn import (
    setting,
    snapshot_class,
    storage_class,
)


def longhorn_objects(
    settings: Mapping[str, Any],
    namespace: str,
    storage_classes: Sequence[Mapping[str, Any]] = (),
    snapshot_classes: Sequence[Mapping[str, Any]] = (),
) -> list[dict[str, Any]]:
    classes = [*map(storage_class, storage_classes), *map(snapshot_class, snapshot_classes)]
    return [*(setting(namespace, name, value) for name, value in settings.items()), *classes]


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"longhorn_objects": longhorn_objects}
