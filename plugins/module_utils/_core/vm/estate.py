# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An estate: what is wished for each of its machines, and the way from an assessment to a plan to an import. Pure.

This module util is private to the collection.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from ..errors import Finding, InputErrors, refuse
from ..moments import moment
from .catalogue import CRITICAL
from .journals import identity_of
from .model import Vm
from .naming import object_name
from .settings import Settings, settings_of

MIB = 1 << 20
# What a machine may say of itself, beside the wishes for all.
_OWN = (
    *("mapping", "verify", "upload", "services", "run_strategy", "engine", "engine_options", "receiver"),
    *("shutdown", "compare"),
)
_FOR_PLANNER = ("group", "apart", "after", "windows", "dirty_mib_s")


def wishes_of(machines: Iterable[Mapping[str, Any]], known: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """Wishes by name. Raises InputErrors for names that no machine has and for names said twice."""
    found: dict[str, Mapping[str, Any]] = {}
    findings, names = [], set(known)
    for number, wish in enumerate(machines):
        place, name = f"machines[{number}].name", str(wish.get("name") or "")
        if name in found:
            findings.append(Finding(place, f"{name} is listed twice", "join the two entries"))
        elif name not in names:
            near = ", ".join(sorted(names)[:5]) or "none"
            findings.append(Finding(place, f"the source has no machine {name!r} (found: {near} ...)", "correct it"))
        found[name] = wish
    refuse(findings)
    return found


def settings_for(vm: Vm, options: Mapping[str, Any], wish: Mapping[str, Any]) -> Settings:
    """What the mapping of one machine needs. options: namespace, mapping and overrides for all."""
    target = {"namespace": options["namespace"], **(wish.get("target") or {})}
    own = {
        "target": target,
        "mapping": wish.get("mapping") or options.get("mapping"),
        "overrides": {**(options.get("overrides") or {}), **(wish.get("overrides") or {})},
    }
    return settings_of(own, str(target.get("name") or vm.name))


def items(assessment: Mapping[str, Any], machines: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The planner's machines from an assessment (its vms and concerns) and the wishes."""
    vms = [Vm.from_dict(vm) for vm in assessment["vms"]]
    wishes = wishes_of(machines, (vm.name for vm in vms))
    return [_item(vm, wishes.get(vm.name) or {}, assessment.get("concerns") or ()) for vm in vms]


def _item(vm: Vm, wish: Mapping[str, Any], concerns: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    grave = [
        f"{one['found']} ({one['id']})" for one in concerns if one["vm"] == vm.name and one["severity"] == CRITICAL
    ]
    capacity = sum(disk.capacity for disk in vm.disks)
    used = sum(disk.used or disk.capacity for disk in vm.disks)
    largest = max(vm.disks, key=lambda disk: disk.capacity, default=None)
    return {
        "name": vm.name,
        "target": object_name(str((wish.get("target") or {}).get("name") or vm.name)),
        "used_mib": round(min(used, capacity) / MIB, 1),
        "capacity_mib": round(capacity / MIB, 1),
        "host": vm.source.get("host") or "",
        "datastore": largest.datastore if largest else "",
        "network": vm.nics[0].network if vm.nics else "",
        "family": vm.guest.family,
        "identity": identity_of({"extra": vm.extra}),
        "downtime_limit": float(wish.get("downtime_limit_s") or 0),
        "blocked": str(wish.get("skip") or "; ".join(grave)),
        **{key: wish[key] for key in _FOR_PLANNER if key in wish},
    }


def by_name(assessment: Mapping[str, Any], estate: Mapping[str, Any], names: Iterable[str]) -> list[dict[str, Any]]:
    """The imports of these machines, whatever the plan of today says. names: at the source, or at the target."""
    vms = {str(vm["name"]): vm for vm in assessment.get("vms") or ()}
    found = {one["name"]: one for one in _imports([{"name": name, "method": "auto"} for name in vms], estate)}
    found.update({one["vm"]: one for one in found.values()})
    near = ", ".join(sorted(vms)[:5]) or "none"
    refuse(
        Finding("import_only", f"the assessment has no machine {name!r} (found: {near} ...)", "correct it")
        for name in names
        if name not in found
    )
    return [found[name] for name in names]


def wave(plan: Mapping[str, Any], estate: Mapping[str, Any], number: int) -> list[dict[str, Any]]:
    """The imports of one wave, in the order the plan starts them. Holds no credentials: the source is not in it."""
    chosen = [one for one in plan["waves"] if int(one["number"]) == number]
    if not chosen:
        listed = ", ".join(str(one["number"]) for one in plan["waves"]) or "none"
        refuse([Finding("wave", f"the plan has no wave {number} (found: {listed})", "name one of them, or plan again")])
    times = _times(str(chosen[0].get("window") or ""), estate.get("windows") or ())
    marks = {"import.ironacre.io/wave": str(number)}
    return [{**one, **times} for one in _imports(chosen[0]["vms"], estate, marks)]


def _times(window: str, windows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The bounds of a cut-over in this window; none when it does not say when it opens."""
    for number, one in enumerate(windows):
        if one["name"] == window and one.get("start"):
            opens = _opening(number, str(one["start"]))
            closes = opens + datetime.timedelta(seconds=float(one["seconds"]))
            return {"not_before": opens.isoformat(), "not_after": closes.isoformat()}
    return {}


def _opening(number: int, text: str) -> datetime.datetime:
    try:
        return moment(text)
    except ValueError as error:
        found, _semicolon, way_out = str(error).partition("; ")
        raise InputErrors([Finding(f"hci_estate.windows[{number}].start", found, way_out)]) from error


def _imports(
    rows: Iterable[Mapping[str, Any]], estate: Mapping[str, Any], marks: Mapping[str, str] = MappingProxyType({})
) -> Iterator[dict[str, Any]]:
    """marks: labels of all of them."""
    wishes = {str(wish.get("name")): wish for wish in estate.get("machines") or ()}
    for row in rows:
        wish = wishes.get(row["name"]) or {}
        target = {**(estate.get("target") or {}), **(wish.get("target") or {})}
        labels = {**(target.get("labels") or {}), **marks}
        name = object_name(str(target.get("name") or row["name"]))
        yield {
            "name": name,
            "vm": row["name"],
            "method": row["method"],
            "live": (estate.get("source") or {}).get("hostname") is not None,
            "max_downtime": int(wish.get("downtime_limit_s") or 0),
            "target": {**target, "name": name, "labels": labels},
            "overrides": {**(estate.get("overrides") or {}), **(wish.get("overrides") or {})},
            "slots": slots_of(row, estate.get("slots") or {}),
            **{key: wish.get(key) or estate[key] for key in _OWN if wish.get(key) or estate.get(key)},
        }


def slots_of(row: Mapping[str, Any], limits: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a copy shares with others, and how many may at once. limits: link, host, datastore."""
    names = {"link": "link", "host": row.get("host") or "", "datastore": row.get("datastore") or ""}
    return [
        {"kind": kind, "name": name, "count": int(limits[kind])}
        for kind, name in names.items()
        if name and limits.get(kind)
    ]
