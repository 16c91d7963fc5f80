# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wave planner: which machines move together, when, cold or warm. Deterministic, so that plans can be reviewed.

Sizes in MiB, rates in MiB/s, times in seconds. This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import Finding, refuse
from .downtime import CUTOVER_SECONDS, Item, method_of
from .flows import Bandwidth, Job, Run, lower_bound, simulate


@dataclass(frozen=True)
class Window:
    """A time in which machines may be cut over."""

    name: str
    seconds: float


@dataclass(frozen=True)
class Limits:
    """pilot: begin with one easy machine of each kind."""

    bandwidth: Bandwidth = field(default_factory=Bandwidth)
    max_per_wave: int = 100
    windows: tuple[Window, ...] = ()
    pilot: bool = True


def plan(items: Sequence[Item], limits: Limits) -> dict[str, Any]:
    """waves, unplaced, totals. Raises InputErrors for contradictions."""
    refuse(_findings(items))
    movable = [item for item in items if not item.blocked]
    unplaced = [{"name": item.name, "reason": item.blocked} for item in items if item.blocked]
    batches, left = _batches(_ordered(movable), limits)
    unplaced += [{"name": item.name, "reason": "no window is left that it fits into"} for item in left]
    waves = [_wave(number, batch, window, limits) for number, (batch, window) in enumerate(batches)]
    planned = [item for batch, _window in batches for item in batch]
    bound = sum(wave["lower_bound_s"] for wave in waves)
    total = sum(wave["duration_s"] for wave in waves)
    return {
        "waves": waves,
        "unplaced": unplaced,
        "machines": len(planned),
        "bytes": int(sum(item.used_mib for item in planned) * (1 << 20)),
        "duration_s": round(total, 1),
        "lower_bound_s": round(bound, 1),
        "ratio": round(total / bound, 4) if bound else 1.0,
    }


