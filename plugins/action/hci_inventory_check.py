# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import InputErrors
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.check import check
from ansible_collections.ironacre.hci.plugins.plugin_utils.variables import Reader


class ActionModule(ActionBase):
    """Reads the variables itself: as arguments of a task, the passwords among them would be printed by -vvv."""

    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False
    _VALID_ARGS = frozenset()

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        if self._task.args:
            raise AnsibleActionFail(f"unsupported options: {', '.join(sorted(self._task.args))}")
        variables = task_vars or {}
        reader = Reader()
        inventory = reader.inventory(variables["groups"], variables["hostvars"], variables["inventory_hostname"])
        verdict = check(inventory)
        result.update(changed=False, warnings=list(verdict.warnings), nodes=list(inventory.node_names()))
        # What could not be computed is missing for the check: only the reason is worth telling.
        lost = {finding.place for finding in reader.findings}
        findings = [*reader.findings, *(finding for finding in verdict.findings if finding.place not in lost)]
        if findings:
            errors = InputErrors(findings)
            result.update(failed=True, msg=summary(findings, inventory.node_names()) + errors.message, **errors.facts)
        return result


def summary(findings: list[Any], nodes: tuple[str, ...]) -> str:
    """The headline over the findings."""
    return f"{len(findings)} contradiction(s) in the inventory of {len(nodes)} node(s); nothing was changed.\n"
