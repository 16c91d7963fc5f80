# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Longhorn's settings, the storage classes and the snapshot classes. This module util is private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.storage_classes import DEFAULT, VIRT_DEFAULT

Object = dict[str, Any]
DRIVER = "driver.longhorn.io"


def setting(namespace: str, name: str, value: Any) -> Object:
    """A Setting object; Longhorn keeps all values as texts."""
    return {
        "apiVersion": "longhorn.io/v1beta2",
        "kind": "Setting",
        "metadata": {"name": name, "namespace": namespace},
        "value": setting_text(value),
    }


def setting_text(value: Any) -> str:
    """The text Longhorn stores for a value."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def storage_class(wanted: Mapping[str, Any]) -> Object:
    """wanted: name, parameters, and default, virt_default, binding_mode, reclaim_policy where needed.

    No fsType: with one, a volume that should be raw and migratable becomes a file system of one node."""
    annotations = {}
    if wanted.get("default"):
        annotations[DEFAULT] = "true"
    if wanted.get("virt_default"):
        annotations[VIRT_DEFAULT] = "true"
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": wanted["name"], **({"annotations": annotations} if annotations else {})},
        "provisioner": DRIVER,
        "allowVolumeExpansion": True,
        "reclaimPolicy": wanted.get("reclaim_policy", "Delete"),
        "volumeBindingMode": wanted.get("binding_mode", "Immediate"),
        "parameters": {key: setting_text(value) for key, value in (wanted.get("parameters") or {}).items()},
    }


def snapshot_class(wanted: Mapping[str, Any]) -> Object:
    """wanted: name, type (snap or bak), and default, deletion_policy where needed."""
    annotations = {"snapshot.storage.kubernetes.io/is-default-class": "true"} if wanted.get("default") else {}
    return {
        "apiVersion": "snapshot.storage.k8s.io/v1",
        "kind": "VolumeSnapshotClass",
        "metadata": {"name": wanted["name"], **({"annotations": annotations} if annotations else {})},
        "driver": DRIVER,
        "deletionPolicy": wanted.get("deletion_policy", "Delete"),
        "parameters": {"type": wanted["type"]},
    }
