# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of a declared object the cluster does not have. This module util is private to the collection.

Server-side apply of an object that is right already changes nothing, and costs the API server more than all the rest of
an unchanged run: definitions of custom resources have thousands of fields. So objects are read and compared first.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Object = dict[str, Any]
# Digest of what was declared when it was applied last: a field that left the declaration is nowhere else to be seen.
DECLARED = "ironacre.hci/declared"
# What the server writes, not who declares.
_SERVERS = ("managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "selfLink")


def marked(declared: Mapping[str, Any]) -> Object:
    """The object with the digest of itself as an annotation."""
    digest = hashlib.sha256(json.dumps(declared, sort_keys=True).encode("utf-8")).hexdigest()
    whole = copy.deepcopy(dict(declared))
    metadata = whole.setdefault("metadata", {})
    metadata["annotations"] = {**(metadata.get("annotations") or {}), DECLARED: digest}
    return whole


def namespaces(objects: Iterable[Mapping[str, Any]]) -> list[Object]:
    """The namespaces of these objects, each once."""
    names = dict.fromkeys(one["metadata"].get("namespace") for one in objects)
    return [{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in names if name]


def difference(declared: Mapping[str, Any], live: Mapping[str, Any] | None) -> str:
    """The first place where a marked object and the cluster's differ, with both values; empty when there is none."""
    if live is None:
        return "is not there"
    return _difference({key: value for key, value in declared.items() if key != "status"}, live, "")


def plain(live: Mapping[str, Any] | None) -> Object:
    """The object without what the server keeps about it; empty when it is not there."""
    if live is None:
        return {}
    metadata = {key: value for key, value in live.get("metadata", {}).items() if key not in _SERVERS}
    return {**{key: value for key, value in live.items() if key != "status"}, "metadata": metadata}


def _difference(declared: Any, live: Any, place: str) -> str:
    if isinstance(declared, Mapping) and isinstance(live, Mapping):
        return _first((value, live.get(key), f"{place}.{key}".lstrip(".")) for key, value in declared.items())
    if _is_list(declared) and _is_list(live) and len(declared) == len(live):
        pairs = zip(declared, live, strict=True)
        return _first((one, other, f"{place}[{index}]") for index, (one, other) in enumerate(pairs))
    # Servers leave out what is empty or false.
    if declared == live or (not declared and not live):
        return ""
    return f"{place} is {_short(live)}, declared is {_short(declared)}"


def _first(parts: Any) -> str:
    return next((found for found in (_difference(*part) for part in parts) if found), "")


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _short(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, default=str)
    return text if len(text) <= 80 else f"{text[:77]}..."
