# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels and taints of a Node: what to change so that what the inventory declares is there and what it no longer
declares is gone, while what others set stays.

This module util is private to the collection.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

OWNED = "hci.ironacre.io/owned"
Taint = Mapping[str, str]


def parse_taint(text: str) -> dict[str, str]:
    """`key=value:Effect` or `key:Effect`, as on the command line of kubectl."""
    key_value, effect = text.rsplit(":", maxsplit=1)
    key, value = (*key_value.split("=", maxsplit=1), "")[:2]
    return {"key": key, "effect": effect, **({"value": value} if value else {})}


def node_patch(node: Mapping[str, Any], labels: Mapping[str, str], taints: Sequence[str]) -> dict[str, Any]:
    """A JSON merge patch, empty when nothing is to change. What is owned is noted in an annotation of the Node."""
    metadata = node.get("metadata", {})
    owned = _owned(metadata.get("annotations") or {})
    label_patch = _label_patch(metadata.get("labels") or {}, labels, owned["labels"])
    wanted = [parse_taint(text) for text in sorted(taints)]
    merged = _merge_taints(node.get("spec", {}).get("taints") or [], wanted, owned["taints"])
    note = _note(labels, wanted)
    patch: dict[str, Any] = {}
    if label_patch:
        patch["metadata"] = {"labels": label_patch}
    if merged is not None:
        patch["spec"] = {"taints": merged}
    if (metadata.get("annotations") or {}).get(OWNED) != note:
        patch.setdefault("metadata", {})["annotations"] = {OWNED: note}
    return patch


def _owned(annotations: Mapping[str, str]) -> dict[str, list[str]]:
    try:
        data = json.loads(annotations.get(OWNED, "{}"))
    except ValueError:
        data = {}
    return {"labels": list(data.get("labels", [])), "taints": list(data.get("taints", []))}


def _note(labels: Mapping[str, str], taints: Sequence[Taint]) -> str:
    return json.dumps({"labels": sorted(labels), "taints": sorted(map(_identity, taints))}, separators=(",", ":"))


def _label_patch(current: Mapping[str, str], wanted: Mapping[str, str], owned: Sequence[str]) -> dict[str, Any]:
    patch: dict[str, Any] = {key: value for key, value in wanted.items() if current.get(key) != value}
    patch.update({key: None for key in owned if key not in wanted and key in current})
    return patch


def _identity(taint: Taint) -> str:
    """Kubernetes tells taints apart by key and effect."""
    return f"{taint['key']}:{taint['effect']}"


def _merge_taints(
    current: Sequence[Taint], wanted: Sequence[Taint], owned: Sequence[str]
) -> list[dict[str, Any]] | None:
    """The whole new list (a merge patch replaces lists), or None when it would be the same."""
    mine = {_identity(taint): taint for taint in wanted}
    kept = [taint for taint in current if _identity(taint) not in owned and _identity(taint) not in mine]
    there = {_identity(taint): taint for taint in current}
    same = {name: taint.get("value", "") for name, taint in mine.items()} == {
        name: there[name].get("value", "") for name in mine if name in there
    }
    if same and len(kept) + len(mine) == len(current):
        return None
    return [dict(taint) for taint in (*kept, *mine.values())]
