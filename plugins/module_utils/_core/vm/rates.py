# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What imports that are over tell about rates, so that the next waves are planned with them.

Rates in MiB/s. This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .downtime import Item
from .flows import Bandwidth
from .state import ROLLED_BACK

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


def copies_of(journals: Mapping[str, Mapping[str, Any]]) -> list[Copy]:
    """The copies that are over, the oldest first."""
    found = [copy for name, entry in journals.items() for copy in _copies(name, entry)]
    return sorted(found, key=lambda copy: (copy.ended, copy.name))


def _copies(name: str, entry: Mapping[str, Any]) -> Iterator[Copy]:
    """Each round of a machine that runs at its source, or the one copy of an archive. What was small tells nothing."""
    rounds = entry.get("rounds") or ()
    for one in rounds:
        seconds = one["ended"] - one["started"]
        if one["bytes_read"] >= LEAST_BYTES and seconds > 0:
            # Its disks are read one after the other.
            rate = one["bytes_read"] / MIB / seconds
            yield Copy(name, one["bytes_read"], one["started"], one["ended"], (rate,))
    step = next((step for step in entry.get("timeline") or () if step["phase"] == "copied"), None)
    disks = [disk for disk in entry.get("disks") or () if disk.get("bytes_read", 0) >= LEAST_BYTES]
    if step and disks and not rounds:
        streams = tuple(disk["bytes_read"] / MIB / disk["seconds"] for disk in disks if disk.get("seconds"))
        yield Copy(name, sum(disk["bytes_read"] for disk in disks), step["started"], step["ended"], streams)


def moved(journals: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Names of machines that are through."""
    return {name for name, entry in journals.items() if entry.get("phase") == "done"}


def copied_ahead(journals: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """Names of machines that were copied while they run, and are not through."""
    return {name for name, entry in journals.items() if entry.get("method") == "warm" and _on_its_way(entry)}


def _on_its_way(entry: Mapping[str, Any]) -> bool:
    phases = {step["phase"] for step in entry.get("timeline") or ()}
    return "precopied" in phases and not phases & {"done", ROLLED_BACK}


def measured(journals: Mapping[str, Mapping[str, Any]], items: Sequence[Item], assumed: Bandwidth) -> Bandwidth:
    """The assumed rates, corrected by what was seen. journals: by the name of the machine.

    A host's or datastore's own rate shows only while several copies share it; one copy alone shows that of a stream.
    """
    places = {item.name: item for item in items}
    copies = copies_of(journals)
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
