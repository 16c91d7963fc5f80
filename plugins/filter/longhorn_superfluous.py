# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: longhorn_superfluous
short_description: Marks of default storage classes that the role has set and no longer wants
version_added: 0.1.0
description:
  - Renders patches that take the marks away. Marks that somebody else has set are left alone.
author:
  - Ironacre contributors
options:
  _input:
    description: Storage classes the role wants, each with C(name).
    type: list
    elements: dict
    required: true
  existing:
    description: StorageClass objects of the cluster, with their managed fields.
    type: list
    elements: dict
    required: true
  manager:
    description: Field manager the role applies its classes with.
    type: str
    default: ironacre.hci
"""

EXAMPLES = r"""
- name: Render
  ansible.builtin.set_fact:
    patches: "{{ longhorn_storage_classes | ironacre.hci.longhorn_superfluous(existing=found.resources) }}"
"""

RETURN = r"""
_value:
  description: Patches of StorageClass objects.
  type: list
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.storage_classes import superfluous_marks


def longhorn_superfluous(
    wanted: Sequence[Mapping[str, Any]], existing: Iterable[Mapping[str, Any]], manager: str = "ironacre.hci"
) -> list[dict[str, Any]]:
    return superfluous_marks(existing, wanted, manager)


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"longhorn_superfluous": longhorn_superfluous}
