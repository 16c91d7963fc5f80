# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wave planner: which machines move together, when, cold or warm. Deterministic, so that plans can be reviewed.

Sizes in MiB, rates in MiB/s, times in seconds. This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from ..errors import Finding, refuse
from .admission import simulate
from .batches import Group, Limits, Window, balanced, depths, filled, ordered, pilots, within
from .downtime import CUTOVER_SECONDS, Item, in_window_mib, method_of
from .flows import Bandwidth, Job, Run, lower_bound
from .journals import journals_of
from .naming import object_name
from .rates import copied_ahead, measured, moved

__all__ = ["Limits", "Window", "items_of", "plan", "replan"]
# A wave that the simulation finds longer than its window is filled again, a little less.
SHRINKS = 8


def plan(items: Sequence[Item], limits: Limits) -> dict[str, Any]:
    """waves, unplaced, totals. Raises InputErrors for contradictions."""
    refuse(_findings(items, limits))
    unplaced = [{"name": item.name, "reason": item.blocked} for item in items if item.blocked]
    groups, stuck = _without_blocked(ordered(items))
    unplaced += [{"name": item.name, "reason": reason} for item, reason in stuck]
    groups, outside = within(groups, limits.capacity_mib)
    unplaced += [{"name": item.name, "reason": "the target has no room for it"} for group in outside for item in group]
    waves, left = _waves(groups, limits)
    unplaced += [{"name": item.name, "reason": "no window is left that it fits into"} for item in left]
    placed = {row["name"] for wave in waves for row in wave["vms"]}
    bound = sum(wave["lower_bound_s"] for wave in waves)
    total = sum(wave["duration_s"] for wave in waves)
    return {
        "waves": waves,
        "unplaced": sorted(unplaced, key=lambda entry: str(entry["name"])),
        "machines": len(placed),
        "bytes": int(sum(item.used_mib for item in items if item.name in placed) * (1 << 20)),
        "duration_s": round(total, 1),
        "lower_bound_s": round(bound, 1),
        "ratio": round(total / bound, 4) if bound else 1.0,
    }


