# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's variables as plain data, with every value that cannot be computed told by its place.

This plugin util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleError

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import Finding
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.model import Inventory

PREFIX = "hci_"
Groups = Mapping[str, Sequence[str]]
GROUPS = ("hci_boot", "hci_nodes", "hci_servers", "hci_agents")


class Reader:
    """Computes templated values one by one, so that one undefined variable does not hide the next."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def plain(self, place: str, read: Callable[[], Any]) -> Any:
        """The value as dict, list, text, number, bool or None; None where it cannot be computed."""
        try:
            value = read()
        except AnsibleError as error:
            self.findings.append(Finding(place, first_line(error), "define the variable, or correct the template"))
            return None
        if isinstance(value, Mapping):
            return {str(key): self.plain(f"{place}.{key}", lambda key=key: value[key]) for key in value}
        if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
            return [self.plain(f"{place}[{n}]", lambda n=n: value[n]) for n in range(len(value))]
        return str(value) if isinstance(value, str) else value

    def inventory(self, groups: Groups, hostvars: Mapping[str, Any], here: str) -> Inventory:
        """The whole inventory. here: the host the task runs for, which has the shared values when there is no node."""
        names = tuple(dict.fromkeys(host for group in GROUPS for host in groups.get(group, ())))
        # A node rather than the implicit localhost: that one knows no inventory_dir.
        shared = self.variables("", hostvars[names[-1] if names else here], without={"hci_node"})
        hosts = {host: self.variables(f"{host}.", hostvars[host], without=set(shared)) for host in names}
        return Inventory({name: tuple(groups.get(name, ())) for name in GROUPS}, hosts, shared)

    def variables(self, place: str, values: Mapping[str, Any], without: set[str]) -> dict[str, Any]:
        """The collection's variables of one host."""
        wanted = [name for name in ours(values) if name not in without]
        return {name: self.plain(f"{place}{name}", lambda name=name: values[name]) for name in wanted}


def ours(variables: Mapping[str, Any]) -> list[str]:
    """Names of the collection's variables; those of its role hci_report are checked by the role."""
    return sorted(name for name in variables if name.startswith(PREFIX) and not name.startswith("hci_report_"))


def first_line(error: AnsibleError) -> str:
    """The reason without the excerpt of the file, which could show a secret."""
    return str(error.message).strip().splitlines()[0].rstrip(".")
