# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which copy starts next: as few at once as fill the link, and none is left for last that takes longest.

A pure, deterministic simulation over the fluid model of flows.py. This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .flows import EPSILON, Bandwidth, Job, Run, fair_rates, lower_bound

# Beyond this part of its capacity a resource counts as full.
FULL = 0.997
# So near to the lower bound, nothing better is looked for.
ENOUGH = 1.005
# A host comes first when its backlog is this part of what is left for the link. Which part is best depends on how
# uneven the hosts are, so one after the other is tried: a simulation of 100 machines takes milliseconds.
CRITICAL = (0.0, 0.5, 0.7, 0.85, 1.0)


def simulate(jobs: Sequence[Job], bandwidth: Bandwidth) -> list[Run]:
    """The shortest schedule that was found; the first of equal ones. `jobs` come in an order that keeps `after`."""
    enough = lower_bound(jobs, bandwidth)[0] * ENOUGH
    best: list[Run] = []
    for critical in CRITICAL:
        runs = Schedule(jobs, bandwidth, critical).run()
        if not best or makespan(runs) < makespan(best) - EPSILON:
            best = runs
        if makespan(best) <= enough:
            break
    return best


def makespan(runs: Sequence[Run]) -> float:
    return max((run.end for run in runs), default=0.0)


def tails_of(jobs: Sequence[Job], bandwidth: Bandwidth) -> dict[str, float]:
    """Seconds from the start of each job to the end of all that waits for it, alone on the wire."""
    tails: dict[str, float] = {}
    waits: dict[str, float] = {}
    for job in reversed(jobs):
        tails[job.name] = job.work / bandwidth.stream + waits.get(job.name, 0.0)
        for name in job.after:
            waits[name] = max(waits.get(name, 0.0), tails[job.name])
    return tails


@dataclass
class Schedule:
    """One simulation. left: MiB of a running job. behind: seconds of work that each host has left."""

    jobs: Sequence[Job]
    bandwidth: Bandwidth
    critical: float
    clock: float = 0.0
    running: list[Job] = field(default_factory=list)
    left: dict[str, float] = field(default_factory=dict)
    started: dict[str, float] = field(default_factory=dict)
    over: set[str] = field(default_factory=set)
    runs: list[Run] = field(default_factory=list)

    def run(self) -> list[Run]:
        self.tails = tails_of(self.jobs, self.bandwidth)
        self.waiting = sorted(self.jobs, key=lambda job: (-self.tails[job.name], job.name))
        self.behind: dict[str, float] = {}
        for job in self.jobs:
            self.behind[job.host] = self.behind.get(job.host, 0.0) + job.work / self.bandwidth.of_host(job.host)
        self.backlog = sum(job.work for job in self.jobs)
        while self.waiting or self.running:
            self._advance(self._admit())
        return self.runs

    def _advance(self, rates: Sequence[float]) -> None:
        """Up to the end of the next copy."""
        step = min(self.left[job.name] / rate for job, rate in zip(self.running, rates))
        self.clock += step
        for job, rate in zip(list(self.running), rates):
            self.left[job.name] -= step * rate
            self.backlog -= step * rate
            self.behind[job.host] -= step * rate / self.bandwidth.of_host(job.host)
            if self.left[job.name] <= EPSILON * max(1.0, job.work):
                self.running.remove(job)
                self.over.add(job.name)
                self.runs.append(Run(job.name, self.started[job.name], self.clock))

    def _admit(self) -> list[float]:
        """Start copies until the link is full or nothing helps; the rates."""
        rates = fair_rates(self.running, self.bandwidth)
        while sum(rates) < self.bandwidth.link * FULL:
            job = self._next(rates)
            if job is None:
                break
            self.waiting.remove(job)
            self.running.append(job)
            self.left[job.name], self.started[job.name] = job.work, self.clock
            rates = fair_rates(self.running, self.bandwidth)
        return rates

    def _next(self, rates: Sequence[float]) -> Job | None:
        """The most urgent copy whose host and datastore have something to spare."""
        used: dict[tuple[str, str], float] = {}
        for job, rate in zip(self.running, rates):
            for key in (("host", job.host), ("store", job.datastore)):
                used[key] = used.get(key, 0.0) + rate
        fits = [job for job in self.waiting if self._spare(job, used) and self.over.issuperset(job.after)]
        return max(fits, key=self._urgency, default=None)

    def _spare(self, job: Job, used: Mapping[tuple[str, str], float]) -> bool:
        host, store = self.bandwidth.of_host(job.host), self.bandwidth.of_datastore(job.datastore)
        host_used, store_used = used.get(("host", job.host), 0.0), used.get(("store", job.datastore), 0.0)
        return host_used < host * FULL and store_used < store * FULL

    def _urgency(self, job: Job) -> tuple[bool, float]:
        """Machines of a host that would be the last to end come first, all others by their own length."""
        behind, tail = self.behind[job.host], self.tails[job.name]
        critical = behind >= self.critical * self.backlog / self.bandwidth.link
        return critical, max(behind, tail) if critical else tail
