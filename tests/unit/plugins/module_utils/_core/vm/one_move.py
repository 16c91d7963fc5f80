"""One move of a machine in memory, watched at every moment."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.cutover import Wish
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.engine import Plan
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.mapping import render
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.mirror import Mirrors
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Cpu, Disk, Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.settings import Settings
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.state import State
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.warm import Mover
from tests.unit.plugins.module_utils._core.vm.moving import MemoryMachine, PowerCut, World
from tests.unit.plugins.module_utils._core.vm.moving_cluster import (
    MemoryCheckpoints,
    MemoryCluster,
    MemoryJournal,
    MemoryVolumes,
)

MIB = 1 << 20
SIZES = {"2000": 6 * MIB + 4096, "2001": MIB}
VM = Vm("web", Cpu(1, 1), 64, disks=tuple(Disk(key, size, f"{key}.vmdk", unit=int(key)) for key, size in SIZES.items()))
WISH = Wish(threshold=2 * MIB, max_rounds=4)


@dataclass
class Move:
    seed: int = 0
    tracks: bool = True
    ranged: bool = True
    clock: list[float] = field(default_factory=lambda: [1000.0])

    def __post_init__(self) -> None:
        self.world = World(random.Random(self.seed))
        self.source = MemoryMachine(self.world, SIZES, self.tracks, self.ranged)
        self.volumes = MemoryVolumes(self.world)
        self.checkpoints, self.journal = MemoryCheckpoints(self.world), MemoryJournal(self.world)
        self.cluster = MemoryCluster(self.world, self.volumes)
        self.world.always.append(self.watch)

    def watch(self) -> None:
        """What holds at every moment."""
        assert not (self.source.state == "on" and self.cluster.running), "two copies run"
        if self.cluster.running:
            assert self.source.fenced_for, "the target runs and the source is not fenced"
        assert self.source.foreign == {"before the update": True}

    def now(self) -> float:
        self.clock[0] += 1
        return self.clock[0]

    def run(
        self,
        wish: Wish = WISH,
        request: str = "r1",
        source: str = "vm-1",
        run_strategy: str = "Always",
        readback: bool = True,
    ) -> State:
        mirrors = Mirrors(self.source, self.volumes, self.checkpoints)
        mover = Mover(self.journal, self.cluster, self.source, mirrors, self.now)
        rendered = render(VM, Settings("web", "vms"))
        try:
            return mover.run(Plan(request, source, rendered, run_strategy, readback=readback), wish)
        except PowerCut:
            self.world.dead = False
            self.volumes.opened = False
            raise

    def equal(self) -> bool:
        return all(
            self.volumes.medium[f"web-disk{number}"] == self.source.disks[key] for number, key in enumerate(SIZES)
        )
