# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The copies that wait, by what they share: which of them is urgent, and how much work each host has left.

Times in seconds, work in MiB. This module util is private to the collection.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence

from .flows import Bandwidth, Job

# Host and datastore: copies of one place compete for the same and differ in their lengths only.
Place = tuple[str, str]


class Queues:
    """`jobs` come in an order that keeps `after`. weight: how much a host's backlog counts beside a copy's length.

    backlog: MiB that each host still has to deliver. tails: seconds from the start of a copy to the end of all that
    waits for it, alone on the wire; behind_it: those after its own end.
    """

    def __init__(self, jobs: Sequence[Job], bandwidth: Bandwidth, weight: float) -> None:
        self.bandwidth, self.weight = bandwidth, weight
        self.tails: dict[str, float] = {}
        self.behind_it: dict[str, float] = {job.name: 0.0 for job in jobs}
        self.backlog: dict[str, float] = {}
        self._stores: dict[str, float] = {}
        self._blocked = {job.name: len(job.after) for job in jobs}
        self._followers: dict[str, list[Job]] = {}
        self._left = len(jobs)
        self._queues: dict[Place, list[tuple[float, str, Job]]] = {}
        for job in reversed(jobs):
            self.tails[job.name] = job.work / bandwidth.stream + self.behind_it[job.name]
            for name in job.after:
                self.behind_it[name] = max(self.behind_it[name], self.tails[job.name])
                self._followers.setdefault(name, []).append(job)
            self.backlog[job.host] = self.backlog.get(job.host, 0.0) + job.work
            self._stores[job.datastore] = self._stores.get(job.datastore, 0.0) + job.work
        for job in jobs:
            if not job.after:
                self._add(job)

    def _add(self, job: Job) -> None:
        queue = self._queues.setdefault((job.host, job.datastore), [])
        bisect.insort(queue, (self.tails[job.name], job.name, job))

    def waiting(self) -> bool:
        """True while a copy could start that has not."""
        return bool(self._queues)

    @property
    def count(self) -> int:
        """Number of copies that have not started, also of those that cannot yet."""
        return self._left

    def by_urgency(self) -> list[Place]:
        """Places with copies that could start. Urgent is what takes longest from now on: a copy, or all of a host."""
        return sorted(self._queues, key=self._urgency, reverse=True)

    def _urgency(self, place: Place) -> tuple[float, float, float, str]:
        """A datastore that all share must not hide which of its hosts is behind."""
        host, store = place
        tail, name, _job = self._queues[place][-1]
        behind = max(tail, self.backlog[host] / self.bandwidth.of_host(host) * self.weight)
        stored = self._stores[store] / self.bandwidth.of_datastore(store) * self.weight
        return max(behind, stored), behind, tail, name

    def first(self, place: Place) -> Job:
        """The longest copy of a place."""
        return self._queues[place][-1][2]

    def take(self, place: Place) -> Job:
        """Remove it: it starts."""
        queue = self._queues[place]
        job = queue.pop()[2]
        self._left -= 1
        if not queue:
            del self._queues[place]
        return job

    def moved(self, job: Job, work: float) -> None:
        """A part of a copy is over."""
        self.backlog[job.host] -= work
        self._stores[job.datastore] -= work

    def over(self, job: Job) -> None:
        """A copy is over: those may start that waited for nothing else."""
        for follower in self._followers.get(job.name, ()):
            self._blocked[follower.name] -= 1
            if not self._blocked[follower.name]:
                self._add(follower)