def replan(items: Sequence[Item], limits: Limits, imports: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The plan of what is left, with the rates that were measured so far. Pilots are not flown twice."""
    journals = journals_of(imports, ((item.name, item.target, item.identity) for item in items))
    gone, ahead = moved(journals), copied_ahead(journals)
    left = [
        replace(item, after=tuple(name for name in item.after if name not in gone), ahead=item.name in ahead)
        for item in items
        if item.name not in gone
    ]
    known = replace(limits, bandwidth=measured(journals, items, limits.bandwidth), pilot=limits.pilot and not gone)
    rates = {**asdict(known.bandwidth), "special": dict(known.bandwidth.special)}
    return {**plan(left, known), "moved": sorted(gone), "bandwidth": rates}


def _findings(items: Sequence[Item], limits: Limits) -> Iterable[Finding]:
    names = [item.name for item in items]
    for name in sorted({name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else ()):
        yield Finding(f"vms.{name}", "is listed more than once", "list each machine once")
    known, windows = set(names), {window.name for window in limits.windows}
    for item in items:
        for other in item.after:
            if other not in known:
                yield Finding(f"vms.{item.name}.after", f"{other} is not planned", "name a machine of this list")
        for window in item.windows:
            if window not in windows:
                listed = ", ".join(sorted(windows)) or "none"
                yield Finding(f"vms.{item.name}.windows", f"there is no window {window} (found: {listed})", "name one")
    stuck = _stuck(items)
    if stuck:
        yield Finding("vms", f"{', '.join(stuck)} wait for each other", "remove one of their `after`")


def _stuck(items: Sequence[Item]) -> list[str]:
    """Machines that wait for each other: those that are left when all that wait for nobody are taken away."""
    known = {item.name for item in items}
    waiting = {item.name: set(item.after) & known for item in items}
    waits: dict[str, list[str]] = {}
    for name, after in waiting.items():
        for other in after:
            waits.setdefault(other, []).append(name)
    free = [name for name, after in waiting.items() if not after]
    for name in free:
        del waiting[name]
        for other in waits.get(name, ()):
            waiting[other].discard(name)
            if not waiting[other]:
                free.append(other)
    return sorted(waiting)


def _without_blocked(groups: Sequence[Group]) -> tuple[list[Group], list[tuple[Item, str]]]:
    """A group moves as a whole or not at all; nor does what waits for a machine that does not move."""
    movable: list[Group] = []
    stuck: list[tuple[Item, str]] = []
    out: set[str] = set()
    for group in groups:
        blocked = [item.name for item in group if item.blocked]
        waits = sorted({name for item in group for name in item.after if name in out})
        if not blocked and not waits:
            movable.append(group)
            continue
        reason = f"its group {group[0].group} has {', '.join(blocked)}, blocked" if blocked else ""
        reason = reason or f"waits for {', '.join(waits)}, which does not move"
        stuck += [(item, reason) for item in group if not item.blocked]
        out.update(item.name for item in group)
    return movable, stuck


def _waves(groups: Sequence[Group], limits: Limits) -> tuple[list[dict[str, Any]], list[Item]]:
    """Pilots first, then one wave per window, or as many as max_per_wave asks for."""
    windows = list(limits.windows)
    first = windows[0] if windows else None
    pilot = pilots(groups, first) if limits.pilot else []
    waves = [_wave(0, pilot, first, limits)] if pilot else []
    if pilot:
        windows = windows[1:]
    names = {item.name for item in pilot}
    rest = [group for group in groups if group[0].name not in names]
    if not limits.windows:
        batches = balanced(rest, limits) if rest else []
        return [*waves, *(_wave(len(waves) + n, batch, None, limits) for n, batch in enumerate(batches))], []
    for window in windows:
        wave, rest = _window_wave(len(waves), rest, window, limits)
        waves += [wave] if wave else []
    return waves, [item for group in rest for item in group]


def _window_wave(
    number: int, groups: Sequence[Group], window: Window, limits: Limits
) -> tuple[dict[str, Any] | None, list[Group]]:
    """The fullest wave that ends within its window."""
    seconds = window.seconds
    for _try in range(SHRINKS):
        batch, rest = filled(groups, window, seconds, limits)
        if not batch:
            break
        # While it is filled, any schedule that fits will do; the one that is kept is as short as can be.
        wave = _wave(number, batch, window, limits, window.seconds)
        if wave["duration_s"] <= window.seconds + 0.1:
            return _wave(number, batch, window, limits), rest
        seconds *= min(window.seconds / wave["duration_s"], 0.99)
    return None, list(groups)


def _wave(
    number: int, batch: Sequence[Item], window: Window | None, limits: Limits, enough: float = 0.0
) -> dict[str, Any]:
    """With a window, its time is that of the cut-overs; warm machines are copied before it opens (`precopy_s`)."""
    bandwidth = limits.bandwidth
    work = {item.name: in_window_mib(item, bandwidth) if window else item.used_mib for item in batch}
    jobs = _jobs(batch, work)
    runs = {run.name: run for run in simulate(jobs, bandwidth, enough)}
    bound, limiting = lower_bound(jobs, bandwidth)
    ahead = [item for item in batch if work[item.name] < item.used_mib]
    before = simulate(_jobs(ahead, {item.name: item.used_mib for item in ahead}), bandwidth)
    rows = [_row(item, runs[item.name], bandwidth) for item in batch]
    return {
        "number": number,
        "window": window.name if window else "",
        "start": window.start if window else "",
        "vms": sorted(rows, key=lambda row: (row["start_s"], row["name"])),
        "bytes": int(sum(item.used_mib for item in batch) * (1 << 20)),
        "precopy_s": round(max((run.end for run in before), default=0.0), 1),
        "duration_s": round(max(run.end for run in runs.values()), 1),
        "lower_bound_s": round(bound, 1),
        "limiting": limiting,
    }


def _jobs(batch: Sequence[Item], work: Mapping[str, float]) -> list[Job]:
    names, depth = {item.name for item in batch}, depths(batch)
    return [
        Job(item.name, max(work[item.name], 1.0), item.host, item.datastore, tuple(n for n in item.after if n in names))
        for item in sorted(batch, key=lambda item: (depth[item.name], item.name))
    ]


def _row(item: Item, run: Run, bandwidth: Bandwidth) -> dict[str, Any]:
    """copy_s: how long the machine is copied within the wave."""
    copy = run.end - run.start
    ahead = in_window_mib(item, bandwidth) < item.used_mib
    method, note = method_of(item, item.used_mib / bandwidth.stream if ahead else copy, bandwidth)
    delta = min(copy, max(item.dirty_mib_s, 0.0) * max(copy, item.used_mib / bandwidth.stream) / bandwidth.stream)
    return {
        "name": item.name,
        "target": object_name(item.target or item.name),
        "host": item.host,
        "datastore": item.datastore,
        "method": method,
        "mib": round(item.used_mib, 1),
        "start_s": round(run.start, 1),
        "copy_s": round(copy, 1),
        "downtime_s": round(CUTOVER_SECONDS + (copy if method == "cold" else delta), 1),
        "note": note,
    }


def items_of(vms: Iterable[Mapping[str, Any]]) -> list[Item]:
    """Items from the module's option."""
    lists = ("after", "windows")
    return [Item(**{**vm, **{key: tuple(vm.get(key) or ()) for key in lists}}) for vm in vms]
