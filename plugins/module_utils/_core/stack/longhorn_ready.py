# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When Longhorn is ready. This module util is private to the collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.objects import (
    Object,
    Objects,
    all_of,
    condition,
    daemon_set,
    deployment,
    name_of,
    reason_of,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.storage_classes import judge_default

DRIVER = "driver.longhorn.io"


def judge_longhorn(objects: Objects, settings: Mapping[str, str]) -> Iterator[str]:
    yield from daemon_set(objects, "longhorn-manager", 1)
    yield from deployment(objects, "longhorn-driver-deployer")
    yield from _csi(objects, DRIVER)
    yield from _longhorn_nodes(objects)
    yield from _engine_images(objects)
    yield from _instance_managers(objects)
    yield from _settings(objects, settings)
    yield from judge_default(all_of(objects, "storageclasses"))


def _csi(objects: Objects, driver: str) -> Iterator[str]:
    """A node selector may keep Longhorn off a node: only Longhorn's own nodes have to register its driver."""
    if driver not in map(name_of, all_of(objects, "csidrivers")):
        yield f"CSIDriver {driver} is not there"
    drivers = {name_of(node): node.get("spec", {}).get("drivers") or [] for node in all_of(objects, "csinodes")}
    for node in map(name_of, all_of(objects, "longhorn_nodes")):
        if driver not in [one.get("name") for one in drivers.get(node, [])]:
            yield f"node {node} has not registered {driver}"


def _longhorn_nodes(objects: Objects) -> Iterator[str]:
    nodes = all_of(objects, "longhorn_nodes")
    if not nodes:
        yield "Longhorn knows no node"
    for node in nodes:
        for kind in ("Ready", "Schedulable"):
            if condition(node, kind) != "True":
                yield f"Longhorn's node {name_of(node)} is not {kind}{reason_of(node, kind)}"
        yield from _disks(node)


def _disks(node: Object) -> Iterator[str]:
    disks = [{"status": disk} for disk in (node.get("status", {}).get("diskStatus") or {}).values()]
    if not any(condition(disk, "Ready") == condition(disk, "Schedulable") == "True" for disk in disks):
        why = "".join(sorted({reason_of(disk, kind) for disk in disks for kind in ("Ready", "Schedulable")}))
        yield f"Longhorn's node {name_of(node)} has no disk that is ready and schedulable{why}"


def _engine_images(objects: Objects) -> Iterator[str]:
    images = all_of(objects, "engineimages")
    if not images:
        yield "no engine image is there"
    for image in images:
        status = image.get("status", {})
        waiting = [node for node, done in (status.get("nodeDeploymentMap") or {}).items() if not done]
        if status.get("state") != "deployed" or waiting:
            where = f", missing on {', '.join(sorted(waiting))}" if waiting else ""
            yield f"engine image {name_of(image)} is {status.get('state', 'unknown')}{where}"


def _instance_managers(objects: Objects) -> Iterator[str]:
    running = {
        one.get("spec", {}).get("nodeID")
        for one in all_of(objects, "instancemanagers")
        if one.get("status", {}).get("currentState") == "running"
    }
    for node in all_of(objects, "longhorn_nodes"):
        if name_of(node) not in running:
            yield f"no instance manager runs on {name_of(node)}"


def _settings(objects: Objects, wanted: Mapping[str, str]) -> Iterator[str]:
    """Read back: Longhorn clears or ignores a value it does not like, without an error."""
    there = {name_of(one): one for one in all_of(objects, "settings")}
    for name, value in wanted.items():
        found = there.get(name, {})
        if found.get("value") != value:
            yield f"setting {name} is {found.get('value')!r}, wanted is {value!r}"
        elif found.get("status", {}).get("applied") is False:
            yield f"setting {name} is not applied yet"
