# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: import_wave
short_description: The imports of one wave of a plan, or of single machines
version_added: 0.1.0
author: Ironacre contributors (@ironacre)
description:
  - Takes a plan as M(ironacre.hci.vm_import_plan) returns it.
  - Returns what role C(vm_import) is told for each machine of one wave, in the order in which the plan starts them.
  - Credentials are left out; the source is not part of it.
  - C(not_before) and C(not_after) are the bounds of the wave's window, when O(estate) says when it opens.
options:
  _input:
    description: The plan.
    type: dict
    required: true
  estate:
    description: The variable C(hci_estate).
    type: dict
    required: true
  wave:
    description: Number of the wave. It may be left out with O(assessment) only.
    type: int
  method:
    description: Only machines that move this way.
    type: str
    choices: [cold, warm]
  only:
    description: Only these machines, by their name here or at the source.
    type: list
    elements: str
  assessment:
    description:
      - Without a wave, the machines of O(only) are taken from it. That is how machines are found that have moved,
        and are in no plan any more.
    type: dict
"""

EXAMPLES = r"""
- name: Show the pilots
  ansible.builtin.debug:
    msg: "{{ lookup('ansible.builtin.file', 'plan.yml') | from_yaml | ironacre.hci.import_wave(hci_estate, 0) }}"
"""

RETURN = r"""
_value:
  description: One entry per machine with name, vm, target, overrides, slots, and what is said of it.
  type: list
  elements: dict
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.estate import by_name
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.estate import wave as wave_of


def import_wave(
    plan: Mapping[str, Any],
    estate: Mapping[str, Any],
    wave: int | str = "",
    method: str = "",
    only: Collection[str] = (),
    assessment: Mapping[str, Any] | None = None,
) -> list[dict[str, Any]]:
    try:
        if wave == "":
            return by_name(assessment or {}, estate, _named(only, assessment))
        found = wave_of(plan, estate, int(wave))
        chosen = [one for one in found if not only or {one["name"], one["vm"]} & set(only)]
        return [one for one in chosen if method in ("", one["method"])]
    except PlatformError as error:
        raise AnsibleFilterError(error.message) from error


def _named(only: Collection[str], assessment: Mapping[str, Any] | None) -> Collection[str]:
    if not assessment:
        raise PlatformError("no wave is named; add -e wave=0, or another number of the plan")
    if not only:
        raise PlatformError(
            """no machine is named; add -e '{"import_only": ["web01"]}', or -e wave=0 for a whole wave"""
        )
    return only


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"import_wave": import_wave}
