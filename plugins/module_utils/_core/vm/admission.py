# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which copy starts next: as few at once as fill the link, and nothing starts that makes another one late.

A schedule has an end in mind. From it follows the rate each copy and each host needs from now on. A copy that would
push another one below its need waits, even while the link has something to spare; a host that needs all it has gets
one copy more than fill it, so that its share does not depend on what runs elsewhere.
A pure, deterministic simulation over the fluid model of flows.py. This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from .flows import EPSILON, Bandwidth, Job, Run, fair_rates, lower_bound
from .queues import Place, Queues

# Beyond this part of its capacity a resource counts as full.
FULL = 0.997
# So near to the lower bound, nothing better is looked for.
ENOUGH = 1.005
# A host that needs more than this part of what it has is critical.
CRITICAL = 0.9
# How many of the most urgent copies are tried before the link stays as it is.
TRIES = 40
# The end in mind as a part of the lower bound; how much the backlog of a host counts against the length of a copy; how
# many are the last ones, which share a full link so that it stays full to the end (machines of one size end in steps).
# What is best depends on how uneven an estate is: one after the other is tried, a simulation of 100 machines takes some
# ten milliseconds.
VARIANTS = (
    (1.0, 1.0, 0),
    (1.01, 1.0, 0),
    (1.01, 0.7, 0),
    (1.02, 1.0, 0),
    (1.02, 0.85, 6),
    (1.02, 1.0, 12),
    (1.04, 0.7, 0),
)


def simulate(jobs: Sequence[Job], bandwidth: Bandwidth, enough: float = 0.0) -> list[Run]:
    """The shortest schedule that was found; the first of equal ones. `jobs` come in an order that keeps `after`.

    enough: seconds; a schedule that ends by then is taken as it is.
    """
    bound = lower_bound(jobs, bandwidth)[0]
    best: list[Run] = []
    for late, weight, last in VARIANTS:
        runs = Schedule(jobs, bandwidth, bound * late, weight, last).run()
        if not best or makespan(runs) < makespan(best) - EPSILON:
            best = runs
        if makespan(best) <= max(bound * ENOUGH, enough):
            break
    return best


def makespan(runs: Sequence[Run]) -> float:
    return max((run.end for run in runs), default=0.0)


class Schedule:
    """One simulation. end: when all shall be over. last: as many share a full link. left: MiB of a running copy."""

    def __init__(self, jobs: Sequence[Job], bandwidth: Bandwidth, end: float, weight: float, last: int = 0) -> None:
        self.bandwidth, self.end, self.last, self.clock = bandwidth, end, last, 0.0
        self.queues = Queues(jobs, bandwidth, weight)
        self.running: list[Job] = []
        self.left: dict[str, float] = {}
        self.started: dict[str, float] = {}
        self.runs: list[Run] = []

    def run(self) -> list[Run]:
        """All copies in the order of their ends."""
        while self.running or self.queues.waiting():
            self._advance(self._admit())
        return self.runs

    def _advance(self, rates: Sequence[float]) -> None:
        """Up to the end of the next copy."""
        step = min(self.left[job.name] / rate for job, rate in zip(self.running, rates))
        self.clock += step
        for job, rate in zip(list(self.running), rates):
            self.left[job.name] -= step * rate
            self.queues.moved(job, step * rate)
            if self.left[job.name] <= EPSILON * max(1.0, job.work):
                self.running.remove(job)
                self.runs.append(Run(job.name, self.started[job.name], self.clock))
                self.queues.over(job)

    def _admit(self) -> list[float]:
        """Start copies until the link is full or nothing helps; the rates."""
        rates = fair_rates(self.running, self.bandwidth)
        refused: set[Place] = set()
        while place := self._next(rates, refused):
            self._start(place)
            rates = fair_rates(self.running, self.bandwidth)
        return rates

    def _next(self, rates: Sequence[float], refused: set[Place]) -> Place | None:
        """The most urgent place whose next copy does no harm. Those that do are added to `refused`."""
        for place in islice(self._candidates(rates, refused), TRIES):
            job = self.queues.first(place)
            if not self.running or self._harmless(job, rates, fair_rates([*self.running, job], self.bandwidth)):
                return place
            refused.add(place)
        return None

    def _start(self, place: Place) -> None:
        job = self.queues.take(place)
        self.running.append(job)
        self.left[job.name], self.started[job.name] = job.work, self.clock

    def _candidates(self, rates: Sequence[float], refused: set[Place]) -> Iterator[Place]:
        """The most urgent first: of hosts that have something to spare; when the link is full, of those that lack."""
        used = self._used(rates)
        link_full = sum(rates) >= self.bandwidth.link * FULL and self.queues.count > self.last
        for place in self.queues.by_urgency():
            host, store = place
            if place in refused or used.get(("store", store), 0.0) >= self.bandwidth.of_datastore(store) * FULL:
                continue
            has, most = used.get(("host", host), 0.0), self.bandwidth.of_host(host)
            critical = self._need(host) > most * CRITICAL
            if has >= most * FULL:
                wanted = critical and not link_full and self._exposed(host)
            else:
                wanted = not link_full or (critical and has < min(most, self._need(host)) - EPSILON)
            if wanted:
                yield place

    def _harmless(self, new_job: Job, rates: Sequence[float], new: Sequence[float]) -> bool:
        """Nothing that runs, and no critical host, falls below what it needs to be in time."""
        seconds = max(self.end - self.clock, EPSILON)
        for job, before, after in zip(self.running, rates, new):
            in_time = after * (seconds - self.queues.behind_it[job.name]) >= self.left[job.name] * (1 - EPSILON)
            if after < before - EPSILON and not in_time:
                return False
        had, has = self._used(rates), self._used([*new])
        for key, rate in had.items():
            kind, name = key
            if kind == "store" or name == new_job.host or has[key] >= rate - EPSILON:
                continue
            need, most = self._need(name), self.bandwidth.of_host(name)
            if need > most * CRITICAL and has[key] < min(most, need) * (1 - EPSILON):
                return False
        return True

    def _need(self, host: str) -> float:
        """MiB/s that a host must deliver from now on."""
        return self.queues.backlog[host] / max(self.end - self.clock, EPSILON)

    def _exposed(self, host: str) -> bool:
        """True when one copy more elsewhere would take from this host."""
        count = sum(job.host == host for job in self.running)
        return self.bandwidth.of_host(host) / count > self.bandwidth.link / (len(self.running) + 1) + EPSILON

    def _used(self, rates: Sequence[float]) -> dict[tuple[str, str], float]:
        used: dict[tuple[str, str], float] = {}
        for job, rate in zip(self.running, rates):
            for key in (("host", job.host), ("store", job.datastore)):
                used[key] = used.get(key, 0.0) + rate
        return used
