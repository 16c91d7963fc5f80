# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: artifact_path
short_description: Where a cache keeps an artifact
version_added: 0.1.0
description:
  - The path of a named artifact in a cache that is laid out by digest. Refuses a name the lock does not have.
author:
  - Ironacre contributors
options:
  _input:
    description: Content of the lock file.
    type: dict
    required: true
  name:
    description: Name of the artifact.
    type: str
    required: true
  root:
    description: Folder of the cache, or the address below which it is served.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Read a manifest
  ansible.builtin.set_fact:
    manifest: "{{ lookup('file', lock | ironacre.hci.artifact_path('cdi_operator', '/srv/hci')) }}"
"""

RETURN = r"""
_value:
  description: The path.
  type: str
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.ironacre.hci.plugins.module_utils._core.artifacts.lock import named, parse_lock
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError


def artifact_path(lock: Mapping[str, Any], name: str, root: str) -> str:
    try:
        (artifact,) = named(parse_lock(lock), [name])
    except PlatformError as error:
        raise AnsibleFilterError(error.message) from error
    return artifact.path_below(root)


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"artifact_path": artifact_path}
