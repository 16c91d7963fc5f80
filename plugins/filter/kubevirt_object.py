# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: kubevirt_object
short_description: The KubeVirt object out of the role's variables
version_added: 0.1.0
description:
  - Renders the custom resource the operator of KubeVirt works by.
author:
  - Ironacre contributors
options:
  _input:
    description: The settings, each named as the variable of the role kubevirt without its prefix.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Render
  ansible.builtin.set_fact:
    object: "{{ {'use_emulation': true} | ironacre.hci.kubevirt_object }}"
"""

RETURN = r"""
_value:
  description: The custom resource.
  type: dict
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.kubevirt import KubeVirt
from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.kubevirt import kubevirt_object as render


def kubevirt_object(settings: Mapping[str, Any]) -> dict[str, Any]:
    return render(KubeVirt(**settings))


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"kubevirt_object": kubevirt_object}
