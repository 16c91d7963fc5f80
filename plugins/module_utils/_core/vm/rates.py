# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What imports that are over tell about rates, so that the next waves are planned with them.

Rates in MiB/s. This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .downtime import Item
from .flows import Bandwidth
from .naming import object_name

MIB = 1 << 20
# The weight of the newest of several measurements.
NEWEST = 0.3
# A copy of less tells more of its start than of its rate.
LEAST_BYTES = 64 * MIB


@dataclass(frozen=True)
class Copy:
    """What was read of one machine, and when. streams: rates of its disks."""

    name: str
    read: int
    started: float
    ended: float
    streams: tuple[float, ...]


def copies_of(imports: Iterable[Mapping[str, Any]]) -> list[Copy]:
    """The copies that are over, the oldest first. Those of warm machines lie days apart and are left out."""
    found = []
    for entry in imports:
        steps = [step for step in entry.get("timeline") or () if step["phase"] in ("copied", "precopied")]
        if any(step["phase"] == "precopied" for step in steps):
            continue
        disks = [disk for disk in entry.get("disks") or () if disk.get("bytes_read", 0) >= LEAST_BYTES]
        if steps and disks:
            streams = tuple(disk["bytes_read"] / MIB / disk["seconds"] for disk in disks if disk.get("seconds"))
            read = sum(disk["bytes_read"] for disk in disks)
            found.append(Copy(str(entry["name"]), read, steps[0]["started"], steps[-1]["ended"], streams))
    return sorted(found, key=lambda copy: (copy.ended, copy.name))


def moved(imports: Iterable[Mapping[str, Any]]) -> set[str]:
    """Names at the target of machines that are through."""
    return {str(entry["name"]) for entry in imports if entry.get("phase") == "done"}


def measured(imports: Sequence[Mapping[str, Any]], items: Sequence[Item], assumed: Bandwidth) -> Bandwidth:
    """The assumed rates, corrected by what was seen.

    A host's or datastore's own rate shows only while several copies share it; one copy alone shows that of a stream.
    """
    places = {object_name(item.target or item.name): item for item in items}
    copies = copies_of(imports)
    stream = averaged([rate for copy in copies for rate in copy.streams], assumed.stream)
    special = dict(assumed.special)
    for attribute in ("host", "datastore"):
        groups: dict[str, list[Copy]] = {}
        for copy in copies:
            if copy.name in places:
                groups.setdefault(str(getattr(places[copy.name], attribute)), []).append(copy)
        for name, members in groups.items():
            rates = shared_rates(members)
            if name and rates:
                base = assumed.of_host(name) if attribute == "host" else assumed.of_datastore(name)
                special[name] = round(averaged(rates, base), 1)
    return replace(assumed, stream=round(stream, 1), special=special)


def averaged(rates: Iterable[float], start: float) -> float:
    """Exponentially weighted: the newest counts most. The assumption is forgotten with the first measurement."""
    value = None
    for rate in rates:
        value = rate if value is None else NEWEST * rate + (1 - NEWEST) * value
    return start if value is None else value


def shared_rates(copies: Sequence[Copy]) -> list[float]:
    """The rate of each time in which at least two copies ran without a pause between them."""
    rates: list[float] = []
    cluster: list[Copy] = []
    for copy in sorted(copies, key=lambda copy: (copy.started, copy.name)):
        if cluster and copy.started >= max(other.ended for other in cluster):
            rates += _rate(cluster)
            cluster = []
        cluster.append(copy)
    return rates + _rate(cluster)


def _rate(cluster: Sequence[Copy]) -> list[float]:
    if len(cluster) < 2:
        return []
    seconds = max(copy.ended for copy in cluster) - min(copy.started for copy in cluster)
    return [sum(copy.read for copy in cluster) / MIB / seconds] if seconds > 0 else []
