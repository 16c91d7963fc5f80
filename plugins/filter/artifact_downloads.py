# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: artifact_downloads
short_description: The downloads of one machine out of the artifact lock
version_added: 0.1.0
description:
  - Selects the artifacts that a machine uses and says where each comes from and goes to. Refuses what is not pinned.
author:
  - Ironacre contributors
options:
  _input:
    description: Content of the lock file.
    type: dict
    required: true
  users:
    description: Kinds of user this machine is, e.g. V(nodes) and V(vm_hosts).
    type: list
    elements: str
    required: true
  target:
    description: V(cache) is upstream to O(root), V(mirror) is O(base_url) to O(root), V(node) is into the places.
    type: str
    choices: [cache, mirror, node]
    required: true
  root:
    description: Folder of the cache; on a node the folder of the installer.
    type: str
    required: true
  base_url:
    description: Address of the boot host below which artifacts are served.
    type: str
  images_dir:
    description: Folder from which a node imports images.
    type: str
"""

EXAMPLES = r"""
- name: Select
  ansible.builtin.debug:
    msg: "{{ lock | ironacre.hci.artifact_downloads(users=['boot'], target='cache', root='/srv/ironacre/artifacts') }}"
"""

RETURN = r"""
_value:
  description: Downloads as the module ironacre.hci.artifact takes them.
  type: list
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.ironacre.hci.plugins.module_utils._core.artifacts.lock import parse_lock, used_by
from ansible_collections.ironacre.hci.plugins.module_utils._core.artifacts.plan import (
    Download,
    cache_downloads,
    mirrored_downloads,
    node_downloads,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError


def artifact_downloads(
    lock: Mapping[str, Any], users: list[str], target: str, root: str, base_url: str = "", images_dir: str = ""
) -> list[Download]:
    try:
        artifacts = used_by(parse_lock(lock), users)
    except PlatformError as error:
        raise AnsibleFilterError(error.message) from error
    if target == "cache":
        return cache_downloads(artifacts, root)
    if target == "mirror":
        return mirrored_downloads(artifacts, base_url, root)
    return node_downloads(artifacts, base_url, root, images_dir)


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"artifact_downloads": artifact_downloads}
