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
# Beyond this part of its capacity a resource counts as full.
FULL = 0.997


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


def simulate(jobs: Sequence[Job], bandwidth: Bandwidth) -> list[Run]:
    """Admit as few copies as fill the link, always from the host that is furthest behind; largest first."""
    waiting = sorted(jobs, key=lambda job: (-job.work, job.name))
    behind: dict[str, float] = {}
    for job in jobs:
        behind[job.host] = behind.get(job.host, 0.0) + job.work / bandwidth.of_host(job.host)
    clock, running, left, started, runs = 0.0, list[Job](), dict[str, float](), dict[str, float](), list[Run]()
    over: set[str] = set()
    while waiting or running:
        rates = _admit(waiting, running, behind, over, bandwidth)
        for job in running:
            left.setdefault(job.name, job.work)
            started.setdefault(job.name, clock)
        step = min(left[job.name] / rate for job, rate in zip(running, rates))
        clock += step
        for job, rate in zip(list(running), rates):
            left[job.name] -= step * rate
            behind[job.host] -= step * rate / bandwidth.of_host(job.host)
            if left[job.name] <= EPSILON * max(1.0, job.work):
                running.remove(job)
                over.add(job.name)
                runs.append(Run(job.name, started[job.name], clock))
    return runs


def _admit(
    waiting: list[Job], running: list[Job], behind: Mapping[str, float], over: set[str], bandwidth: Bandwidth
) -> list[float]:
    """Add to `running` until the link is full or nothing helps; the rates."""
    rates = fair_rates(running, bandwidth)
    while sum(rates) < bandwidth.link * FULL:
        job = _next(waiting, running, rates, behind, over, bandwidth)
        if job is None:
            break
        waiting.remove(job)
        running.append(job)
        rates = fair_rates(running, bandwidth)
    return rates


def _next(
    waiting: Sequence[Job],
    running: Sequence[Job],
    rates: Sequence[float],
    behind: Mapping[str, float],
    over: set[str],
    bandwidth: Bandwidth,
) -> Job | None:
    hosts: dict[str, float] = {}
    stores: dict[str, float] = {}
    for job, rate in zip(running, rates):
        hosts[job.host] = hosts.get(job.host, 0.0) + rate
        stores[job.datastore] = stores.get(job.datastore, 0.0) + rate
    best: Job | None = None
    for job in waiting:
        if best is not None and behind[job.host] <= behind[best.host]:
            continue
        host, store = bandwidth.of_host(job.host), bandwidth.of_datastore(job.datastore)
        spare = hosts.get(job.host, 0.0) < host * FULL and stores.get(job.datastore, 0.0) < store * FULL
        if spare and over.issuperset(job.after):
            best = job
    return best
