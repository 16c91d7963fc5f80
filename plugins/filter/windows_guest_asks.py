# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: windows_guest_asks
short_description: Where to look on a running Windows guest before it is prepared for its import
version_added: 0.1.0
description:
  - Tells the role P(ironacre.hci.vm_guest_prepare#role) what to read on the guest and on the controller.
options:
  _input:
    description: Facts of M(ansible.windows.setup), with their prefix C(ansible_).
    type: dict
    required: true
  looks:
    description:
      - Results of M(ansible.windows.win_reg_stat) in a loop over the keys of the Windows version and of the network
        interfaces.
    type: list
    elements: dict
    required: true
  root:
    description: The folder of the controller that holds virtio-win, absolute; empty when none was named.
    type: str
    required: true
author:
  - Ironacre contributors
"""

EXAMPLES = r"""
- name: See what to read
  ansible.builtin.set_fact:
    asks: "{{ first.ansible_facts | ironacre.hci.windows_guest_asks(keys.results, '/srv/virtio-win') }}"
"""

RETURN = r"""
_value:
  description:
    - C(refusal), the evidence of a guest that cannot be prepared while it runs; empty for others, which have the other
      keys.
    - C(missing), what the operator has to mend first.
    - C(controller), folders with drivers. C(keys), keys of the registry. C(staging), C(drivers), C(programs) and
      C(facts), folders of the guest. C(fact_file), the file of the evidence. C(drive), the system disk.
  type: dict
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.guest.windows_role import asks


def windows_guest_asks(facts: Mapping[str, Any], looks: Sequence[Mapping[str, Any]], root: str) -> dict[str, Any]:
    """Facts and two keys -> what to read."""
    return asks(facts, looks, root.rstrip("/"))


class FilterModule:
    """Offers windows_guest_asks."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"windows_guest_asks": windows_guest_asks}
