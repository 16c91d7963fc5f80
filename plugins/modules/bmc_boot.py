#!/usr/bin/python
# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: bmc_boot
short_description: Set the boot override and the power state of a machine through its BMC
version_added: 0.1.0
description:
  - One session per call. Reads the state, writes the boot override, proves it by reading it back, then switches the
    power and waits until two readings in a row agree.
  - The boot mode is kept unless another one is asked for. Over IPMI every override names a mode, so a BMC that does not
    tell its mode is an error and nothing is sent.
  - Power is switched by off and on, never by reset, because IPMI repeats datagrams.
options:
  power:
    description: The power state wanted. V(cycle) switches off and on, or just on where the machine is off.
    type: str
    choices: ["on", "off", cycle, keep]
    default: keep
  boot:
    description: The boot override wanted.
    type: dict
    default: {}
    suboptions:
      target:
        description: What the machine boots from next. V(none) removes an override, V(keep) leaves it alone.
        type: str
        choices: [pxe, http, disk, cdrom, setup, none, keep]
        default: keep
      mode:
        description: Boot mode. V(keep) never changes it.
        type: str
        choices: [keep, uefi, bios]
        default: keep
      once:
        description: Whether the override is for the next boot only.
        type: bool
        default: true
  timeout:
    description: Seconds the machine may take to reach each power state.
    type: int
    default: 120
  attempts:
    description: How often a busy, full or silent BMC is asked, and an override written that does not read back.
    type: int
    default: 3
extends_documentation_fragment:
  - ironacre.hci.attributes
  - ironacre.hci.bmc
  - ironacre.hci.bmc.connection
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: partial
    details:
      - Not with O(power=cycle), which is an act and not a state.
      - Some BMCs do not show their override, so it is written each time.
author:
  - Ironacre contributors (@ironacre)
"""

EXAMPLES = r"""
- name: Boot the machine from the network once
  ironacre.hci.bmc_boot:
    bmc:
      address: 192.0.2.14
      username: admin
      password: "{{ vault_bmc_password }}"
    boot:
      target: pxe
    power: cycle
  delegate_to: localhost
"""

RETURN = r"""
before:
  description: Power and boot override that were found.
  type: dict
  returned: success
  sample: {"power": "off", "boot": {"target": "none", "mode": "uefi", "once": true}}
after:
  description: Power and boot override at the end, in check mode the expected ones.
  type: dict
  returned: success
driver:
  description: The protocol that was used.
  type: str
  returned: success
attempts:
  description: How often the override was written.
  type: int
  returned: success
timeline:
  description: What happened and when, in seconds since the start.
  type: list
  elements: dict
  returned: success
kind:
  description: Kind of the fault.
  type: str
  returned: failure
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.bmc import SystemClock, open_bmc
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.bmc import BMC_SPEC
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.converge import Journal, Limits, Outcome, converge
from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.endpoint import endpoint_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.model import TARGETS, Wish
from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.patience import PatientBmc, retry

BOOT_SPEC: dict[str, Any] = {
    "target": {"type": "str", "choices": [*TARGETS, "keep"], "default": "keep"},
    "mode": {"type": "str", "choices": ["keep", "uefi", "bios"], "default": "keep"},
    "once": {"type": "bool", "default": True},
}
ARGUMENT_SPEC: dict[str, Any] = {
    "bmc": {"type": "dict", "required": True, "options": BMC_SPEC},
    "power": {"type": "str", "choices": ["on", "off", "cycle", "keep"], "default": "keep"},
    "boot": {"type": "dict", "default": {}, "options": BOOT_SPEC},
    "timeout": {"type": "int", "default": 120},
    "attempts": {"type": "int", "default": 3},
}
PAUSE_SECONDS = 1.0


def boot(module: AnsibleModule) -> dict[str, Any]:
    params = module.params
    journal = Journal(SystemClock())
    endpoint = endpoint_of(params["bmc"])
    asked = params["boot"]
    wish = Wish(params["power"], asked.get("target", "keep"), asked.get("mode", "keep"), asked.get("once", True))
    limits = Limits(attempts=params["attempts"], power_timeout=params["timeout"])
    with retry(lambda: open_bmc(endpoint), limits.attempts, PAUSE_SECONDS, journal) as session:
        bmc = PatientBmc(session, limits.attempts, PAUSE_SECONDS, journal)
        outcome = converge(bmc, wish, limits, journal, module.check_mode)
    for warning in journal.warnings:
        module.warn(warning)
    return result(outcome, journal, bmc.driver)


def result(outcome: Outcome, journal: Journal, driver: str) -> dict[str, Any]:
    before, after = outcome.before.as_dict(), outcome.after.as_dict()
    return {
        "changed": outcome.plan.changes,
        "before": before,
        "after": after,
        "diff": {"before": before, "after": after},
        "driver": driver,
        "attempts": journal.writes,
        "timeline": journal.lines,
    }


def main() -> None:
    run(AnsibleModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True), boot)


if __name__ == "__main__":
    main()
