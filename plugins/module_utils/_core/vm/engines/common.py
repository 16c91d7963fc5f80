# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the engines that do not copy themselves need to know: the source as they reach it, and what they watch.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from ...errors import Finding
from ..mapping import PART_OF, PREFIX
from ..naming import label_value, object_name
from ..settings import BRIDGE, Settings

Object = dict[str, Any]
ENGINES = ("stream", "cdi", "forklift", "harvester")
PASSWORD_KEY, USER_KEY = "password", "user"


@dataclass(frozen=True)
class VSphere:
    """A vCenter or ESXi as the cluster reaches it. secret: a Secret of the namespace with its credentials.

    thumbprint: SHA-1 of its certificate as `AA:BB:...`, which VDDK and Forklift want.
    """

    hostname: str
    secret: str
    datacenter: str = ""
    thumbprint: str = ""
    kind: str = "vcenter"

    @property
    def sdk_url(self) -> str:
        """The SOAP endpoint."""
        return f"https://{self.hostname}/sdk"


@dataclass(frozen=True)
class Watched:
    """How far an engine is. phase: its own word. done, failed: it is over. reason: why it failed or waits."""

    phase: str = ""
    progress: str = ""
    done: bool = False
    failed: bool = False
    reason: str = ""
    machine: str = ""

    def report(self) -> dict[str, Any]:
        """For people and modules."""
        return {"phase": self.phase, "progress": self.progress, "reason": self.reason, "machine": self.machine}


def metadata(name: str, namespace: str, machine: str, annotations: Mapping[str, str] | None = None) -> Object:
    """Name, place and labels of an object that belongs to an import."""
    labels = {"app.kubernetes.io/managed-by": PART_OF, f"{PREFIX}/machine": label_value(object_name(machine))}
    found: Object = {"name": name, "namespace": namespace, "labels": labels}
    return {**found, "annotations": dict(annotations)} if annotations else found


def conditions_of(live: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Conditions by type."""
    return {str(item.get("type")): item for item in live.get("status", {}).get("conditions") or []}


def is_true(conditions: Mapping[str, Mapping[str, Any]], name: str) -> bool:
    return str(conditions.get(name, {}).get("status", "")) == "True"


def messages(conditions: Mapping[str, Mapping[str, Any]], *categories: str) -> list[str]:
    """Messages of true conditions of these categories, with the items they are about."""
    found = []
    for condition in conditions.values():
        if str(condition.get("status")) == "True" and condition.get("category") in categories:
            items = ", ".join(condition.get("items") or [])
            found.append(f"{condition.get('message') or condition.get('type')}{f' ({items})' if items else ''}")
    return found


def binding_findings(settings: Settings, engine: str) -> Iterator[Finding]:
    """An engine that makes the machine itself bridges every attachment."""
    for number, rule in enumerate(settings.networks):
        if rule.binding not in ("", BRIDGE):
            found = f"the engine {engine} bridges every network attachment"
            way_out = "leave it out, or use the engine stream"
            yield Finding(f"mapping.networks[{number}].binding", found, way_out)


def source_findings(source: VSphere) -> Iterator[Finding]:
    """What no engine can work with."""
    if not source.hostname or urlsplit(f"//{source.hostname}").hostname is None:
        yield Finding(
            "source.hostname", f"{source.hostname!r} is no host", "name the vCenter as the cluster reaches it"
        )
    if not source.secret:
        yield Finding(
            "engine_options.secret", "is missing", "name a Secret of the target namespace with the credentials"
        )


def chunks(items: Sequence[Any], size: int) -> list[tuple[Any, ...]]:
    """The items in their order, at most `size` in one."""
    return [tuple(items[start : start + size]) for start in range(0, len(items), size)]