def _findings(items: Sequence[Item]) -> Iterable[Finding]:
    names = [item.name for item in items]
    for name in sorted({name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else ()):
        yield Finding(f"vms.{name}", "is listed more than once", "list each machine once")
    known = set(names)
    for item in items:
        for other in item.after:
            if other not in known:
                yield Finding(f"vms.{item.name}.after", f"{other} is not planned", "name a machine of this list")
    stuck = _stuck(items)
    if stuck:
        yield Finding("vms", f"{', '.join(stuck)} wait for each other", "remove one of their `after`")


def _stuck(items: Sequence[Item]) -> list[str]:
    waiting = {item.name: set(item.after) & {other.name for other in items} for item in items}
    while True:
        free = {name for name, after in waiting.items() if not after}
        if not free:
            return sorted(waiting)
        waiting = {name: after - free for name, after in waiting.items() if name not in free}


def _ordered(items: Sequence[Item]) -> list[list[Item]]:
    """Groups of machines that move together, those that others wait for first, then the largest."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item.group or f"\0{item.name}", []).append(item)
    depth = _depths(items)
    keyed = {
        key: (max(depth[item.name] for item in members), -sum(item.used_mib for item in members), key)
        for key, members in groups.items()
    }
    order = sorted(groups, key=lambda key: keyed[key])
    return [sorted(groups[key], key=lambda item: (depth[item.name], item.name)) for key in order]


def _depths(items: Sequence[Item]) -> dict[str, int]:
    after = {item.name: item.after for item in items}
    depths: dict[str, int] = {}

    def depth(name: str) -> int:
        if name not in depths:
            depths[name] = 1 + max((depth(other) for other in after[name] if other in after), default=-1)
        return depths[name]

    for item in items:
        depth(item.name)
    return depths


def _batches(groups: Sequence[list[Item]], limits: Limits) -> tuple[list[tuple[list[Item], Window | None]], list[Item]]:
    """Pilot first, then one batch per window, or as many as max_per_wave asks for."""
    batches: list[tuple[list[Item], Window | None]] = []
    pilot = _pilot(groups) if limits.pilot else []
    windows: list[Window | None] = list(limits.windows)
    if pilot:
        batches.append((pilot, windows.pop(0) if windows else None))
    names = {item.name for item in pilot}
    rest = [group for group in groups if group[0].name not in names]
    while rest and (windows or not limits.windows):
        window = windows.pop(0) if windows else None
        batch, rest = _fill(rest, window, limits)
        if batch:
            batches.append((batch, window))
    return batches, [item for group in rest for item in group]


def _pilot(groups: Sequence[list[Item]]) -> list[Item]:
    """The smallest machine of each kind (system, datastore, network) that depends on nothing."""
    chosen: dict[tuple[str, str, str], Item] = {}
    for group in groups:
        item = group[0]
        key = (item.family, item.datastore, item.network)
        if len(group) == 1 and not item.after and (key not in chosen or item.used_mib < chosen[key].used_mib):
            chosen[key] = item
    return sorted(chosen.values(), key=lambda item: item.name) if len(groups) > len(chosen) * 2 else []


def _fill(groups: Sequence[list[Item]], window: Window | None, limits: Limits) -> tuple[list[Item], list[list[Item]]]:
    """First fit: groups in order, as long as the critical resource and the number allow."""
    batch: list[Item] = []
    rest: list[list[Item]] = []
    load = _Load(limits.bandwidth)
    waiting: set[str] = set()
    for group in groups:
        full = len(batch) + len(group) > limits.max_per_wave and bool(batch)
        blocked = any(other in waiting for item in group for other in item.after)
        if full or blocked or (window and load.with_group(group) > window.seconds):
            rest.append(group)
            waiting.update(item.name for item in group)
            continue
        batch += group
        load.add(group)
    if window is None and not batch:
        return [item for group in groups for item in group], []
    return batch, rest


class _Load:
    """Busy seconds of each resource; the largest is the critical one."""

    def __init__(self, bandwidth: Bandwidth) -> None:
        self.bandwidth, self.seconds = bandwidth, {}  # type: Bandwidth, dict[str, float]

    def with_group(self, group: Iterable[Item]) -> float:
        """Critical seconds with the group on top; changes nothing."""
        added = self._added(group)
        return max(value + self.seconds.get(key, 0.0) for key, value in added.items())

    def add(self, group: Iterable[Item]) -> None:
        for key, value in self._added(group).items():
            self.seconds[key] = self.seconds.get(key, 0.0) + value

    def _added(self, group: Iterable[Item]) -> dict[str, float]:
        added: dict[str, float] = {}
        for item in group:
            for key, rate in (
                ("link", self.bandwidth.link),
                (f"host {item.host}", self.bandwidth.of_host(item.host)),
                (f"store {item.datastore}", self.bandwidth.of_datastore(item.datastore)),
            ):
                added[key] = added.get(key, 0.0) + item.used_mib / rate
        return added


def _wave(number: int, batch: Sequence[Item], window: Window | None, limits: Limits) -> dict[str, Any]:
    names = {item.name for item in batch}
    depth = _depths(batch)
    jobs = [
        Job(item.name, max(item.used_mib, 1.0), item.host, item.datastore, tuple(n for n in item.after if n in names))
        for item in sorted(batch, key=lambda item: (depth[item.name], item.name))
    ]
    runs = {run.name: run for run in simulate(jobs, limits.bandwidth)}
    bound, limiting = lower_bound(jobs, limits.bandwidth)
    rows = [_row(item, runs[item.name], limits.bandwidth) for item in batch]
    return {
        "number": number,
        "window": window.name if window else "",
        "vms": sorted(rows, key=lambda row: (row["start_s"], row["name"])),
        "bytes": int(sum(item.used_mib for item in batch) * (1 << 20)),
        "duration_s": round(max(run.end for run in runs.values()), 1),
        "lower_bound_s": round(bound, 1),
        "limiting": limiting,
    }


def _row(item: Item, run: Run, bandwidth: Bandwidth) -> dict[str, Any]:
    copy = run.end - run.start
    method, note = method_of(item, copy, bandwidth)
    warm_delta = max(item.dirty_mib_s, 0.0) * copy / bandwidth.stream
    return {
        "name": item.name,
        "method": method,
        "start_s": round(run.start, 1),
        "copy_s": round(copy, 1),
        "downtime_s": round(CUTOVER_SECONDS + (copy if method == "cold" else warm_delta), 1),
        "note": note,
    }


def items_of(vms: Iterable[Mapping[str, Any]]) -> list[Item]:
    """Items from the module's option."""
    return [Item(**{**vm, "after": tuple(vm.get("after") or ())}) for vm in vms]
