# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which slot a copy may take: so many at once from each host, from each datastore and over a link, whoever runs them.

Pure: what is held comes in, what to take comes out. Times in seconds. This module util is private to the collection.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..errors import Finding
from .naming import object_name

# A slot whose holder has said nothing for so long is anybody's.
LIFETIME = 60


@dataclass(frozen=True)
class Budget:
    """What is shared: kind (link, host, datastore), its name, how many copies at once."""

    kind: str
    name: str
    count: int

    def slot(self, number: int) -> str:
        """Name of one slot. Names of hosts may be long and strange, so a digest keeps them apart."""
        digest = hashlib.sha256(f"{self.kind} {self.name}".encode()).hexdigest()[:8]
        return f"slot-{object_name(self.kind, limit=12)}-{object_name(self.name, limit=28)}-{digest}-{number}"


@dataclass(frozen=True)
class Hold:
    """A slot that somebody has. dead: its process is known to be gone."""

    holder: str
    renewed: float
    lifetime: float = LIFETIME
    dead: bool = False

    def left(self, now: float) -> float:
        """Seconds for which nobody else may have it."""
        return 0.0 if self.dead or not self.holder else max(0.0, self.renewed + self.lifetime - now)


@dataclass(frozen=True)
class Choice:
    """take: one slot of each budget, or none at all. busy: why not. again: when to look again."""

    take: tuple[str, ...] = ()
    busy: str = ""
    again: float = 0.0


def findings_of(budgets: Iterable[Budget]) -> list[Finding]:
    return [
        Finding(f"slots.{budget.kind} {budget.name}", f"{budget.count} slots", "allow at least one copy")
        for budget in budgets
        if budget.count < 1
    ]


def choose(budgets: Iterable[Budget], holds: Mapping[str, Hold], now: float) -> Choice:
    """All or nothing: who waits for one holds none of the others meanwhile, so nobody waits in a circle."""
    taken: list[str] = []
    for budget in budgets:
        slots = [budget.slot(number) for number in range(budget.count)]
        free = [slot for slot in slots if slot not in holds or holds[slot].left(now) <= 0]
        if not free:
            return _full(budget, [holds[slot] for slot in slots], now)
        taken.append(free[0])
    return Choice(tuple(taken))


def _full(budget: Budget, held: list[Hold], now: float) -> Choice:
    holders = ", ".join(sorted({hold.holder for hold in held}))
    what = f"{budget.kind} {budget.name}".replace("link link", "the link")
    return Choice(
        busy=f"{what}: {budget.count} of {budget.count} slots are held by {holders}",
        again=min(hold.left(now) for hold in held),
    )
