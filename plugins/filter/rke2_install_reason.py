# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: rke2_install_reason
short_description: Why a node needs the release installed
version_added: 0.1.0
description:
  - Compares version and digest of what is installed with what is declared.
author:
  - Ironacre contributors
options:
  _input:
    description: Result of M(ironacre.hci.rke2_info).
    type: dict
    required: true
  version:
    description: The declared version.
    type: str
    required: true
  sha256:
    description: The digest of the declared release; when it is empty, the version alone decides.
    type: str
    default: ""
"""

EXAMPLES = r"""
- name: Tell it
  ansible.builtin.debug:
    msg: "{{ rke2_found | ironacre.hci.rke2_install_reason('v1.35.4+rke2r1') }}"
"""

RETURN = r"""
_value:
  description: The reason, empty when the release is installed.
  type: str
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2.versions import install_reason


def rke2_install_reason(found: Mapping[str, Any], version: str, sha256: str = "") -> str:
    return install_reason(found["installed"], version, found.get("release_sha256", ""), sha256)


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"rke2_install_reason": rke2_install_reason}
