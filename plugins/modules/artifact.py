#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: artifact
short_description: Bring pinned files into place, each verified by its digest
version_added: 0.1.0
description:
  - Streams each file into a part file on the file system of its destination while its SHA-256 is computed,
    and renames it into place only when the digest is the expected one.
  - A download that was interrupted is resumed by an HTTP range request.
  - A stamp with size, modification time and digest is kept in O(state_dir).
    While size and time agree with the file nothing is hashed again.
  - Two processes that want the same file do not disturb each other.
options:
  artifacts:
    description: The files.
    type: list
    elements: dict
    required: true
    suboptions:
      url:
        description: Where the file comes from. V(http), V(https) or V(file) address.
        type: str
        required: true
      sha256:
        description: The expected digest, 64 hexadecimal digits.
        type: str
        required: true
      dest:
        description: Absolute path of the file.
        type: path
        required: true
      mode:
        description: Mode bits in octal.
        type: str
        default: "0644"
  prune:
    description:
      - Folders from which files are removed that an earlier run of this module put there and that are no longer listed.
      - Files that this module did not put there stay.
    type: list
    elements: path
    default: []
  state_dir:
    description: Folder of stamps, locks and part files.
    type: path
    default: /var/lib/ironacre/artifacts
  timeout:
    description: Seconds without an answer or without data after which a download fails.
    type: int
    default: 60
extends_documentation_fragment:
  - ironacre.hci.attributes
  - ironacre.hci.attributes.full
author:
  - Ironacre contributors (@ironacre)
"""

EXAMPLES = r"""
- name: Have the RKE2 release on the node
  ironacre.hci.artifact:
    artifacts:
      - url: http://boot1:8080/artifacts/0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f/rke2.linux-amd64.tar.gz
        sha256: 0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f
        dest: /var/lib/ironacre/rke2/v1.35.4+rke2r1/rke2.linux-amd64.tar.gz
    prune:
      - /var/lib/rancher/rke2/agent/images
"""

RETURN = r"""
fetched:
  description: Destinations that were written (or would be, in check mode).
  returned: always
  type: list
  elements: str
removed:
  description: Files that were removed by O(prune).
  returned: always
  type: list
  elements: str
"""

from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.download import ArtifactStore, Wanted
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run

ARTIFACT = {
    "url": {"type": "str", "required": True},
    "sha256": {"type": "str", "required": True},
    "dest": {"type": "path", "required": True},
    "mode": {"type": "str", "default": "0644"},
}
ARGUMENT_SPEC = {
    "artifacts": {"type": "list", "elements": "dict", "required": True, "options": ARTIFACT},
    "prune": {"type": "list", "elements": "path", "default": []},
    "state_dir": {"type": "path", "default": "/var/lib/ironacre/artifacts"},
    "timeout": {"type": "int", "default": 60},
}


def place(module: AnsibleModule) -> dict[str, Any]:
    store = ArtifactStore(Path(module.params["state_dir"]), module.params["timeout"])
    wanted = [_wanted(one) for one in module.params["artifacts"]]
    if module.check_mode:
        fetched = [one for one in wanted if not store.has(one)]
    else:
        fetched = [one for one in wanted if store.put(one)]
    removed = _prune(module, store, {one.dest for one in wanted})
    dests = [str(one.dest) for one in fetched]
    after = "".join(f"{one.sha256}  {one.dest}\n" for one in fetched)
    before = "".join(f"{path}\n" for path in removed)
    return {
        "changed": bool(dests or removed),
        "fetched": dests,
        "removed": removed,
        "diff": {"before": before, "after": after},
    }


def _wanted(one: dict[str, str]) -> Wanted:
    return Wanted(one["url"], one["sha256"].lower(), Path(one["dest"]), int(one["mode"], 8))


def _prune(module: AnsibleModule, store: ArtifactStore, keep: set[Path]) -> list[str]:
    stale = [path for folder in module.params["prune"] for path in store.stale(Path(folder), keep)]
    if not module.check_mode:
        for path in stale:
            store.remove(path)
    return [str(path) for path in stale]


def main() -> None:
    run(AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True), place)


if __name__ == "__main__":
    main()
