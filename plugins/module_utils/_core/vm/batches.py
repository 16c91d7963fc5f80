# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which machines move together: pilots, groups, dependencies, windows, sizes of waves.

Sizes in MiB, rates in MiB/s, times in seconds. This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .downtime import Item, in_window_mib
from .flows import Bandwidth

Group = list[Item]


@dataclass(frozen=True)
class Window:
    """A time in which machines may be cut over. start: when it opens, as it is written; empty: nobody keeps to it."""

    name: str
    seconds: float
    start: str = ""


@dataclass(frozen=True)
class Limits:
    """pilot: begin with one easy machine of each kind. capacity_mib: room at the target, 0 when not known."""

    bandwidth: Bandwidth = field(default_factory=Bandwidth)
    max_per_wave: int = 100
    windows: tuple[Window, ...] = ()
    pilot: bool = True
    capacity_mib: float = 0.0


def ordered(items: Sequence[Item]) -> list[Group]:
    """Groups of machines that move together, those that others wait for first, then the largest."""
    groups: dict[str, Group] = {}
    for item in items:
        groups.setdefault(item.group or f"\0{item.name}", []).append(item)
    depth = depths(items)
    keyed = {
        key: (max(depth[item.name] for item in members), -sum(item.used_mib for item in members), key)
        for key, members in groups.items()
    }
    order = sorted(groups, key=lambda key: keyed[key])
    return [sorted(groups[key], key=lambda item: (depth[item.name], item.name)) for key in order]


def depths(items: Sequence[Item]) -> dict[str, int]:
    """Length of the longest chain of `after` before each machine. There are no circles in it."""
    after = {item.name: item.after for item in items}
    known: dict[str, int] = {}
    # A stack of our own: a long chain is no reason to fail.
    todo = list(after)
    while todo:
        name = todo[-1]
        missing = [other for other in after[name] if other in after and other not in known]
        if missing:
            todo += missing
            continue
        known[name] = 1 + max((known[other] for other in after[name] if other in after), default=-1)
        todo.pop()
    return known


def pilots(groups: Sequence[Group], window: Window | None) -> Group:
    """The smallest machine of each kind (system, datastore, network) that depends on nothing."""
    chosen: dict[tuple[str, str, str], Item] = {}
    for group in groups:
        item = group[0]
        easy = len(group) == 1 and not item.after and not item.apart and allowed(group, window)
        key = (item.family, item.datastore, item.network)
        if easy and (key not in chosen or item.used_mib < chosen[key].used_mib):
            chosen[key] = item
    return sorted(chosen.values(), key=lambda item: item.name) if len(groups) > len(chosen) * 2 else []


def allowed(group: Group, window: Window | None) -> bool:
    return window is None or all(not item.windows or window.name in item.windows for item in group)


def within(groups: Sequence[Group], capacity_mib: float) -> tuple[list[Group], list[Group]]:
    """Those that the target has room for, in order, and the others with all that wait for them."""
    fits: list[Group] = []
    left: list[Group] = []
    room, out = capacity_mib, set[str]()
    for group in groups:
        size = sum(item.takes_mib for item in group)
        if (capacity_mib and size > room) or any(name in out for item in group for name in item.after):
            left.append(group)
            out.update(item.name for item in group)
        else:
            fits.append(group)
            room -= size
    return fits, left


def filled(groups: Sequence[Group], window: Window, seconds: float, limits: Limits) -> tuple[Group, list[Group]]:
    """First fit into a window: groups in order, as long as the critical resource and the number allow."""
    batch = Batch(limits.bandwidth, in_window=True)
    rest: list[Group] = []
    waiting: set[str] = set()
    for group in groups:
        blocked = any(other in waiting for item in group for other in item.after)
        if (
            blocked
            or not allowed(group, window)
            or not batch.has_room(group, limits.max_per_wave)
            or batch.with_group(group) > seconds
        ):
            rest.append(group)
            waiting.update(item.name for item in group)
        else:
            batch.add(group)
    return batch.items, rest


def balanced(groups: Sequence[Group], limits: Limits) -> list[Group]:
    """As few waves as max_per_wave allows, each with large and small machines: the small ones fill its end."""
    count = max(1, -(-sum(len(group) for group in groups) // max(limits.max_per_wave, 1)))
    batches = [Batch(limits.bandwidth) for _number in range(count)]
    fair = max(sum(item.used_mib for group in groups for item in group) / limits.bandwidth.link / count, 1.0)
    place: dict[str, int] = {}
    for group in groups:
        first = max((place.get(name, 0) for item in group for name in item.after), default=0)
        fits = [n for n in range(first, len(batches)) if batches[n].has_room(group, limits.max_per_wave)]
        if not fits:
            batches.append(Batch(limits.bandwidth))
            fits = [len(batches) - 1]
        # A wave with a machine that takes longer than a wave should has room for others beside it.
        chosen = min(fits, key=lambda n: (round(batches[n].with_group(group) / max(batches[n].longest, fair), 6), n))
        batches[chosen].add(group)
        place.update({item.name: chosen for item in group})
    return [batch.items for batch in batches if batch.items]


class Batch:
    """A wave that grows, with the busy seconds of each resource; the largest is the critical one."""

    def __init__(self, bandwidth: Bandwidth, in_window: bool = False) -> None:
        self.bandwidth, self.in_window = bandwidth, in_window
        self.items: Group = []
        self.seconds: dict[str, float] = {}
        self.marks: set[str] = set()
        self.longest = 0.0

    def has_room(self, group: Group, most: int) -> bool:
        """A group larger than a wave has one for itself. Machines with the same mark are kept apart."""
        marks = [item.apart for item in group if item.apart]
        fits = len(self.items) + len(group) <= most or not self.items
        return fits and not self.marks.intersection(marks)

    def with_group(self, group: Iterable[Item]) -> float:
        """Critical seconds with the group on top; changes nothing."""
        added = self._added(group)
        return max([value + self.seconds.get(key, 0.0) for key, value in added.items()] + list(self.seconds.values()))

    def add(self, group: Group) -> None:
        for key, value in self._added(group).items():
            self.seconds[key] = self.seconds.get(key, 0.0) + value
        self.items += group
        self.longest = max(self.longest, *(item.used_mib / self.bandwidth.stream for item in group))
        self.marks.update(item.apart for item in group if item.apart)

    def _added(self, group: Iterable[Item]) -> dict[str, float]:
        added: dict[str, float] = {}
        for item in group:
            work = in_window_mib(item, self.bandwidth) if self.in_window else item.used_mib
            for key, rate in (
                ("link", self.bandwidth.link),
                (f"host {item.host}", self.bandwidth.of_host(item.host)),
                (f"store {item.datastore}", self.bandwidth.of_datastore(item.datastore)),
            ):
                added[key] = added.get(key, 0.0) + work / rate
        return added
