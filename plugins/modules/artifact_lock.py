#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: artifact_lock
short_description: Pin the digests of an artifact lock file
version_added: 0.1.0
description:
  - Fetches every artifact whose digest is not known, and writes its SHA-256 and size into the lock file.
  - Where upstream publishes a list of digests (C(checksum_url)), a file that differs from it is refused.
  - Nothing else in the file is touched. What was written belongs under review before it is used.
options:
  path:
    description: The lock file.
    type: path
    required: true
  lock:
    description: Content of the lock file.
    type: dict
    required: true
  names:
    description: Artifacts to pin anew although their digest is known.
    type: list
    elements: str
    default: []
  timeout:
    description: Seconds without data after which a download fails.
    type: int
    default: 60
extends_documentation_fragment:
  - ironacre.hci.attributes
attributes:
  check_mode:
    support: full
    details:
      - Downloads, and writes nothing.
  diff_mode:
    support: full
  idempotent:
    support: full
author:
  - Ironacre contributors (@ironacre)
"""

EXAMPLES = r"""
- name: Pin what is not pinned
  ironacre.hci.artifact_lock:
    path: artifacts.lock.yml
    lock: "{{ lookup('file', 'artifacts.lock.yml') | from_yaml }}"
"""

RETURN = r"""
pinned:
  description: Digests that were found, by artifact.
  returned: always
  type: dict
"""

import hashlib
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.files import TextFile, read_text
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.http_body import read_stream
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._core.artifacts.fill import fill_lock, find_checksum
from ansible_collections.ironacre.hci.plugins.module_utils._core.artifacts.lock import Artifact, parse_lock
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError

ARGUMENT_SPEC = {
    "path": {"type": "path", "required": True},
    "lock": {"type": "dict", "required": True},
    "names": {"type": "list", "elements": "str", "default": []},
    "timeout": {"type": "int", "default": 60},
}


def pin(module: AnsibleModule) -> dict[str, Any]:
    anew = module.params["names"]
    wanted = [one for one in parse_lock(module.params["lock"]) if not one.pinned or one.name in anew]
    pinned = {one.name: _digest(one, module.params["timeout"]) for one in wanted}
    path = Path(module.params["path"])
    before = read_text(path)
    after = fill_lock(before, pinned)
    if after != before and not module.check_mode:
        TextFile(path, after, 0o644).write()
    return {
        "changed": after != before,
        "pinned": {name: digest for name, (digest, _size) in pinned.items()},
        "diff": {"before": before, "after": after},
    }


def _digest(artifact: Artifact, timeout: float) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for chunk in read_stream(artifact.url, timeout):
        digest.update(chunk)
        size += len(chunk)
    if artifact.checksum_url:
        _compare(artifact, digest.hexdigest(), timeout)
    return digest.hexdigest(), size


def _compare(artifact: Artifact, found: str, timeout: float) -> None:
    text = b"".join(read_stream(str(artifact.checksum_url), timeout)).decode("utf-8", "replace")
    published = find_checksum(text, artifact.file)
    if published != found:
        raise PlatformError(
            f"{artifact.url}: has sha256 {found}, and {artifact.checksum_url} says {published or 'nothing about it'}. "
            "Nothing was written."
        )


def main() -> None:
    run(AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True), pin)


if __name__ == "__main__":
    main()
