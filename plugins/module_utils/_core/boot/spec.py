# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an installation is bound to, the receipt a node keeps of it, and the difference between the two.

Only what an installer decides once belongs to a spec: the machine, the disk, the image. Network and keys change later
without an installation, and must not look like drift.
This module util is private to the collection.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

RECEIPT_PATH = "/etc/ironacre/receipt.json"


def spec_of(host: str, node: Mapping[str, Any], image: Mapping[str, Any]) -> dict[str, Any]:
    """The spec of a node. image: entry of the artifact lock."""
    identity = node.get("identity") or {}
    return {
        "host": host,
        "serial": identity.get("serial"),
        "uuid": str(identity["uuid"]).lower() if identity.get("uuid") else None,
        "root_device": {key: value for key, value in (node.get("root_device") or {}).items() if value is not None},
        "image": {"name": image["name"], "version": str(image["version"]), "sha256": image["sha256"]},
    }


def digest(spec: Mapping[str, Any]) -> str:
    """SHA-256 of the spec's canonical JSON."""
    return hashlib.sha256(json.dumps(spec, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def receipt(spec: Mapping[str, Any], disk: str, installed_at: str) -> dict[str, Any]:
    """What lies on the node afterwards. Holds nothing secret, but is readable by root only."""
    return {"version": 1, "digest": digest(spec), "spec": dict(spec), "disk": disk, "installed_at": installed_at}


def drift(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> tuple[str, ...]:
    """The differences of a receipt to a spec, one line each, empty where there are none."""
    return tuple(_differences("", found.get("spec") or {}, wanted))


def _differences(place: str, found: Any, wanted: Any) -> Iterator[str]:
    if isinstance(found, Mapping) and isinstance(wanted, Mapping):
        for key in sorted({*found, *wanted}):
            yield from _differences(f"{place}.{key}" if place else str(key), found.get(key), wanted.get(key))
    elif found != wanted:
        yield f"{place}: installed {found}, declared {wanted}"
