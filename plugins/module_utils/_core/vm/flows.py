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
    users = _users(jobs)
    left = {key: _capacity(key, bandwidth) for key in users}
    rates = [0.0] * len(jobs)
    growing = set(range(len(jobs)))
    while growing:
        step = bandwidth.stream - rates[next(iter(growing))]
        for key, members in users.items():
            if members:
                step = min(step, left[key] / len(members))
        for number in growing:
            rates[number] += step
        full = set()
        for key, members in users.items():
            left[key] -= step * len(members)
            if left[key] <= EPSILON:
                full |= members
        full |= {number for number in growing if rates[number] >= bandwidth.stream - EPSILON}
        growing -= full
        for members in users.values():
            members -= full
    return rates


def _users(jobs: Sequence[Job]) -> dict[tuple[str, str], set[int]]:
    users: dict[tuple[str, str], set[int]] = {("link", ""): set(range(len(jobs)))}
    for number, job in enumerate(jobs):
        users.setdefault(("host", job.host), set()).add(number)
        users.setdefault(("datastore", job.datastore), set()).add(number)
    return users


def _capacity(key: tuple[str, str], bandwidth: Bandwidth) -> float:
    kind, name = key
    if kind == "link":
        return bandwidth.link
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
