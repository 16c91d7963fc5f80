# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: artifact_entry
short_description: One entry of an artifact lock
version_added: 0.1.0
description:
  - The entry of a named artifact. Refuses a name the lock does not have, and an artifact whose digest nobody pinned.
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
"""

EXAMPLES = r"""
- name: Show the image
  ansible.builtin.debug:
    msg: "{{ lock | ironacre.hci.artifact_entry('node_image') }}"
"""

RETURN = r"""
_value:
  description: Keys V(name), V(version), V(file), V(sha256), V(size_bytes).
  type: dict
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.ironacre.hci.plugins.module_utils._core.artifacts.lock import named, parse_lock
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError


def artifact_entry(lock: Mapping[str, Any], name: str) -> dict[str, Any]:
    try:
        (artifact,) = named(parse_lock(lock), [name])
    except PlatformError as error:
        raise AnsibleFilterError(error.message) from error
    return {key: getattr(artifact, key) for key in ("name", "version", "file", "sha256", "size_bytes")}


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"artifact_entry": artifact_entry}
