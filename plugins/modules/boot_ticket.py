#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: boot_ticket
short_description: Permit the installation of one machine, or take the permission back
version_added: 0.1.0
description:
  - Runs on the boot server. Without an open ticket the boot server tells a machine to boot its disk.
  - A ticket is bound to a MAC address and to the serial number or UUID of the spec.
    It ends with the installation, with its lifetime, or when it is closed.
options:
  state:
    description:
      - V(armed) leaves an open ticket that fits alone, and else writes a new one.
      - V(closed) takes the permission back. V(done) does so and notes that the installed system was reached.
    type: str
    choices: [armed, closed, done]
    default: armed
  mac:
    description: MAC address of the NIC the machine boots from.
    type: str
    required: true
  host:
    description: Name of the machine. Required to arm.
    type: str
  spec:
    description: What is installed, as P(ironacre.hci.provision_spec#filter) makes it. Required to arm.
    type: dict
  image:
    description: Artifact of the operating system. Required to arm.
    type: dict
  kernel:
    description: Artifact of the agent's kernel. Required to arm.
    type: dict
  ramdisk:
    description: Artifact of the agent's ramdisk. Required to arm.
    type: dict
  kernel_args:
    description: Further arguments of the agent's kernel.
    type: str
    default: ""
  files:
    description: Files of the installed system. Each has path, mode and content in Base64.
    type: list
    elements: dict
    default: []
  allow_foreign:
    description: Signatures that may be erased from the disk.
    type: list
    elements: str
    default: []
  allow_all:
    description: Erase the disk whatever it holds.
    type: bool
    default: false
  begin:
    description: Note in the journal that the machine is about to be booted. This is an act, and always a change.
    type: bool
    default: false
  lifetime:
    description: Seconds until a new ticket ends by itself.
    type: int
    default: 14400
  state_dir:
    description: Folder of the boot service.
    type: path
    default: /var/lib/ironacre/boot
  artifacts_dir:
    description: Folder of the artifacts. They must be there before a machine is sent for them.
    type: path
    default: /srv/ironacre/artifacts
extends_documentation_fragment:
  - ironacre.hci.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
    details:
      - A ticket holds the machine's host key.
  idempotent:
    support: partial
    details:
      - Not with O(begin=true).
author:
  - Ironacre contributors (@ironacre)
"""

EXAMPLES = r"""
- name: Permit the installation
  ironacre.hci.boot_ticket:
    host: n1
    mac: 52:54:00:70:00:14
    spec: "{{ spec }}"
    image: "{{ image }}"
    kernel: "{{ kernel }}"
    ramdisk: "{{ ramdisk }}"
  delegate_to: boot1
"""

RETURN = r"""
digest:
  description: Digest of the ticket's spec.
  type: str
  returned: when there is a ticket
"""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.boot_store import BootStore, new_token
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.spec import digest
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.ticket import Ticket, normal_mac
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import Finding, PlatformError, refuse

ARTIFACTS = ("image", "kernel", "ramdisk")
ARGUMENT_SPEC: dict[str, Any] = {
    "state": {"type": "str", "choices": ["armed", "closed", "done"], "default": "armed"},
    "mac": {"type": "str", "required": True},
    "host": {"type": "str"},
    "spec": {"type": "dict"},
    **{name: {"type": "dict"} for name in ARTIFACTS},
    "kernel_args": {"type": "str", "default": ""},
    "files": {"type": "list", "elements": "dict", "default": [], "no_log": True},
    "allow_foreign": {"type": "list", "elements": "str", "default": []},
    "allow_all": {"type": "bool", "default": False},
    "begin": {"type": "bool", "default": False},
    "lifetime": {"type": "int", "default": 14400},
    "state_dir": {"type": "path", "default": "/var/lib/ironacre/boot"},
    "artifacts_dir": {"type": "path", "default": "/srv/ironacre/artifacts"},
}


def keep_ticket(module: AnsibleModule) -> dict[str, Any]:
    params = module.params
    store, now = BootStore(params["state_dir"]), time.time()
    if not store.folder.is_dir():
        raise PlatformError(f"{store.folder} is not there; run the role boot_server on this host first")
    found = store.ticket(params["mac"])
    if params["state"] != "armed":
        return close(module, store, found, now)
    check_artifacts(params)
    wanted = fitting(params, found, now, store.progress(params["mac"]).has_reached("finished"))
    changed = wanted != found
    if changed and not module.check_mode:
        store.save(wanted)
        if not found or found.token != wanted.token:
            store.add_event(params["mac"], "armed", wanted.digest, now)
    if params["begin"] and not module.check_mode:
        store.add_event(params["mac"], "boot", "", time.time())
    return {"changed": changed or params["begin"], "digest": wanted.digest}


def fitting(params: dict[str, Any], found: Ticket | None, now: float, finished: bool) -> Ticket:
    """The ticket wanted. It keeps token and times of the found one as long as that one may still be used for it."""
    wanted = Ticket(
        host=params["host"],
        mac=normal_mac(params["mac"]),
        token=new_token(params["mac"]),
        armed_at=now,
        expires_at=now + params["lifetime"],
        spec=params["spec"],
        digest=digest(params["spec"]),
        allow_foreign=tuple(params["allow_foreign"]),
        allow_all=params["allow_all"],
        files=tuple(params["files"]),
        kernel_args=params["kernel_args"],
        **{name: params[name] for name in ARTIFACTS},
    )
    if found and found.digest == wanted.digest and found.is_armed(now, finished):
        return replace(wanted, token=found.token, armed_at=found.armed_at, expires_at=found.expires_at)
    return wanted


def close(module: AnsibleModule, store: BootStore, found: Ticket | None, now: float) -> dict[str, Any]:
    if found is None or not found.open:
        return {"changed": False}
    if not module.check_mode:
        store.save(found.closed())
        if module.params["state"] == "done":
            store.add_event(found.mac, "done", "", now)
    return {"changed": True, "digest": found.digest}


def check_artifacts(params: dict[str, Any]) -> None:
    """A machine must not be sent for a file that is not there."""
    findings = []
    for artifact in (params[name] for name in ARTIFACTS):
        path = Path(params["artifacts_dir"], artifact["sha256"] or "", artifact["file"])
        if not path.is_file():
            found = f"{path} is missing on the boot server"
            findings.append(Finding(f"artifact {artifact['name']}", found, "run the role artifacts there"))
    refuse(findings)


def main() -> None:
    needed = ["host", "spec", *ARTIFACTS]
    module = AnsibleModule(
        argument_spec=ARGUMENT_SPEC, required_if=[("state", "armed", needed)], supports_check_mode=True
    )
    run(module, keep_ticket)


if __name__ == "__main__":
    main()
