# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: provision_decision
short_description: What a run has to do with a node that is installed from an image
version_added: 0.1.0
description:
  - Derived from the receipt read over SSH, then the journal of the boot server, then the power state.
author:
  - Ironacre contributors
options:
  _input:
    description: Result of M(ironacre.hci.node_receipt_info), also of an unreachable node.
    type: dict
    required: true
  host:
    description: Name of the node.
    type: str
    required: true
  spec:
    description: What shall be installed.
    type: dict
    required: true
  journal:
    description: Result of M(ironacre.hci.boot_event_info), where it was asked.
    type: dict
    default: {}
  power:
    description: V(on), V(off) or empty.
    type: str
    default: ""
  confirmed:
    description: Whether the operator confirmed to install over a system that answers.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Decide
  ansible.builtin.set_fact:
    decision: "{{ receipt | ironacre.hci.provision_decision(host=inventory_hostname, spec=spec, journal=journal) }}"
"""

RETURN = r"""
_value:
  description: Keys V(action), one of V(none), V(wait_ssh), V(wait_install), V(install), V(refuse), and V(reason).
  type: dict
"""

from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.decision import Found, decide
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.events import Progress

FOREIGN_WORDS = ("permission denied", "host key verification failed", "host identification has changed")


def provision_decision(
    read: Mapping[str, Any],
    host: str,
    spec: Mapping[str, Any],
    journal: Mapping[str, Any] | None = None,
    power: str = "",
    confirmed: bool = False,
) -> dict[str, str]:
    found = Found(ssh_state(read), read.get("receipt"), power=power, **journal_part(journal or {}))
    decision = decide(host, spec, found, confirmed)
    return {"action": decision.action, "reason": decision.reason}


def ssh_state(read: Mapping[str, Any]) -> str:
    if not read.get("unreachable"):
        return "ok"
    said = str(read.get("msg", "")).lower()
    return "foreign" if any(words in said for words in FOREIGN_WORDS) else "down"


def journal_part(journal: Mapping[str, Any]) -> dict[str, Any]:
    progress = Progress(journal.get("stage", ""), fault=journal.get("fault", ""), boots=journal.get("boots", 0))
    return {"progress": progress, "idle": journal.get("idle", 0.0), "ticket_digest": journal.get("digest", "")}


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"provision_decision": provision_decision}
