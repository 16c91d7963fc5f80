# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which storage class is the default: exactly one. This module util is private to the collection.

With two, the newest one wins by Kubernetes' rule, so that a class that is made anew takes the volumes over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Object = Mapping[str, Any]
DEFAULT = "storageclass.kubernetes.io/is-default-class"
VIRT_DEFAULT = "storageclass.kubevirt.io/is-default-virt-class"
MARKS = {DEFAULT: "the default", VIRT_DEFAULT: "the default of virtual machines"}
# Longhorn makes a class of its own out of a text in this ConfigMap, and makes it anew when the text changes.
OWN_CLASS = "longhorn-storageclass"
_MARKED = re.compile(rf"^(\s*{re.escape(DEFAULT)}:\s*)[\"']?true[\"']?\s*$", re.MULTILINE)


def judge_default(classes: Iterable[Object]) -> Iterator[str]:
    """What is wrong with the marks."""
    found = list(classes)
    if not _marked(found, DEFAULT):
        yield "no storage class is the default; set default: true on one of longhorn_storage_classes"
    for mark, what in MARKS.items():
        names = _marked(found, mark)
        if len(names) > 1:
            yield (
                f"{len(names)} storage classes are {what} ({', '.join(names)}); exactly one may be: "
                f"take the annotation {mark} from the others, or default: true from longhorn_storage_classes"
            )


def _marked(classes: Iterable[Object], mark: str) -> list[str]:
    return sorted(one["metadata"]["name"] for one in classes if _annotations(one).get(mark) == "true")


def _annotations(thing: Object) -> Mapping[str, str]:
    return thing["metadata"].get("annotations") or {}


def superfluous_marks(
    existing: Iterable[Object], wanted: Sequence[Mapping[str, Any]], manager: str
) -> list[dict[str, Any]]:
    """Patches that take marks from classes that are no longer wanted, where `manager` has set them: nobody else's."""
    kept = {one["name"] for one in wanted}
    patches = []
    for one in existing:
        gone = [mark for mark in MARKS if mark in _annotations(one) and mark in _owned(one, manager)]
        if gone and one["metadata"]["name"] not in kept:
            metadata = {"name": one["metadata"]["name"], "annotations": dict.fromkeys(gone)}
            patches.append({"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": metadata})
    return patches


def _owned(thing: Object, manager: str) -> set[str]:
    """Annotations that a field manager has applied."""
    entries = thing["metadata"].get("managedFields") or []
    fields = [one.get("fieldsV1") or {} for one in entries if one.get("manager") == manager]
    owned = [one.get("f:metadata", {}).get("f:annotations", {}) for one in fields]
    return {key.removeprefix("f:") for keys in owned for key in keys}


def yield_default(objects: Iterable[dict[str, Any]], wanted: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Longhorn's manifest; its own class is not the default when one of the wanted classes is."""
    yields = any(one.get("default") for one in wanted)
    return [_not_default(one) if yields and _is_own(one) else one for one in objects if one]


def _is_own(thing: Object) -> bool:
    return bool(thing.get("kind") == "ConfigMap" and thing["metadata"]["name"] == OWN_CLASS)


def _not_default(thing: Object) -> dict[str, Any]:
    return {**thing, "data": {key: _MARKED.sub(r'\1"false"', text) for key, text in thing["data"].items()}}
