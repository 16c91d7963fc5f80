#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: boot_event_info
short_description: Read how far the installation of a machine is, or wait until it got there
version_added: 0.1.0
description:
  - Runs on the boot server and reads the machine's journal.
  - Waiting ends at the stage wanted, at a fault, or when no event came for as long as the stage may take.
    It never fails the task, so that a play can try again and tell why.
options:
  mac:
    description: MAC address of the NIC the machine boots from.
    type: str
    required: true
  address:
    description: Address of the machine, to find its lines in the log of DHCP and TFTP.
    type: str
    default: ""
  until:
    description: Stage to wait for, such as V(script) or V(finished). Without it nothing is waited for.
    type: str
    choices:
      - armed
      - boot
      - script
      - kernel
      - agent
      - approved
      - downloading
      - verified
      - writing
      - written
      - configured
      - finished
      - done
  deadlines:
    description: Seconds without an event after which a stage counts as stalled, where the built-in ones do not fit.
    type: dict
    default: {}
  unit:
    description: Unit of dnsmasq, whose log is read when an installation stalls before its first script.
    type: str
    default: ironacre-dnsmasq.service
  state_dir:
    description: Folder of the boot service.
    type: path
    default: /var/lib/ironacre/boot
extends_documentation_fragment:
  - ironacre.hci.attributes
  - ironacre.hci.attributes.read_only
author:
  - Ironacre contributors (@ironacre)
"""

EXAMPLES = r"""
- name: Wait until the image is installed
  ironacre.hci.boot_event_info:
    mac: 52:54:00:70:00:14
    until: finished
  delegate_to: boot1
  register: journal
"""

RETURN = r"""
reached:
  description: Whether O(until) was reached.
  type: bool
  returned: success
stage:
  description: The stage the machine is at, empty before its first ticket.
  type: str
  returned: success
fault:
  description: Why the installation ended early, empty while it did not.
  type: str
  returned: success
idle:
  description: Seconds since the last event.
  type: float
  returned: success
boots:
  description: How often the machine was booted for this ticket.
  type: int
  returned: success
claims:
  description: Disks that hold our own unfinished image.
  type: list
  elements: str
  returned: success
digest:
  description: Digest of the open ticket's spec, empty without an open ticket.
  type: str
  returned: success
events:
  description: The journal since the ticket was written.
  type: list
  elements: dict
  returned: success
traces:
  description: Lines of DHCP and TFTP that concern the machine, when it stalled before its first script.
  type: list
  elements: str
  returned: success
"""

import time
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.boot_store import BootStore
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.diagnosis import traces_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.events import DEADLINES, STAGES, Progress
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.ticket import normal_mac

POLL_SECONDS = 0.5
MOST_TRACES = 40
ARGUMENT_SPEC: dict[str, Any] = {
    "mac": {"type": "str", "required": True},
    "address": {"type": "str", "default": ""},
    "until": {"type": "str", "choices": list(STAGES)},
    "deadlines": {"type": "dict", "default": {}},
    "unit": {"type": "str", "default": "ironacre-dnsmasq.service"},
    "state_dir": {"type": "path", "default": "/var/lib/ironacre/boot"},
}


def watch(module: AnsibleModule) -> dict[str, Any]:
    params = module.params
    store, mac = BootStore(params["state_dir"]), params["mac"]
    until, limits = params["until"], {**DEADLINES, **{key: int(value) for key, value in params["deadlines"].items()}}
    progress = store.progress(mac)
    while until and waits(progress, until, limits):
        time.sleep(POLL_SECONDS)
        progress = store.progress(mac)
    reached = bool(until) and not progress.fault and progress.has_reached(until)
    stuck = bool(until) and not reached and progress.stage == "boot"
    return {
        "changed": False,
        "reached": reached,
        **described(progress),
        "digest": open_digest(store, mac),
        "events": since_armed(store.journal(mac)),
        "traces": traces(module, progress) if stuck else [],
    }


def waits(progress: Progress, until: str, limits: dict[str, int]) -> bool:
    idle = time.time() - progress.since
    return not progress.fault and not progress.has_reached(until) and idle < limits.get(progress.stage, 0)


def described(progress: Progress) -> dict[str, Any]:
    return {
        "stage": progress.stage,
        "fault": progress.fault,
        "idle": round(max(0.0, time.time() - progress.since), 1) if progress.since else 0.0,
        "boots": progress.boots,
        "claims": [disk for disk, _begun in progress.claims],
    }


def open_digest(store: BootStore, mac: str) -> str:
    ticket = store.ticket(mac)
    return ticket.digest if ticket and ticket.open and time.time() < ticket.expires_at else ""


def since_armed(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    armed = [index for index, event in enumerate(events) if event["stage"] == "armed"]
    return events[armed[-1] if armed else 0 :]


def traces(module: AnsibleModule, progress: Progress) -> list[str]:
    since = f"@{int(progress.since)}"
    command = ["journalctl", "--unit", module.params["unit"], "--since", since, "--output", "cat", "--no-pager"]
    _code, lines, _errors = module.run_command(command)
    words = [normal_mac(module.params["mac"]), module.params["address"]]
    return list(traces_of(lines.splitlines(), words).lines)[-MOST_TRACES:]


def main() -> None:
    run(AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True), watch)


if __name__ == "__main__":
    main()
