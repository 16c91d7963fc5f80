# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which journal is that of which machine of an estate.

A name tells little: imports of other namespaces have the same ones, and machines get others on the way. The identity
at the source stays. This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .naming import object_name

Entry = Mapping[str, Any]
KIND = "vsphere"


def identity_of(vm: Mapping[str, Any]) -> str:
    """As the journal of its import tells its source. Empty for machines whose files are their identity."""
    found = (vm.get("extra") or {}).get("instance_uuid") or ""
    return f"{KIND} {found}".lower() if found else ""


def journals_of(imports: Iterable[Entry], subjects: Iterable[tuple[str, str, str]]) -> dict[str, Entry]:
    """Name at the source -> its journal. subjects: name, name at the target (may be empty), identity (may be)."""
    by_identity: dict[str, Entry] = {}
    by_name: dict[str, Entry] = {}
    for entry in imports:
        source = str(entry.get("source") or "").lower()
        if source.startswith(f"{KIND} "):
            by_identity[source] = entry
        by_name[str(entry["name"])] = entry
    found: dict[str, Entry] = {}
    for name, target, identity in subjects:
        journal = by_identity.get(identity.lower()) or by_name.get(object_name(target or name))
        if journal and not _is_of_another(journal, identity):
            found[name] = journal
    return found


def _is_of_another(journal: Entry, identity: str) -> bool:
    source = str(journal.get("source") or "").lower()
    return bool(identity) and source.startswith(f"{KIND} ") and source != identity.lower()
