# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: windows_guest_plan
short_description: What a running Windows guest needs before its import, and the evidence of what it has
version_added: 0.1.0
description:
  - Decides for the role P(ironacre.hci.vm_guest_prepare#role); it reads and changes nothing itself.
options:
  _input:
    description:
      - What was read on the guest. C(drivers), the output of C(pnputil /enum-drivers). C(files), results of
        M(ansible.windows.win_find) with checksums. C(keys), results of M(ansible.windows.win_reg_stat). C(services),
        of M(ansible.windows.win_service_info). C(protection), the return code of C(manage-bde), or none.
    type: dict
    required: true
  first:
    description: C(facts) and C(looks), as P(ironacre.hci.windows_guest_asks#filter) took them.
    type: dict
    required: true
  offered:
    description:
      - What the controller has. C(root), the folder virtio-win. C(files), results of M(ansible.builtin.find) with
        checksums. C(infs), results of M(ansible.builtin.slurp) for each INF.
    type: dict
    required: true
  agent:
    description: Whether the guest agent is to be installed.
    type: bool
    default: true
  hibernation_off:
    description: Whether hibernation and fast start are to be switched off.
    type: bool
    default: true
  disks_online:
    description: Whether disks on a new controller are to come online by themselves.
    type: bool
    default: true
author:
  - Ironacre contributors
"""

EXAMPLES = r"""
- name: See what is to be done
  ansible.builtin.debug:
    msg: "{{ (read | ironacre.hci.windows_guest_plan(first, offered)).steps }}"
"""

RETURN = r"""
_value:
  description:
    - C(missing), what the folder virtio-win lacks. C(steps), what is to be done, as sentences.
      C(remarks), what is worth knowing.
    - C(folders), C(copies), C(packages), C(values), C(removals), C(hibernation_off) and C(agent), the same as data.
    - C(prepared), the evidence, and C(text), its file.
  type: dict
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.guest.windows_plan import Wish
from ansible_collections.ironacre.hci.plugins.module_utils._core.guest.windows_role import decide


def windows_guest_plan(
    read: Mapping[str, Any],
    first: Mapping[str, Any],
    offered: Mapping[str, Any],
    agent: bool = True,
    hibernation_off: bool = True,
    disks_online: bool = True,
) -> dict[str, Any]:
    """What was read -> what is missing, what is to be done, what is proved."""
    wish = Wish(agent, hibernation_off, disks_online)
    return decide(first["facts"], first["looks"], read, {**offered, "root": offered["root"].rstrip("/")}, wish)


class FilterModule:
    """Offers windows_guest_plan."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"windows_guest_plan": windows_guest_plan}
