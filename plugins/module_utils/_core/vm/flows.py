# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast copies run beside each other: max-min fair shares of the link, the source hosts and the datastores.

Rates in MiB/s, work in MiB. A pure, deterministic fluid model. This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

EPSILON = 1e-9


@dataclass(frozen=True)
class Bandwidth:
    """link: of the controller. stream: of one copy. host and datastore: of each one, unless named in `special`."""

    link: float = 1100.0
    stream: float = 110.0
    host: float = 312.0
    datastore: float = 1000.0
    special: Mapping[str, float] = field(default_factory=dict)

    def of_host(self, name: str) -> float:
        return self.special.get(name, self.host)

    def of_datastore(self, name: str) -> float:
        return self.special.get(name, self.datastore)


@dataclass(frozen=True)
class Job:
    """One copy. after: names of jobs that must be over before it starts."""

    name: str
    work: float
    host: str = ""
    datastore: str = ""
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Run:
    """Start and end of a job in seconds."""

    name: str
    start: float
    end: float


def fair_rates(jobs: Sequence[Job], bandwidth: Bandwidth) -> list[float]:
    """The rate of each job: all grow together, until what they share is full."""
    counts: dict[tuple[str, str], int] = {}
    for job in jobs:
        for key in _shared(job):
            counts[key] = counts.get(key, 0) + 1
    left = {key: _capacity(key, bandwidth) for key in counts}
    link, level = bandwidth.link, 0.0
    rates = [0.0] * len(jobs)
    growing = list(range(len(jobs)))
    while growing:
        step = min(bandwidth.stream - level, link / len(growing))
        step = min([step, *(left[key] / count for key, count in counts.items() if count)])
        level += step
        link -= step * len(growing)
        for key, count in counts.items():
            left[key] -= step * count
        over = link <= EPSILON or level >= bandwidth.stream - EPSILON
        growing = _still_growing(jobs, growing, counts, left, rates, level, over)
    return rates


def _still_growing(
    jobs: Sequence[Job],
    growing: Sequence[int],
    counts: dict[tuple[str, str], int],
    left: Mapping[tuple[str, str], float],
    rates: list[float],
    level: float,
    over: bool,
) -> list[int]:
    """Those that share nothing that is full; the rate of the others is settled."""
    rest = []
    full = {key for key, count in counts.items() if count and left[key] <= EPSILON}
    for number in growing:
        keys = _shared(jobs[number])
        if over or not full.isdisjoint(keys):
            rates[number] = level
            for key in keys:
                counts[key] -= 1
        else:
            rest.append(number)
    return rest


def _shared(job: Job) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("host", job.host), ("datastore", job.datastore)


def _capacity(key: tuple[str, str], bandwidth: Bandwidth) -> float:
    kind, name = key
    return bandwidth.of_host(name) if kind == "host" else bandwidth.of_datastore(name)


def lower_bound(jobs: Iterable[Job], bandwidth: Bandwidth) -> tuple[float, str]:
    """No order is faster than this, and what limits it. Seconds."""
    jobs = list(jobs)
    bounds = {"link": sum(job.work for job in jobs) / bandwidth.link}
    hosts: dict[str, float] = {}
    stores: dict[str, float] = {}
    for job in jobs:
        hosts[job.host] = hosts.get(job.host, 0.0) + job.work / bandwidth.of_host(job.host)
        stores[job.datastore] = stores.get(job.datastore, 0.0) + job.work / bandwidth.of_datastore(job.datastore)
    bounds.update({f"host {name}": value for name, value in hosts.items()})
    bounds.update({f"datastore {name}": value for name, value in stores.items()})
    for name, value in _chains(jobs, bandwidth).items():
        bounds[f"machine {name}"] = value
    limit = min(bounds, key=lambda key: (-bounds[key], key)) if jobs else "nothing"
    return bounds.get(limit, 0.0), limit


def _chains(jobs: Sequence[Job], bandwidth: Bandwidth) -> dict[str, float]:
    """Longest time up to the end of each job, alone on the wire; `jobs` come in an order that keeps `after`."""
    ends: dict[str, float] = {}
    for job in jobs:
        begin = max((ends.get(name, 0.0) for name in job.after), default=0.0)
        ends[job.name] = begin + job.work / bandwidth.stream
    return ends
