# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the report tells, as data.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Node:
    """One node. ready: None when the cluster does not know it (yet). nics: names with their type. memory in GiB."""

    name: str
    role: str = "agent"
    address: str = ""
    provision: str = ""
    serial: str = ""
    ready: bool | None = None
    version: str = ""
    system: str = ""
    kernel: str = ""
    cpus: int = 0
    memory: float = 0.0
    vm_host: bool = True
    nics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Network:
    """One network. about: its VLAN or range. nodes: names of those on it."""

    name: str
    about: str = ""
    kind: str = "vm"
    nodes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vm:
    """One VM. facts: label and value, in the order they are told. route: nodes it moved over, the present one last."""

    name: str
    namespace: str = ""
    status: str = ""
    node: str = ""
    networks: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    route: tuple[str, ...] = ()


@dataclass(frozen=True)
class Component:
    """One part of the stack. healthy: by its exact condition, which `state` says in words."""

    name: str
    version: str = ""
    state: str = ""
    healthy: bool = True


@dataclass(frozen=True)
class Report:
    """All of it. history: the stages' file (see stages.paces). generated: time as text. notes: what stands in."""

    title: str
    generated: str = ""
    version: str = ""
    api: str = ""
    nodes: tuple[Node, ...] = ()
    networks: tuple[Network, ...] = ()
    vms: tuple[Vm, ...] = ()
    components: tuple[Component, ...] = ()
    notes: tuple[str, ...] = ()
    history: Any = None


PARTS = {"nodes": Node, "networks": Network, "vms": Vm, "components": Component}


def report_of(document: Mapping[str, Any]) -> Report:
    """A Report out of plain data with the same names; keys it does not know are left out."""
    given = {field.name: document[field.name] for field in fields(Report) if field.name in document}
    for key, kind in PARTS.items():
        given[key] = tuple(one_of(kind, entry) for entry in given.get(key) or ())
    given["notes"] = tuple(given.get("notes") or ())
    return Report(**given)


def one_of(kind: Any, entry: Mapping[str, Any]) -> Any:
    """A Node, Network, Vm or Component; lists become tuples, and a mapping of facts its pairs."""
    values = {}
    for field in fields(kind):
        value = entry.get(field.name)
        if isinstance(value, Mapping):
            value = tuple((str(key), str(text)) for key, text in value.items())
        elif isinstance(value, list):
            value = tuple(value)
        if value is not None:
            values[field.name] = value
    return kind(**values)
