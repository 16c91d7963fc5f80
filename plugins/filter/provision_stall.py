# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: provision_stall
short_description: One line that says why an installation did not go on
version_added: 0.1.0
description:
  - The fault that was told, or else the hop after which nothing was seen.
    DHCP, TFTP, script, kernel, agent, image or SSH.
author:
  - Ironacre contributors
options:
  _input:
    description: Result of M(ironacre.hci.boot_event_info).
    type: dict
    required: true
  host:
    description: Name of the node.
    type: str
    required: true
  power:
    description: V(on), V(off) or empty.
    type: str
    default: ""
"""

EXAMPLES = r"""
- name: Say why
  ansible.builtin.fail:
    msg: "{{ journal | ironacre.hci.provision_stall(host=inventory_hostname) }}"
"""

RETURN = r"""
_value:
  description: The line.
  type: str
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.diagnosis import Traces, diagnose
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.events import Progress


def provision_stall(journal: Mapping[str, Any], host: str, power: str = "") -> str:
    if journal.get("fault"):
        return f"{host}: the installation ended: {journal['fault']}"
    progress = Progress(stage=journal.get("stage", ""))
    return diagnose(host, progress, float(journal.get("idle", 0.0)), Traces(tuple(journal.get("traces", ()))), power)


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"provision_stall": provision_stall}
